import { afterAll, beforeAll, expect, test } from 'bun:test'
import { minute } from '#shared/time'
import { type TestFavourite, testFavourite } from './testing'

let service: TestFavourite
beforeAll(async () => {
  service = await testFavourite()
})
afterAll(() => service.stop())

const drift = async () => {
  const [since, until] = [new Date(Date.now() - 15 * minute), new Date(Date.now() + minute)]
  const query = `since=${since.toISOString()}&until=${until.toISOString()}`
  return (await service.send('GET', `/internal/drift?${query}`, undefined, await service.asService('discovery'))).body
}
const none = { count: 0, examples: [] }

test('there is no drift after adding, watching, removing and erasing, even at once', async () => {
  const users = await Promise.all(Array.from({ length: 4 }, () => service.newUser()))
  const products = Array.from({ length: 4 }, () => service.newProduct())
  const steps = users.flatMap(user =>
    products.flatMap(product => [
      user.add(product),
      user.watch(product, { price_drop: true, back_in_stock: true }),
      user.send('DELETE', `/${product}`),
      user.watch(product, { back_in_stock: true }),
      user.send('POST', '/merge', { product_ids: products }),
    ]),
  )
  const answers = await Promise.all([...steps, service.handle(service.erasure(users[0]?.id ?? 0))])
  expect(answers.filter(answer => answer && answer.status >= 500)).toEqual([])
  expect(await drift()).toEqual({ watches: none, counts: none, stuck: none })
})

test('a watch without its favourite, one whose product is not followed, and a wrong count are found', async () => {
  const [one, two, product] = [await service.newUser(), await service.newUser(), service.newProduct()]
  for (const user of [one, two]) await user.watch(product, { price_drop: true })
  const { db } = service.sql
  await db.deleteFrom('favourites').where('user_id', '=', one.id).execute()
  const watches = await db.selectFrom('watches').select(['id', 'user_id']).where('product_id', '=', product).execute()
  const orphan = watches.find(({ user_id }) => user_id === one.id)
  expect(await drift()).toEqual({
    watches: { count: 1, examples: [`watch ${orphan?.id}`] },
    counts: { count: 1, examples: [`user ${one.id}`] },
    stuck: none,
  })
  await db.deleteFrom('watched_products').where('product_id', '=', product).execute()
  expect((await drift()).watches.count).toBe(2)
})

test('discovery may ask for the stock that is known of watched products, and nobody else may', async () => {
  const [user, product] = [await service.newUser(), service.newProduct({ levels: { 'W-1': { available: 4, version: 1 } } })]
  await user.watch(product, { back_in_stock: true })
  await service.handle(service.stock(product, 3))
  const ask = async (caller: 'discovery' | 'order') =>
    service.send('POST', '/internal/stock', { skus: ['W-1', 'W-2'] }, await service.asService(caller))
  expect((await ask('discovery')).body).toEqual({ stock: { 'W-1': 3 } })
  expect((await ask('order')).status).toBe(403)
})
