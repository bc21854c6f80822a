import { afterAll, beforeAll, expect, test } from 'bun:test'
import { productId, type TestFavourite, testFavourite } from './testing'

let service: TestFavourite
beforeAll(async () => {
  service = await testFavourite({ batchSize: 1 })
})
afterAll(async () => {
  expect(service.failures).toEqual([])
  await service.stop()
})

test('the export has everything of one person, for the user service only', async () => {
  const [user, other, product] = [await service.newUser(), await service.newUser(), service.newProduct()]
  await user.watch(product, { price_drop: true })
  await other.add(service.newProduct())
  await user.send('POST', '/share')
  const path = `/internal/users/${user.id}/export`
  const { body } = await service.send('GET', path, undefined, await service.asService('user'))
  expect(body.data).toMatchObject({
    favourites: [{ product_id: product }],
    watches: [{ product_id: product, kind: 'price_drop', known_price: 100, currency: 'USD', told_at: null }],
  })
  expect(body.data.shared_since).toBeString()
  expect((await service.send('GET', path, undefined, await service.asService('order'))).status).toBe(403)
})

test('the export is whole, however long the list is', async () => {
  const { id: user_id } = await service.newUser()
  const products = Array.from({ length: 10_001 }, (_, n) => ({ user_id, product_id: productId(1_000_000 + n) }))
  const { db } = service.sql
  for (let from = 0; from < products.length; from += 1000) {
    const some = products.slice(from, from + 1000)
    const watched = { kind: 'price_drop' as const, price: 100, currency: 'USD', from_change: 0, version: 0 }
    await db.insertInto('favourites').values(some).execute()
    await db
      .insertInto('watches')
      .values(some.map(one => ({ ...one, ...watched })))
      .execute()
  }
  const { favourites, watches } = await service.personalData.exportOf(user_id)
  expect([favourites.length, watches.length]).toEqual([10_001, 10_001])
})

test('a deleted user leaves nothing behind, others keep what is theirs, and nothing comes later', async () => {
  const [user, other, product] = [await service.newUser(), await service.newUser(), service.newProduct()]
  const alone = service.newProduct()
  for (const one of [user, other]) await one.watch(product, { price_drop: true, back_in_stock: true })
  await user.watch(alone, { price_drop: true })
  const { token } = (await user.send('POST', '/share')).body
  // A change that is being told, and has reached nobody yet.
  await service.handle(service.change(product, { price: 50 }))
  const message = service.erasure(user.id)
  await service.handle(message, message)
  while ((await service.fanOuts.waiting()).count > 0) await service.fanOuts.run()
  await service.handle(service.change(product, { price: 40 }))
  await service.fanOuts.run()
  await service.fanOuts.run()

  expect(new Set((await service.told()).map(({ user_id }) => user_id))).toEqual(new Set([other.id]))
  expect((await service.send('GET', `/shared/${token}`)).status).toBe(404)
  expect(await other.list()).toHaveLength(1)
  const { db } = service.sql
  const left = await Promise.all([
    db.selectFrom('favourites').select('id').where('user_id', '=', user.id).execute(),
    db.selectFrom('watches').select('id').where('user_id', '=', user.id).execute(),
    db.selectFrom('shares').select('nonce').where('user_id', '=', user.id).execute(),
    db.selectFrom('watched_products').select('id').where('product_id', '=', alone).execute(),
  ])
  expect(left).toEqual([[], [], [], []])
})

test('a request that comes after the erasure writes nothing', async () => {
  const [user, product] = [await service.newUser(), service.newProduct()]
  await service.handle(service.erasure(user.id))
  const late = [
    await user.add(product),
    await user.watch(product, { price_drop: true }),
    await user.send('POST', '/share'),
    await user.send('POST', '/merge', { product_ids: [product] }),
  ]
  expect(late.map(({ status, body }) => [status, body.code])).toEqual(late.map(() => [404, 'user_not_found']))
  expect(await user.list()).toEqual([])
  const followed = service.sql.db.selectFrom('watched_products').select('id').where('product_id', '=', product)
  expect(await followed.execute()).toEqual([])
})
