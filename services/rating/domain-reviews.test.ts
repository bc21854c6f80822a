import { describe, expect, test } from 'bun:test'
import type { AppError } from '#shared/errors'
import { codeOf } from '#shared/testing-errors'
import {
  approve,
  edited,
  helpfulRank,
  listsOf,
  mostReplies,
  newReview,
  type Reply,
  type Review,
  reject,
  replied,
  reported,
  reportsThatHold,
  requireOthers,
  rewritten,
  writtenAnew,
} from './domain'
import { accountAgeHours, burstWithinMs, comparedFrom, habits, linksIn } from './domain-behaviour'
import { imageAddresses } from './domain-images'
import { emptyTally, priorReviews, summaryOf, tallyChange } from './domain-summary'

const now = new Date('2026-01-01T00:00:00Z')
const later = new Date('2026-01-02T00:00:00Z')
const author = { product_id: 'a'.repeat(24), user_id: 7, verified_purchase: true }
const published = newReview({ rating: 4, title: 'Good' }, author, false, now)
const waiting = newReview({ rating: 4 }, author, true, now)
const times = (count: number, review: Review, step: (review: Review) => Review) =>
  Array.from({ length: count }).reduce<Review>(one => step(one), review)

describe('a new review', () => {
  test('is published, or waits for an administrator when it looks like spam', () => {
    const shown = { ...author, rating: 4, title: 'Good', comment: null, images: [], incentivised: false }
    const fresh = { helpful_up: 0, helpful_down: 0, open_reports: 0, replies: [], version: 1, created_at: now, updated_at: now }
    expect(published).toStrictEqual({ ...shown, ...fresh, status: 'published', history: [] })
    expect(newReview({ rating: 1, comment: 'x', images: ['i'], incentivised: true }, author, true, now)).toStrictEqual({
      ...{ ...shown, rating: 1, title: null, comment: 'x', images: ['i'], incentivised: true },
      ...fresh,
      status: 'waiting',
      history: [{ decision: 'held_by_filter', reason: null, at: now }],
    })
  })
})

describe('a review that is written anew', () => {
  test('waits, and says why beside what the filter says', () => {
    const anew = { decision: 'held_after_deletion' as const, reason: null, at: later }
    expect(writtenAnew(published, later)).toStrictEqual({ ...published, status: 'waiting', history: [anew] })
    expect(writtenAnew(waiting, later)).toStrictEqual({ ...waiting, history: [...waiting.history, anew] })
  })
})

describe('an edit of a review', () => {
  test('is nothing when every word stays', () => {
    expect(rewritten(published, { title: 'Good', rating: 4 })).toBe(published)
    expect(rewritten(published, { title: 'Better' })).toEqual({ ...published, title: 'Better' })
  })
  test('is kept with why it waits, and counted', () => {
    const after = { ...published, title: 'Better' }
    expect(edited(published, after, false, later)).toStrictEqual({ ...after, version: 2, updated_at: later })
    expect(edited(published, after, true, later)).toStrictEqual({
      ...{ ...after, version: 2, updated_at: later, status: 'waiting' },
      history: [{ decision: 'held_by_filter', reason: null, at: later }],
    })
  })
  test('of a rejected one is looked at again, and of a waiting one waits on', () => {
    const rejected = reject(published, 'Advertising', now)
    expect(edited(rejected, rejected, false, later).history.map(({ decision }) => decision)).toEqual(['rejected', 'held_after_edit'])
    for (const waits of [true, false])
      expect(edited(waiting, waiting, waits, later)).toStrictEqual({ ...waiting, version: 2, updated_at: later })
  })
})

describe('a decision about a review', () => {
  test('ends what readers reported, and is kept with its reason', () => {
    const noted = times(2, published, review => reported(review, now))
    expect(approve(noted, null, later)).toStrictEqual({
      ...{ ...published, version: 4, open_reports: 0 },
      history: [{ decision: 'approved', reason: null, at: later }],
    })
    expect(reject(noted, 'Rude', later)).toMatchObject({ status: 'rejected', open_reports: 0, version: 4 })
  })
  test('is another one when its reason differs, or readers have reported the review since', () => {
    const rejected = reject(published, 'Rude', now)
    expect(reject(rejected, 'Advertising', later).history).toHaveLength(2)
    const approved = approve(published, null, now)
    const again = approve(reported(approved, later), null, later)
    expect([again.history.length, again.open_reports]).toEqual([2, 0])
    const hidden: Review = { ...approved, status: 'waiting' }
    expect(approve(hidden, null, later).status).toBe('published')
  })
})

describe('a report of a review', () => {
  test('counts, and sends only a published one to wait', () => {
    expect(reported(published, later)).toStrictEqual({ ...published, open_reports: 1, version: 2 })
    const held = times(reportsThatHold.unseen, published, review => reported(review, later))
    expect(held.history).toEqual([{ decision: 'held_by_reports', reason: null, at: later }])
    expect(reported(held, later)).toStrictEqual({ ...held, open_reports: reportsThatHold.unseen + 1, version: held.version + 1 })
    expect(times(9, reject(published, 'Rude', now), review => reported(review, later)).status).toBe('rejected')
    expect(reportsThatHold).toEqual({ unseen: 3, approved: 10 })
  })
})

describe('replies', () => {
  const reply = (user_id: number, from_shop = false): Reply => ({ id: 'x', user_id, from_shop, comment: 'x', created_at: now })
  test('are added behind the others', () => {
    const one = replied(published, reply(1))
    expect(replied(one, reply(2))).toStrictEqual({ ...published, replies: [reply(1), reply(2)], version: 3 })
  })
  test('are at most ten of the shop, by whomever', () => {
    expect(mostReplies).toEqual({ shop: 10, customers: 20, each: 3 })
    const full = times(mostReplies.shop, published, review => replied(review, reply(1, true)))
    expect(codeOf(() => replied(full, reply(2, true)))).toBe('too_many_replies')
    // A customer's own places are counted apart from what the same person wrote for the shop.
    expect(codeOf(() => replied(full, reply(1)))).toBe('nothing')
  })
  test('are at most three of one customer, and leave the others theirs', () => {
    const own = times(mostReplies.each, published, review => replied(review, reply(1)))
    expect([codeOf(() => replied(own, reply(1))), codeOf(() => replied(own, reply(2)))]).toEqual(['too_many_replies', 'nothing'])
  })
})

test('nobody votes for a review of their own', () => {
  expect([codeOf(() => requireOthers(published, 7)), codeOf(() => requireOthers(published, 8))]).toEqual(['own_review', 'nothing'])
  expect(codeOf(() => requireOthers({ ...published, user_id: null }, 7))).toBe('nothing')
})

test('a review of no verified purchase is found in the lists without one', () => {
  expect(listsOf({ ...published, verified_purchase: false })).toEqual(['all', '4', 'all unverified', '4 unverified'])
  expect(listsOf(reject(published, 'Rude', now))).toEqual([])
})

test('each vote against a review that has none for it counts', () => {
  expect([helpfulRank(0, 1), helpfulRank(0, 7), Math.round(helpfulRank(8, 2) / 1e4)]).toEqual([-1, -7, 49_016])
})

describe('the summary of reviews', () => {
  test('of a shop without any review is in the middle of the stars', () => {
    expect(summaryOf(emptyTally, { count: 0, sum: 0 }).score).toBe(3)
    expect(summaryOf({ count: 2, sum: 10, histogram: { 5: 2 } }, { count: 0, sum: 0 }).score).toBe(3.4)
  })
  test('counts each number of stars, and rounds the average to two and the score to four decimals', () => {
    const tally = { count: 7, sum: 20, histogram: { 1: 2, 2: 1, 3: 1, 4: 2, 5: 1 } }
    const histogram = { '1': 2, '2': 1, '3': 1, '4': 2, '5': 1 }
    expect(summaryOf(tally, { count: 3, sum: 13 })).toEqual({ average: 2.86, count: 7, histogram, score: 3.6444 })
    expect(priorReviews).toBe(8)
  })
  test('changes by what a review was and by what it is', () => {
    const was = { status: 'published', rating: 2 } as const
    expect(tallyChange(was, { ...was, rating: 5 })).toEqual({ count: 0, sum: 3, histogram: { 2: -1, 5: 1 } })
    expect(tallyChange(undefined, was)).toEqual({ count: 1, sum: 2, histogram: { 2: 1 } })
    expect(tallyChange(was, undefined)).toEqual({ count: -1, sum: -2, histogram: { 2: -1 } })
    expect(tallyChange(was, { ...was, status: 'waiting' })).toEqual({ count: -1, sum: -2, histogram: { 2: -1 } })
  })
})

describe('the way in which a review is written', () => {
  const ago = (ms: number) => new Date(now.getTime() - ms)
  const hour = 3_600_000
  test('tells how many reviews its author wrote within an hour, and how many of at least five were raptures', () => {
    const earlier = [hour - 1, hour, 2 * hour].map(ms => ({ rating: 5, created_at: ago(ms) }))
    expect(habits(earlier, 1, now)).toEqual({ reviews_last_hour: 1, five_star_share: 0 })
    expect(habits([...earlier, { rating: 4, created_at: ago(hour) }], 5, now)).toEqual({ reviews_last_hour: 1, five_star_share: 0.8 })
  })
  test('tells how old its author’s account is', () => {
    expect([accountAgeHours({ registered_at: ago(2 * hour) }, now), accountAgeHours({}, now)]).toEqual([2, 0])
    expect(accountAgeHours({ registered_at: new Date(now.getTime() + hour) }, now)).toBe(0)
  })
  test('tells its links, in upper case as well', () => {
    expect(['HTTPS://A.B', 'WWW.shop', 'see shop-7.store', 'a.com', 'x.comma', 'no.1', 'http://a.com/b.net'].map(linksIn)).toEqual([
      1, 1, 1, 0, 0, 0, 1,
    ])
    expect([comparedFrom, burstWithinMs]).toEqual([25, 24 * hour])
  })
})

describe('the address of an image', () => {
  const problem = (address: string) => {
    try {
      return imageAddresses(['https://example.com/a', address]).at(-1)
    } catch (error) {
      return (error as AppError).errors?.map(({ path, message }) => `${path} ${message}`).join()
    }
  }
  test('is refused with what is wrong with it', () => {
    for (const [address, wrong] of [
      ['https://example.com/a b', 'has characters that no address contains'],
      ['a.jpg', 'is not an address'],
      ['http://example.com/a', 'must begin with https://'],
      ['https://me@example.com/a', 'must not contain a user name or password'],
      ['https://:word@example.com/a', 'must not contain a user name or password'],
      ['https://@example.com/a', 'must not contain a user name or password'],
      ['https://example.com:1/a', 'must not name a port'],
      ['https://[::1]/a', 'must name its host, not an IP address'],
      ['https://10.0.0.1/a', 'must name its host, not an IP address'],
      ['https://shop/a', 'must name a public host'],
    ])
      expect(problem(address!)).toBe(`/images/1 The address of an image ${wrong}`)
  })
  test('names no host that only a private network resolves', () => {
    for (const end of [
      'localhost',
      'local',
      'internal',
      'intranet',
      'lan',
      'corp',
      'home',
      'private',
      'home.arpa',
      'test',
      'invalid',
      'onion',
    ])
      for (const host of [end, `a.${end}`, `a.${end}.`]) expect(problem(`https://${host}/a`)).toContain('must name a public host')
    for (const host of ['mylocal.example', 'local.example', 'a.notlocal', '1a.example', 'example.com.'])
      expect(problem(`https://${host}/a`)).toBe(`https://${host}/a`)
  })
  test('may have an @ behind the host', () => {
    expect(problem('https://example.com?to=me@b.c')).toBe('https://example.com/?to=me@b.c')
  })
})
