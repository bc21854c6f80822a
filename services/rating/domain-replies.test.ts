import { describe, expect, test } from 'bun:test'
import { AppError } from '#shared/errors'
import { mostReplies, newReview, type Reply, type Review, replied, reportsThatHold } from './domain'
import {
  approveReply,
  isShown,
  moderatedReply,
  rejectReply,
  repliedAnew,
  replyOf,
  replyReported,
  requireReportable,
  waitingSince,
} from './domain-replies'

const now = new Date('2026-01-01T00:00:00Z')
const later = new Date('2026-01-02T00:00:00Z')
const reply = (id: string, user_id: number | null, from_shop = false): Reply => ({ id, user_id, from_shop, comment: 'x', created_at: now })
const review = {
  ...newReview({ rating: 4 }, { product_id: 'a'.repeat(24), user_id: 7, verified_purchase: false }, false, now),
  replies: [reply('one', 1), reply('two', 2), reply('shop', 9, true)],
}
const times = (count: number, step: (review: Review) => Review, from: Review = review) =>
  Array.from({ length: count }).reduce<Review>(one => step(one), from)
const reportOne = (of: Review) => replyReported(of, 'one', later)
const codeOf = (act: () => unknown) => {
  try {
    act()
    return 'nothing'
  } catch (error) {
    return error instanceof AppError ? error.code : error
  }
}

describe('a report of a reply', () => {
  test('is counted, and leaves the others and the review as they are', () => {
    const after = reportOne(review)
    expect(after).toStrictEqual({
      ...review,
      replies: [{ ...reply('one', 1), status: 'published', open_reports: 1, history: [] }, ...review.replies.slice(1)],
      version: review.version + 1,
    })
    expect(isShown(replyOf(after, 'one'))).toBe(true)
  })
  test('sends it to wait with some others', () => {
    const held = times(reportsThatHold.unseen, reportOne)
    const one = replyOf(held, 'one')
    expect(one).toMatchObject({ status: 'waiting', open_reports: 3, history: [{ decision: 'held_by_reports', reason: null, at: later }] })
    expect([isShown(one), waitingSince(one), held.status]).toEqual([false, later, 'published'])
  })
  test('takes more others once an administrator approved it, or wrote it for the shop', () => {
    const approved = approveReply(review, 'one', null, now)
    expect(isShown(replyOf(times(reportsThatHold.approved - 1, reportOne, approved), 'one'))).toBe(true)
    expect(isShown(replyOf(times(reportsThatHold.approved, reportOne, approved), 'one'))).toBe(false)
    const reportShop = (of: Review) => replyReported(of, 'shop', later)
    expect(isShown(replyOf(times(reportsThatHold.approved - 1, reportShop), 'shop'))).toBe(true)
    expect(isShown(replyOf(times(reportsThatHold.approved, reportShop), 'shop'))).toBe(false)
  })
  test('is refused of one’s own, and of one that is not there or not shown', () => {
    const held = times(reportsThatHold.unseen, reportOne)
    const report = (of: Review, id: string, userId: number) => codeOf(() => requireReportable(of, id, userId))
    expect([report(review, 'one', 1), report(review, 'one', 2), report(review, 'none', 1)]).toEqual([
      'own_reply',
      'nothing',
      'reply_not_found',
    ])
    expect([report(held, 'one', 2), report(held, 'one', 1)]).toEqual(['reply_not_found', 'own_reply'])
  })
})

describe('a decision about a reply', () => {
  test('publishes or rejects it, and settles its reports', () => {
    const held = times(reportsThatHold.unseen, reportOne)
    const approved = replyOf(approveReply(held, 'one', 'Fine', later), 'one')
    expect(approved).toMatchObject({
      status: 'published',
      open_reports: 0,
      history: [{}, { decision: 'approved', reason: 'Fine', at: later }],
    })
    const rejected = replyOf(rejectReply(held, 'one', 'Rude', later), 'one')
    expect(rejected).toMatchObject({ status: 'rejected', open_reports: 0, history: [{}, { decision: 'rejected', reason: 'Rude' }] })
    expect([waitingSince(approved), waitingSince(rejected)]).toEqual([null, null])
  })
  test('changes nothing the second time, and needs the reply', () => {
    const rejected = rejectReply(review, 'one', 'Rude', now)
    expect(rejectReply(rejected, 'one', 'Rude', later)).toBe(rejected)
    expect(codeOf(() => approveReply(review, 'none', null, now))).toBe('reply_not_found')
  })
})

test('a reply that is written anew waits since then', () => {
  const anew = repliedAnew(reply('one', 1), later)
  expect(moderatedReply(anew)).toEqual({
    ...reply('one', 1),
    status: 'waiting',
    open_reports: 0,
    history: [{ decision: 'held_after_deletion', reason: null, at: later }],
  })
  expect(waitingSince(anew)).toEqual(later)
  expect(waitingSince({ ...reply('one', 1), status: 'waiting' })).toEqual(now)
})

test('rejected replies take the places of their writer and not those of others', () => {
  let full: Review = { ...review, replies: [] }
  for (let n = 0; n < mostReplies.customers; n++) full = rejectReply(replied(full, reply(`${n}`, Math.floor(n / 3))), `${n}`, 'Rude', now)
  expect(codeOf(() => replied(full, reply('x', 99)))).toBe('nothing')
  expect(codeOf(() => replied(full, reply('x', 0)))).toBe('too_many_replies')
})
