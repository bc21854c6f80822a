import { afterAll, expect, test } from 'bun:test'
import { eventually } from '#shared/testing'
import { leases } from './leases'
import { popularity } from './popularity'
import { testShop } from './testing-shop'

const shop = await testShop()
afterAll(async () => {
  expect(shop.failures).toEqual([])
  await shop.stop()
})

test('a product that is not among the most bought any more loses its popularity, also when another process told it', async () => {
  const [first, second] = [await shop.add({ name: 'Lamp' }), await shop.add({ name: 'Chair' })]
  await eventually(() => shop.one.live.index.size === 2)
  /** As a process that has just begun. */
  const refresh = () => popularity({ ...shop.one, leases: leases(shop.redis), ranked: 1 })()
  const popularityOf = (id: string) => shop.one.live.index.facts(id)?.popularity ?? 0
  await shop.buy([first], 2)
  await refresh()
  await eventually(() => popularityOf(first.id) > 1.9)
  await shop.buy([second], 3)
  await refresh()
  await eventually(() => popularityOf(second.id) > 2.9 && popularityOf(first.id) === 0)
  expect(shop.one.live.index.withPopularity()).toEqual([second.id])
})

test('what has not changed is not told again', async () => {
  const told: string[] = []
  const products = { setPopularity: async (id: string) => told.push(id) > 0 }
  await popularity({ ...shop.one, products, leases: leases(shop.redis), ranked: 1 })()
  expect(told).toEqual([])
})
