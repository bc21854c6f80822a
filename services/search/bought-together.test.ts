import { afterAll, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { testRedis } from '#shared/testing'
import { day } from '#shared/time'
import { boughtTogether, type PaidOrder } from './bought-together'
import { shopperHistory } from './shopper-history'

const stores: Awaited<ReturnType<typeof testRedis>>[] = []
afterAll(() => Promise.all(stores.map(store => store.drop())))

const now = Date.UTC(2026, 10, 29, 12)
const product = (n: number) => n.toString(16).padStart(24, '0')
const order = (order_id: number, products: readonly number[], more: Partial<PaidOrder> = {}): PaidOrder => ({
  order_id,
  user_id: 7,
  product_ids: products.map(product),
  paidAt: new Date(now),
  ...more,
})

const opened = async (bounds: Parameters<typeof boughtTogether>[1] = {}) => {
  const store = await testRedis()
  stores.push(store)
  const { redis } = store
  const pairs = boughtTogether(redis, bounds)
  return {
    ...store,
    pairs,
    history: shopperHistory(redis, bounds),
    /** The orders that had both, by companion. */
    async with(n: number, at = now): Promise<Record<string, number>> {
      const { companions } = await pairs.companions([{ id: product(n), weight: 1, reason: 'bought_together' }], at)
      const [found] = companions
      const rounded = (count: number) => Math.round(count * 1e6) / 1e6
      return Object.fromEntries((found?.with ?? []).map(({ id, together }) => [Number.parseInt(id, 16), rounded(together)] as const))
    },
    async counts(at = now): Promise<Record<string, number>> {
      const ids = await redis.client.zrange(redis.key('bought'), '0', '-1')
      const { companions } = await pairs.companions(
        ids.map(id => ({ id, weight: 1, reason: 'bought_together' as const })),
        at,
      )
      return Object.fromEntries(companions.map(({ source, bought }) => [Number.parseInt(source.id, 16), Math.round(bought * 1e6) / 1e6]))
    },
    pairCount: async () => Number(await redis.client.get(redis.key('pairs'))),
  }
}

describe('a paid order', () => {
  test('counts each pair of its products once, however many pieces and however often it is told', async () => {
    const shop = await opened()
    const three = order(1, [1, 2, 3, 2, 1])
    expect(await shop.pairs.count(three)).toBe(true)
    expect(await shop.pairs.count(three)).toBe(false)
    expect(await shop.with(1)).toEqual({ 2: 1, 3: 1 })
    expect(await shop.with(3)).toEqual({ 1: 1, 2: 1 })
    expect(await shop.counts()).toEqual({ 1: 1, 2: 1, 3: 1 })
  })

  test('that is over leaves no trace, whether it ends before or after it is counted', async () => {
    const shop = await opened()
    await shop.pairs.count(order(1, [1, 2]))
    await shop.pairs.takeBack(order(1, []))
    await shop.pairs.takeBack(order(1, []))
    await shop.pairs.takeBack(order(2, []))
    await shop.pairs.count(order(2, [1, 2]))
    await shop.pairs.count(order(1, [1, 2]))
    expect(await shop.with(1)).toEqual({})
    expect(await shop.counts()).toEqual({})
    expect(await shop.pairCount()).toBe(0)
    expect(await shop.history.interests(7)).toEqual([])
  })

  test('gives the same counts in whatever order, and however often, its events come', async () => {
    const numbers = [1, 2, 3, 4, 5]
    const orders = fc.array(
      fc.record({ products: fc.subarray(numbers, { minLength: 1 }), over: fc.boolean(), daysAgo: fc.integer({ min: 0, max: 400 }) }),
      { minLength: 1, maxLength: 6 },
    )
    const story = orders.chain(orders => {
      const events = orders.flatMap(({ over }, at) => [{ at, take: false }, ...(over ? [{ at, take: true }] : [])])
      const again = fc.array(fc.constantFrom(...events), { maxLength: 8 })
      return again.chain(more =>
        fc.shuffledSubarray([...events, ...more], { minLength: events.length + more.length }).map(events => ({ orders, events })),
      )
    })
    await fc.assert(
      fc.asyncProperty(story, async ({ orders, events }) => {
        const shop = await opened()
        for (const { at, take } of events) {
          const { products = [], daysAgo = 0 } = orders[at] ?? {}
          const told = order(at + 1, products, { paidAt: new Date(now - daysAgo * day) })
          await (take ? shop.pairs.takeBack(told) : shop.pairs.count(told))
        }
        const expected = (n: number) => {
          const counts = new Map<number, number>()
          for (const { products, over, daysAgo } of orders)
            if (!over && products.includes(n))
              for (const other of products) if (other !== n) counts.set(other, (counts.get(other) ?? 0) + 2 ** (-daysAgo / 90))
          return counts
        }
        for (const n of numbers) {
          const found = await shop.with(n)
          expect(Object.keys(found).map(Number).sort()).toEqual([...expected(n).keys()].sort())
          for (const [other, count] of expected(n)) expect(found[other]).toBeCloseTo(count, 4)
        }
        const kept = (await shop.history.exportOf(7)).purchases.map(({ order_id }) => order_id)
        expect(new Set(kept)).toEqual(new Set(orders.flatMap(({ over }, at) => (over ? [] : [at + 1]))))
      }),
      { numRuns: 40 },
    )
  }, 120_000)

  test('is counted once by two instances that get it at the same moment', async () => {
    const shop = await opened()
    const other = boughtTogether(await shop.open())
    const all = Array.from({ length: 50 }, (_, n) => order(n + 1, [1, 2, 3 + n]))
    await Promise.all(all.flatMap(one => [shop.pairs.count(one), other.count(one), shop.pairs.count(one)]))
    expect((await shop.with(1))[2]).toBe(50)
    await Promise.all(all.flatMap(one => [shop.pairs.takeBack(one), other.takeBack(one)]))
    expect(await shop.counts()).toEqual({})
  })

  test('of a quarter ago counts half', async () => {
    const shop = await opened()
    await shop.pairs.count(order(1, [1, 2], { paidAt: new Date(now - 90 * day) }))
    await shop.pairs.count(order(2, [1, 2]))
    expect((await shop.with(1))[2]).toBe(1.5)
    expect((await shop.with(1, now + 90 * day))[2]).toBe(0.75)
  })
})

describe('memory is bounded', () => {
  test('an order of a thousand products counts forty of them', async () => {
    const shop = await opened()
    await shop.pairs.count(
      order(
        1,
        Array.from({ length: 1000 }, (_, n) => n + 1),
      ),
    )
    expect(Object.keys(await shop.counts())).toHaveLength(40)
    expect(await shop.pairCount()).toBe(40 * 39)
  })

  test('a product keeps its strongest companions', async () => {
    const shop = await opened({ mostCompanions: 20, keptCompanions: 15 })
    for (let n = 1; n <= 3; n++) await shop.pairs.count(order(n, [1, 2]))
    for (let n = 10; n < 60; n++) await shop.pairs.count(order(n, [1, n]))
    const companions = await shop.with(1)
    expect(companions[2]).toBe(3)
    expect(Object.keys(companions).length).toBeLessThanOrEqual(20)
    const sizes = await Promise.all((await shop.redis.client.keys(shop.redis.key('with', '*'))).map(key => shop.redis.client.zcard(key)))
    expect(await shop.pairCount()).toBe(sizes.reduce((sum, size) => sum + size, 0))
  })

  test('when there are too many pairs, the products that were longest not bought with another lose theirs', async () => {
    const shop = await opened({ mostPairs: 100 })
    for (let n = 0; n < 100; n++)
      await shop.pairs.count(order(n + 1, [2 * n + 1, 2 * n + 2], { paidAt: new Date(now - (100 - n) * 60_000) }))
    expect(await shop.pairCount()).toBeLessThanOrEqual(100)
    expect(await shop.with(1)).toEqual({})
    expect(Object.keys(await shop.with(199))).toEqual(['200'])
    expect((await shop.redis.client.keys(shop.redis.key('with', '*'))).length).toBe(100)
  })

  test('counts of the products that are bought least give way', async () => {
    const shop = await opened({ mostProducts: 10 })
    for (let n = 1; n <= 3; n++) await shop.pairs.count(order(n, [1]))
    for (let n = 100; n < 130; n++) await shop.pairs.count(order(n, [n]))
    const counts = await shop.counts()
    expect(Object.keys(counts)).toHaveLength(10)
    expect(counts[1]).toBe(3)
  })
})

describe('a shopper’s history', () => {
  test('has the last purchases and views, and is exported', async () => {
    const { pairs, history } = await opened()
    for (let n = 1; n <= 30; n++) await pairs.count(order(n, [n, n + 100, n + 200], { paidAt: new Date(now + n * 1000) }))
    for (let n = 1; n <= 40; n++) await history.recordView({ user: 7 }, product(n), new Date(now + n * 1000))
    const interests = await history.interests(7)
    const ofKind = (kind: string) => interests.filter(one => one.kind === kind)
    expect(ofKind('ordered')).toHaveLength(20)
    expect(ofKind('ordered').map(({ id }) => id)).toContain(product(30))
    expect(ofKind('viewed').map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, n) => product(40 - n)))
    const { purchases, views } = await history.exportOf(7)
    expect(purchases).toHaveLength(60)
    expect(purchases).toContainEqual({ order_id: 30, product_id: product(30), paid_at: new Date(now + 30_000).toISOString() })
    expect(views).toHaveLength(30)
    expect(await history.exportOf(8)).toEqual({ purchases: [], views: [] })
  })

  test('is erased, and late events of an erased user write nothing about them', async () => {
    const { pairs, history, redis, with: companions } = await opened()
    await pairs.count(order(1, [1, 2]))
    await history.recordView({ user: 7 }, product(3), new Date(now))
    await history.forget(7)
    await pairs.count(order(2, [1, 2]))
    await history.recordView({ user: 7 }, product(4), new Date(now))
    await history.recordView({ guest: 'a-guest-on-this-device' }, product(5), new Date(now))
    await history.takeViews(7, 'a-guest-on-this-device')
    expect(await history.exportOf(7)).toEqual({ purchases: [], views: [] })
    expect((await redis.client.keys(redis.key('*'))).filter(key => /:(purchases|views|guest-views):/.test(key))).toEqual([])
    // The orders themselves still count: nobody is named in them.
    expect((await companions(1))[2]).toBe(2)
  })

  test('takes over what the guest on the same device looked at, once', async () => {
    const { history } = await opened()
    const guest = 'a-guest-on-this-device'
    await history.recordView({ guest }, product(1), new Date(now))
    await history.recordView({ user: 7 }, product(1), new Date(now - 1000))
    await history.recordView({ user: 7 }, product(2), new Date(now - 2000))
    await history.takeViews(7, guest)
    await history.takeViews(8, guest)
    expect((await history.exportOf(7)).views.map(({ product_id }) => product_id)).toEqual([product(1), product(2)])
    expect((await history.exportOf(8)).views).toEqual([])
  })

  test('of guests that somebody invents takes no more room than that of so many', async () => {
    const { history, redis } = await opened({ mostGuests: 50 })
    for (let n = 0; n < 300; n++) await history.recordView({ guest: `guest-${n}` }, product(n), new Date(now + n))
    expect(await redis.client.zcard(redis.key('guests'))).toBe(50)
    const lists = await redis.client.keys(redis.key('guest-views', '*'))
    expect(lists).toHaveLength(50)
    for (const list of lists) expect(await redis.client.ttl(list)).toBeGreaterThan(0)
  })
})
