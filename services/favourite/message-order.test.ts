import { afterAll, beforeAll, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Message } from '#shared/event'
import { day } from '#shared/time'
import { type TestFavourite, testFavourite } from './testing'

let service: TestFavourite
beforeAll(async () => {
  service = await testFavourite({ batchSize: 2 })
})
afterAll(async () => {
  expect(service.warnings).toEqual([])
  await service.stop()
})

const untilDone = async () => {
  do await service.fanOuts.run()
  while ((await service.fanOuts.waiting()).count > 0)
}
const threeUsers = () => Promise.all([1, 2, 3].map(() => service.newUser()))

test('every event twice, in its order, tells each user each change once', async () => {
  const [users, product] = [await threeUsers(), service.newProduct({ price: 100 })]
  for (const user of users) await user.watch(product, { price_drop: true, back_in_stock: true })
  const messages = [
    service.change(product, { price: 90 }),
    service.stock(product, 0),
    service.change(product, { price: 95 }),
    service.stock(product, 3),
    service.change(product, { price: 80 }),
  ]
  for (const message of [...messages, ...messages]) {
    await service.handle(message, message)
    await untilDone()
  }
  const told = await service.told(product)
  for (const user of users)
    expect(told.filter(({ user_id }) => user_id === user.id).map(({ kind, from, to }) => [kind, from, to])).toEqual([
      ['price_drop', 100, 90],
      ['back_in_stock', 0, 3],
      ['price_drop', 90, 80],
    ])
})

/** Where fast-check puts each of some deliveries, and after which of them the watchers are told. */
const plan = (deliveries: number) =>
  fc.array(fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), tell: fc.boolean() }), {
    minLength: deliveries,
    maxLength: deliveries,
  })
const inOrderOf = (messages: readonly Message[], order: readonly { at: number; tell: boolean }[]) =>
  messages.map((message, n) => ({ message, ...(order[n] ?? { at: n, tell: true }) })).toSorted((a, b) => a.at - b.at)

const runs = { numRuns: 25, seed: 20_260_131 }

test('price events that come twice and in any order tell no price twice, and the lowest that is not out of date', async () => {
  const prices = [90, 120, 70, 85, 60]
  await fc.assert(
    fc.asyncProperty(plan(prices.length * 2), async order => {
      const [users, product] = [await threeUsers(), service.newProduct({ price: 100 })]
      for (const user of users) await user.watch(product, { price_drop: true })
      const messages = prices.map(price => service.change(product, { price }))
      for (const { message, tell } of inOrderOf([...messages, ...messages], order)) {
        await service.handle(message)
        if (tell) await untilDone()
      }
      await untilDone()
      const told = await service.told(product)
      for (const user of users) {
        const own = told.filter(({ user_id }) => user_id === user.id)
        const amounts = own.map(({ to }) => to)
        // Each is lower than the one before it, and starts from it: no change is told twice, and the last event is the lowest.
        expect(amounts).toEqual([...new Set(amounts)].toSorted((a, b) => b - a))
        expect(own.map(({ from }) => from)).toEqual([100, ...amounts.slice(0, -1)])
        expect(amounts.at(-1)).toBe(60)
      }
      const row = service.sql.db.selectFrom('watched_products').select(['version', 'price']).where('product_id', '=', product)
      expect(await row.executeTakeFirst()).toEqual({ version: 6, price: 6000 })
    }),
    runs,
  )
})

test('stock events that come twice and in any order tell of no return twice, and end with the same stock', async () => {
  await fc.assert(
    fc.asyncProperty(plan(12), async order => {
      const levels = { A: { available: 1, version: 1 }, B: { available: 0, version: 1 } }
      const [users, product] = [await threeUsers(), service.newProduct()]
      Object.assign(service.shop.catalog.get(product) ?? {}, {
        levels: Object.fromEntries(Object.entries(levels).map(([sku, level]) => [`${sku}-${product}`, level])),
      })
      for (const user of users) await user.watch(product, { back_in_stock: true })
      const [a, b] = [`A-${product}`, `B-${product}`]
      const messages = [
        ...[service.stock(product, 0, a), service.stock(product, 2, b), service.stock(product, 0, b)],
        ...[service.stock(product, 4, a), service.stock(product, 3, a), service.stock(product, 1, b)],
      ]
      for (const { message, tell } of inOrderOf([...messages, ...messages], order)) {
        await service.handle(message)
        if (tell) await untilDone()
      }
      await untilDone()
      // Within 24 hours each is told once at most, whichever return was seen; and all were told of the same.
      const told = await service.told(product)
      const first = told.filter(({ user_id }) => user_id === users[0]?.id)
      expect(first.length).toBeLessThanOrEqual(1)
      expect(told).toHaveLength(first.length * users.length)
      const stock = await service.sql.db.selectFrom('stock_levels').select(['sku', 'available']).where('product_id', '=', product).execute()
      expect(Object.fromEntries(stock.map(({ sku, available }) => [sku, available]))).toEqual({ [a]: 3, [b]: 1 })
    }),
    runs,
  )
})

test('a return to stock is told once, however often and late its events come', async () => {
  const [users, product] = [await threeUsers(), service.newProduct()]
  for (const user of users) await user.watch(product, { back_in_stock: true })
  const [out, back] = [service.stock(product, 0), service.stock(product, 3)]
  for (const message of [out, back, out, back]) await service.handle(message)
  await untilDone()
  service.clock.pass(2 * day)
  for (const message of [out, back, back, out, back]) await service.handle(message)
  await untilDone()
  expect((await service.told(product)).map(({ user_id }) => user_id)).toEqual(users.map(({ id }) => id))
})

test('a product that was gone and is sold again is watched as before, and that is told once, whichever word of it comes last', async () => {
  for (const late of [false, true]) {
    const [users, product] = [await threeUsers(), service.newProduct()]
    for (const user of users) await user.watch(product, { back_in_stock: true })
    const [gone, back] = [service.change(product, { status: 'archived' }), service.change(product, { status: 'active' })]
    await service.handle(gone)
    for (const message of late ? [back, gone, back] : [gone, back]) await service.handle(message)
    await untilDone()
    expect((await service.told(product)).map(({ kind, user_id }) => [kind, user_id])).toEqual(users.map(({ id }) => ['back_in_stock', id]))
    for (const user of users) expect((await user.watch(product, { price_drop: true })).status).toBe(200)
  }
})

test('an erasure among the events, wherever it comes, leaves nothing of the user', async () => {
  await fc.assert(
    fc.asyncProperty(plan(6), async order => {
      const [users, product] = [await threeUsers(), service.newProduct()]
      for (const user of users) await user.watch(product, { price_drop: true })
      const [erased, ...others] = users.map(({ id }) => id)
      const erasure = service.erasure(erased ?? 0)
      const changes = [service.change(product, { price: 90 }), service.change(product, { price: 80 })]
      for (const { message, tell } of inOrderOf([erasure, ...changes, erasure, ...changes], order)) {
        await service.handle(message)
        if (tell) await untilDone()
      }
      await untilDone()
      const left = await service.sql.db
        .selectFrom('watches')
        .select('user_id')
        .where('product_id', '=', product)
        .orderBy('user_id')
        .execute()
      expect(left.map(({ user_id }) => user_id)).toEqual(others)
    }),
    runs,
  )
})
