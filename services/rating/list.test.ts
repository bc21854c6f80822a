import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { ObjectId } from 'mongodb'
import { reviewsIn, rowOf } from './database'
import { newReview } from './domain'
import { findStep, type ListQuery, listPlan, orders, ownPlan, waitingPlan, waitingRepliesPlan } from './list'
import type { ReviewView } from './model'
import { comparedTexts, earlierReviews } from './spam-filter'
import { product, type TestRating, testRating } from './testing'

const laptop = product(1)
/** Few stars, votes and moments, so that there are many ties. */
const rows = Array.from({ length: 6000 }, (_, n) => {
  const author = { product_id: n % 2 === 0 ? laptop : product(2 + (n % 50)), user_id: 1000 + n, verified_purchase: n % 3 === 0 }
  const at = new Date(Date.UTC(2026, 0, 1) + Math.floor(n / 4) * 1000)
  const reply = {
    id: product(n),
    user_id: n,
    from_shop: false,
    comment: 'x',
    status: n % 20 === 0 ? ('waiting' as const) : ('published' as const),
    created_at: at,
  }
  return rowOf({
    ...newReview({ rating: 1 + ((n * 7) % 5) }, author, n % 10 === 9, at),
    ...{ helpful_up: n % 7, helpful_down: n % 4, replies: n % 4 === 0 ? [reply] : [] },
    ...{ _id: new ObjectId(), first: true, sketch: [], bands: ['0:every', `1:${n % 100}`], spam: { score: 0, text_score: 0, signals: [] } },
  })
})
const published = rows.filter(row => row.product_id === laptop && row.status === 'published')

let service: TestRating
beforeAll(async () => {
  service = await testRating()
  for (let at = 0; at < rows.length; at += 2000) await reviewsIn(service.mongo).insertMany(rows.slice(at, at + 2000))
})
afterAll(async () => {
  expect(service.failures).toEqual([])
  await service.stop()
})

/** Of the first page and of the page after it. */
const explained = async (plan: (cursor?: string) => ReturnType<typeof listPlan>) => {
  const first = plan()
  const page = await findStep(service.mongo, first.steps[0]!, first).toArray()
  const next = plan(Buffer.from(JSON.stringify(first.keysOf(page.at(-1)!))).toString('base64url'))
  const steps = [[first, first.steps[0]!] as const, ...next.steps.map(step => [next, step] as const)]
  return Promise.all(
    steps.map(async ([of, step]) => {
      const { queryPlanner, executionStats } = await findStep(service.mongo, step, of).explain('executionStats')
      return { hint: of.hint, text: JSON.stringify(queryPlanner.winningPlan), read: executionStats.totalDocsExamined }
    }),
  )
}

test('every list reads by its index no more than its page, without a collection scan or a sort in memory', async () => {
  const plans: ((cursor?: string) => ReturnType<typeof listPlan>)[] = []
  for (const sort of orders)
    for (const stars of [undefined, 4])
      for (const verified of [undefined, 'true', 'false'] as const) {
        const query: ListQuery = { sort, skip: 0, limit: 10, ...(stars && { stars }), ...(verified && { verified }) }
        plans.push(cursor => listPlan(laptop, { ...query, ...(cursor && { cursor }) }))
      }
  plans.push(cursor => ownPlan(1001, { skip: 0, limit: 10, ...(cursor && { cursor }) }))
  plans.push(cursor => waitingPlan({ skip: 0, limit: 10, ...(cursor && { cursor }) }))
  plans.push(cursor => waitingRepliesPlan({ skip: 0, limit: 10, ...(cursor && { cursor }) }))
  expect(plans).toHaveLength(27)
  for (const plan of plans)
    for (const { hint, text, read } of await explained(plan)) {
      expect(text).not.toContain('COLLSCAN')
      expect(text).not.toContain('"stage":"SORT"')
      expect(text).toContain(`"indexName":"${hint}"`)
      expect(read).toBeLessThanOrEqual(11)
    }
})

test('the review that somebody wrote about a product is found by its index alone', async () => {
  const { product_id } = rows[1]!
  const plan = ownPlan(1001, { product_id, skip: 0, limit: 1 })
  const { queryPlanner, executionStats } = await findStep(service.mongo, plan.steps[0]!, plan).explain('executionStats')
  expect(JSON.stringify(queryPlanner.winningPlan)).toContain('"indexName":"user_product"')
  expect(executionStats.totalDocsExamined).toBe(1)
})

test('the spam filter reads a bounded number of reviews, by an index', async () => {
  const busy = rows
    .slice(0, 300)
    .map((row, n) => rowOf({ ...row, _id: new ObjectId(), user_id: 999_999, product_id: product(0x900 + n), status: 'rejected' }))
  await reviewsIn(service.mongo).insertMany(busy)
  const now = new Date(Date.UTC(2026, 0, 2))
  for (const [query, most] of [
    [earlierReviews(service.mongo, 999_999), 50],
    [comparedTexts(service.mongo, 1001, ['0:every', '1:7'], now), 101],
  ] as const) {
    const { queryPlanner, executionStats } = await query.explain('executionStats')
    expect(JSON.stringify(queryPlanner.winningPlan)).not.toMatch(/COLLSCAN|"SORT"/)
    expect(executionStats.totalDocsExamined).toBeLessThanOrEqual(most)
  }
  await reviewsIn(service.mongo).deleteMany({ user_id: 999_999 })
})

describe('a list of reviews', () => {
  const orderOf: Record<(typeof orders)[number], (row: ReviewView) => number[]> = {
    helpful: ({ id }) => [-(rows.find(row => row._id.toHexString() === id)?.helpful_rank ?? Number.NaN)],
    newest: ({ created_at }) => [-Date.parse(created_at)],
    highest: ({ rating, created_at }) => [-rating, -Date.parse(created_at)],
    lowest: ({ rating, created_at }) => [rating, -Date.parse(created_at)],
  }
  test.each([...orders])('in the order %s has each review once, page after page, despite ties', async sort => {
    const seen: ReviewView[] = []
    let cursor: string | undefined
    do {
      const page = await service.list(laptop, `sort=${sort}&limit=100${cursor ? `&cursor=${cursor}` : ''}`)
      expect(page.total).toBe(published.length)
      seen.push(...page.items)
      cursor = page.next_cursor
    } while (cursor && seen.length < 6000)
    expect(seen).toHaveLength(published.length)
    expect(new Set(seen.map(({ id }) => id)).size).toBe(published.length)
    for (const [n, item] of seen.slice(1).entries()) {
      const [before, after] = [orderOf[sort](seen[n]!), orderOf[sort](item)]
      const at = before.findIndex((value, key) => value !== after[key])
      expect(at === -1 || before[at]! < after[at]!).toBe(true)
    }
  })

  test('is filtered by stars and by verified purchase', async () => {
    for (const [query, matches] of [
      ['stars=2', (row: ReviewView) => row.rating === 2],
      ['verified=true', (row: ReviewView) => row.verified_purchase],
      ['verified=false', (row: ReviewView) => !row.verified_purchase],
      ['stars=5&verified=true', (row: ReviewView) => row.rating === 5 && row.verified_purchase],
    ] as const) {
      const { items, total } = await service.list(laptop, `${query}&limit=100`)
      expect(items.length).toBeGreaterThan(50)
      expect(items.every(matches)).toBe(true)
      const expected = published.filter(row => {
        const stars = /stars=(\d)/.exec(query)?.[1]
        const verified = /verified=(\w+)/.exec(query)?.[1]
        return (!stars || row.rating === Number(stars)) && (!verified || String(row.verified_purchase) === verified)
      })
      expect(total).toBe(expected.length)
    }
  })

  test('has nothing that waits, whoever asks; administrators find it in the order in which it came', async () => {
    const { body } = await service.admin.send('GET', '/ratings/pending?limit=100')
    const waiting = rows.filter(({ status }) => status === 'waiting')
    expect(body.total).toBe(waiting.length)
    expect(body.items.map(({ id }: ReviewView) => id)).toEqual(waiting.slice(0, 100).map(({ _id }) => _id.toHexString()))
    const next = await service.admin.send('GET', `/ratings/pending?limit=100&cursor=${body.next_cursor}`)
    expect(next.body.items.map(({ id }: ReviewView) => id)).toEqual(waiting.slice(100, 200).map(({ _id }) => _id.toHexString()))
    expect((await service.admin.send('GET', '/ratings/pending?stars=1')).status).toBe(400)
    const shown = await service.list(laptop, 'limit=100')
    expect(shown.items.every(({ status }: ReviewView) => status === 'published')).toBe(true)
  })

  test.each(['sort=zonk', 'stars=0', 'stars=6', 'stars=4.5', 'verified=maybe', 'limit=0', 'limit=101', 'skip=-1', 'cursor=zonk', 'zonk=1'])(
    'refuses %s',
    async query => {
      expect((await service.send('GET', `/ratings/product/${laptop}?${query}`)).status).toBe(400)
    },
  )

  test('refuses the cursor of another order, and a skip that is too deep', async () => {
    const { next_cursor } = await service.list(laptop, 'sort=newest&limit=5')
    expect((await service.send('GET', `/ratings/product/${laptop}?sort=lowest&cursor=${next_cursor}`)).body.code).toBe('invalid_cursor')
    expect((await service.send('GET', `/ratings/product/${laptop}?skip=10001`)).body.code).toBe('use_cursor')
  })

  test('of a product without reviews is empty', async () => {
    expect(await service.list(product(0xfff))).toEqual({ items: [], total: 0, skip: 0, limit: 20 })
  })
})
