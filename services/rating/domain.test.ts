import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { AppError } from '#shared/errors'
import {
  approve,
  edited,
  helpfulRank,
  listName,
  listsOf,
  mostReplies,
  newReview,
  type Reply,
  type Review,
  reject,
  replied,
  reported,
  reportsThatHold,
  voted,
} from './domain'

const now = new Date('2026-01-01T00:00:00Z')
const later = new Date('2026-01-02T00:00:00Z')
const author = { product_id: 'a'.repeat(24), user_id: 7, verified_purchase: false }
const published = newReview({ rating: 4 }, author, false, now)
const waiting = newReview({ rating: 4 }, author, true, now)
const times = (count: number, review: Review, step: (review: Review) => Review) =>
  Array.from({ length: count }).reduce<Review>(one => step(one), review)
const codeOf = (act: () => unknown) => {
  try {
    act()
    return undefined
  } catch (error) {
    return error instanceof AppError ? error.code : error
  }
}

describe('the rank by votes', () => {
  test('is the lower bound of Wilson’s interval', () => {
    // Known values of the 95 % interval.
    for (const [up, down, bound] of [
      [1, 0, 0.2065],
      [10, 0, 0.7225],
      [8, 2, 0.4902],
      [100, 100, 0.4314],
    ] as const)
      expect(helpfulRank(up, down) / 1e9).toBeCloseTo(bound, 4)
  })

  test('is higher with a vote for, lower with one against, and needs no more than whole numbers', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.nat(5000), (up, down) => {
        expect(helpfulRank(up + 1, down)).toBeGreaterThan(helpfulRank(up, down))
        expect(helpfulRank(up, down + 1)).toBeLessThan(helpfulRank(up, down))
        expect(Number.isSafeInteger(helpfulRank(up, down))).toBe(true)
      }),
    )
    expect(Object.is(helpfulRank(0, 0), 0)).toBe(true)
  })

  test('puts ninety of a hundred above two of two', () => {
    expect(helpfulRank(90, 10)).toBeGreaterThan(helpfulRank(2, 0))
  })
})

test('votes add up to the last vote of each reader, in whatever order they come', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ reader: fc.nat(4), helpful: fc.boolean() })), votes => {
      const last = new Map<number, boolean>()
      let counts = { helpful_up: 0, helpful_down: 0 }
      for (const { reader, helpful } of votes) {
        counts = voted(counts, helpful, last.get(reader))
        last.set(reader, helpful)
      }
      const all = [...last.values()]
      expect(counts).toEqual({ helpful_up: all.filter(Boolean).length, helpful_down: all.filter(vote => !vote).length })
      for (const vote of all) counts = voted(counts, undefined, vote)
      expect(counts).toEqual({ helpful_up: 0, helpful_down: 0 })
    }),
  )
})

describe('the lists of a review', () => {
  test('are one for each combination of filters, and none unless it is published', () => {
    expect(listsOf({ status: 'published', rating: 4, verified_purchase: true })).toEqual(['all', '4', 'all verified', '4 verified'])
    expect(listsOf(waiting)).toEqual([])
    expect(listName({ stars: 4, verified: false })).toBe('4 unverified')
  })
})

describe('an edit', () => {
  test('that looks like spam makes a published review wait, and another does not', () => {
    expect(edited(published, { ...published, title: 'x' }, true, later)).toMatchObject({ status: 'waiting', version: 2, updated_at: later })
    expect(edited(published, { ...published, title: 'x' }, false, later)).toMatchObject({ status: 'published', history: [] })
  })

  test('never publishes a review that waits or was rejected', () => {
    expect(edited(waiting, { ...waiting, title: 'x' }, false, later).status).toBe('waiting')
    const rejected = reject(published, 'Advertising', now)
    expect(edited(rejected, { ...rejected, title: 'x' }, false, later)).toMatchObject({ status: 'waiting' })
  })
})

describe('reports', () => {
  const report = (review: Review) => reported(review, later)
  test('send a review to wait once there are enough of them', () => {
    expect(times(reportsThatHold.unseen - 1, published, report).status).toBe('published')
    expect(times(reportsThatHold.unseen, published, report)).toMatchObject({ status: 'waiting', open_reports: reportsThatHold.unseen })
  })

  test('must be more for a review that an administrator approved, counted from then on', () => {
    const approved = approve(times(reportsThatHold.unseen, published, report), 'It is real.', later)
    expect(approved).toMatchObject({ status: 'published', open_reports: 0 })
    expect(times(reportsThatHold.approved - 1, approved, report).status).toBe('published')
    expect(times(reportsThatHold.approved, approved, report).status).toBe('waiting')
  })

  test('need be no more for a review that was edited since it was approved: nobody has approved what it says now', () => {
    const approved = approve(published, null, now)
    const rewritten = edited(approved, { ...approved, comment: 'Something else.' }, false, later)
    expect(times(reportsThatHold.unseen, rewritten, report).status).toBe('waiting')
    expect(times(reportsThatHold.unseen, approve(rewritten, 'It is fine, too.', later), report).status).toBe('published')
  })
})

describe('a decision', () => {
  test('keeps its reason, and the same one again changes nothing', () => {
    const rejected = reject(waiting, 'Advertising', later)
    expect(rejected.history).toEqual([
      { decision: 'held_by_filter', reason: null, at: now },
      { decision: 'rejected', reason: 'Advertising', at: later },
    ])
    expect(reject(rejected, 'Advertising', now)).toBe(rejected)
    const approved = approve(rejected, null, later)
    expect([approved.status, approved.history.length]).toEqual(['published', 3])
    expect(approve(approved, null, now)).toBe(approved)
  })

  test('is one of the last fifty that are kept', () => {
    let review: Review = published
    for (let n = 0; n < 60; n++) review = reject(review, `reason ${n}`, later)
    expect([review.history.length, review.history.at(-1)?.reason]).toEqual([50, 'reason 59'])
  })
})

test('customers cannot take the shop’s places for replies, and one of them only a few', () => {
  const reply = (user_id: number, from_shop = false): Reply => ({ id: 'x', user_id, from_shop, comment: 'x', created_at: now })
  const own = times(mostReplies.each, published, review => replied(review, reply(1)))
  expect(codeOf(() => replied(own, reply(1)))).toBe('too_many_replies')
  let full: Review = published
  for (let n = 0; n < mostReplies.customers; n++) full = replied(full, reply(n))
  expect(codeOf(() => replied(full, reply(99)))).toBe('too_many_replies')
  expect(replied(full, reply(99, true)).replies).toHaveLength(mostReplies.customers + 1)
})
