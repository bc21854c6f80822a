import { afterAll, beforeAll, expect, test } from 'bun:test'
import { testRedis } from '#shared/testing'
import { day } from '#shared/time'
import { boughtTogether } from './bought-together'
import { ranked, selected } from './domain-recommend'

/**
 * Orders of a made-up shop, the same each time: 400 products, some far more popular than others, in 60 themes of which each order follows one
 * or two, a bestseller that is in two of five, and whims.
 */
const products = 400
const themes = 60
const trained = 6000
const tested = 400
const bestseller = 0

/** Numbers from 0 to 1, the same each time (mulberry32). */
const numbers = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}
const random = numbers(20261129)
const idOf = (n: number) => n.toString(16).padStart(24, '0')
const anyProduct = () => Math.floor(products * random() ** 2.2)
const theme = Array.from({ length: themes }, () => Array.from({ length: 8 }, () => 1 + Math.floor((products - 1) * random() ** 1.3)))

const basket = (): string[] => {
  const chosen = new Set<number>()
  for (let follows = random() < 0.3 ? 2 : 1; follows > 0; follows--) {
    const of = theme[Math.floor(themes * random() ** 1.4)] ?? []
    for (const one of of) if (random() < 0.4) chosen.add(one)
  }
  while (random() < 0.35) chosen.add(anyProduct())
  if (random() < 0.4) chosen.add(bestseller)
  return [...chosen].map(idOf)
}
/** An order with at least two products beside the bestseller. */
const order = (): string[] => {
  for (;;) {
    const made = basket()
    if (made.filter(id => id !== idOf(bestseller)).length >= 2) return made
  }
}

const store = await testRedis()
afterAll(() => store.drop())
const pairs = boughtTogether(store.redis)
const now = Date.UTC(2026, 10, 29)
beforeAll(async () => {
  const orders = Array.from({ length: trained }, (_, n) => ({
    order_id: n + 1,
    user_id: n,
    product_ids: order(),
    paidAt: new Date(now - ((trained - n) / trained) * 60 * day),
  }))
  for (let at = 0; at < trained; at += 200) await Promise.all(orders.slice(at, at + 200).map(pairs.count))
}, 120_000)

const recommended = async (basket: readonly string[]) => {
  const sources = basket.map(id => ({ id, weight: 1, reason: 'bought_together' as const }))
  const { orders, companions } = await pairs.companions(sources, now)
  const candidates = ranked(orders, companions)
  const isOffered = (id: string) => !basket.includes(id)
  return selected(candidates, { limit: 10, isOffered, categoryOf: id => id }).items.map(({ id }) => id)
}

test('what is recommended for a basket is found at least twice as often as what is popular, and is not the same for all', async () => {
  const popular = [...(await pairs.mostBought(50, now)).keys()]
  const shown = new Set<string>()
  let [hits, popularHits] = [0, 0]
  for (let n = 0; n < tested; n++) {
    const all = order()
    const held = all[Math.floor(random() * all.length)] ?? ''
    const rest = all.filter(id => id !== held)
    const list = await recommended(rest)
    for (const id of list) shown.add(id)
    if (list.includes(held)) hits++
    if (
      popular
        .filter(id => !rest.includes(id))
        .slice(0, 10)
        .includes(held)
    )
      popularHits++
  }
  const share = (count: number) => (count / tested).toFixed(3)
  console.log(`hit@10: recommended ${share(hits)}, popular ${share(popularHits)}; shown ${shown.size} of ${products} products`)
  expect(hits).toBeGreaterThanOrEqual(2 * popularHits)
  expect(shown.size).toBeGreaterThanOrEqual(0.2 * products)
}, 60_000)

test('a bestseller that is in two of five orders is not among the first three of any product', async () => {
  const led = []
  for (let n = 1; n < products; n++) {
    const list = await recommended([idOf(n)])
    if (list.slice(0, 3).includes(idOf(bestseller))) led.push(n)
  }
  expect(led).toEqual([])
}, 60_000)

test('a pair that some buy together is found from both sides', async () => {
  const [left, right] = [idOf(1001), idOf(1002)]
  for (let n = 0; n < 12; n++)
    await pairs.count({ order_id: 10_000 + n, user_id: n, product_ids: [left, right, idOf(bestseller)], paidAt: new Date(now) })
  expect((await recommended([left]))[0]).toBe(right)
  expect((await recommended([right]))[0]).toBe(left)
})
