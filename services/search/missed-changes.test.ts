import { afterAll, beforeAll, expect, test } from 'bun:test'
import { productCreated } from '#shared/catalog'
import { eventually, messageOf } from '#shared/testing'
import { catalogProduct, testSearch } from './testing'

let shop: Awaited<ReturnType<typeof testSearch>>
beforeAll(async () => {
  shop = await testSearch()
})
afterAll(() => shop.stop())

test('an instance that missed changes builds its index anew from what is stored', async () => {
  const [one, other] = await Promise.all([shop.instance(), shop.instance()])
  const { client, key } = shop.redis
  const { version, ...product } = catalogProduct({ name: 'Hazel tray' })
  // As if the entries of a thousand changes had been trimmed away before the other instance read them.
  await client.incrby(key('changed'), 1000)
  await one.handle(messageOf(productCreated({ id: product.id, version }, { ...product, opening_stock: [] })))
  for (const instance of [one, other]) await eventually(async () => (await instance.names('hazel')).length === 1)
  expect(shop.warnings.length).toBeGreaterThan(0)
})
