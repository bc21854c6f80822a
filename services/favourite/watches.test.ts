import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Message } from '#shared/event'
import { hour } from '#shared/time'
import { productId, type TestFavourite, testFavourite } from './testing'

let service: TestFavourite
beforeAll(async () => {
  service = await testFavourite()
})
afterAll(async () => {
  expect([service.failures, service.warnings]).toEqual([[], []])
  await service.stop()
})

/** Delivers events, and tells the watchers. */
const happen = async (...messages: Message[]) => {
  for (const message of messages) {
    await service.handle(message)
    await service.fanOuts.run()
  }
}
const amounts = async (product: string) => (await service.told(product)).map(({ kind, from, to }) => [kind, from, to])

describe('setting a watch', () => {
  test('makes a favourite, and the list shows it', async () => {
    const [user, product] = [await service.newUser(), service.newProduct({ price: 19.99 })]
    const answer = await user.watch(product, { price_drop: true })
    const watch = { price_drop: true, back_in_stock: false, known_price: 19.99, known_currency: 'USD' }
    expect(answer).toMatchObject({ status: 200, body: { product_id: product, price: 19.99, watch } })
    expect(await user.list()).toEqual([answer.body])
  })

  test('again changes nothing, even if the price has changed since', async () => {
    const [user, product] = [await service.newUser(), service.newProduct()]
    await user.watch(product, { price_drop: true })
    service.change(product, { price: 200 })
    expect((await user.watch(product, { price_drop: true })).body.watch.known_price).toBe(100)
  })

  test('with both false ends it, and the favourite stays', async () => {
    const [user, product] = [await service.newUser(), service.newProduct()]
    await user.watch(product, { price_drop: true, back_in_stock: true })
    expect((await user.watch(product, { back_in_stock: true })).body.watch).toEqual({ price_drop: false, back_in_stock: true })
    expect((await user.watch(product, {})).body.watch).toEqual({ price_drop: false, back_in_stock: false })
    expect(await user.list()).toHaveLength(1)
    expect(await user.watch(service.newProduct(), {})).toMatchObject({ status: 404, body: { code: 'favourite_not_found' } })
  })

  test('ten times at once sets one watch of each kind', async () => {
    const [user, product] = [await service.newUser(), service.newProduct()]
    const answers = await Promise.all(Array.from({ length: 10 }, () => user.watch(product, { price_drop: true, back_in_stock: true })))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    await happen(service.change(product, { price: 50 }))
    expect(await amounts(product)).toEqual([['price_drop', 100, 50]])
  })

  test('is refused for what is unknown or gone, and leaves nothing', async () => {
    const user = await service.newUser()
    expect(await user.watch(productId(0xffff), { price_drop: true })).toMatchObject({ status: 404, body: { code: 'product_not_found' } })
    const gone = service.newProduct({ status: 'archived' })
    expect(await user.watch(gone, { price_drop: true })).toMatchObject({ status: 409, body: { code: 'product_archived' } })
    const followed = await service.sql.db.selectFrom('watched_products').select('id').where('product_id', '=', gone).execute()
    expect([await user.list(), followed]).toEqual([[], []])
  })

  test('needs inventory for stock, and only for stock', async () => {
    const [user, product] = [await service.newUser(), service.newProduct()]
    service.shop.down.add('inventory')
    expect(await user.watch(product, { back_in_stock: true })).toMatchObject({ status: 503, body: { code: 'inventory_unavailable' } })
    expect((await user.watch(product, { price_drop: true })).status).toBe(200)
    service.shop.down.delete('inventory')
  })

  test.each([
    ['a word', { price_drop: 'yes', back_in_stock: true }],
    ['half of it', { price_drop: true }],
    ['more than it', { price_drop: true, back_in_stock: true, email: 'x' }],
  ])('is refused with %s', async (_, body) => {
    const user = await service.newUser()
    expect(await user.send('PUT', `/${service.newProduct()}/watch`, body)).toMatchObject({ status: 400, body: { code: 'invalid_input' } })
  })
})

describe('a price', () => {
  test('is told when it falls, to each who watches it, with the amounts in major units', async () => {
    const [one, two, silent] = [await service.newUser(), await service.newUser(), await service.newUser()]
    const product = service.newProduct({ price: 19.99 })
    for (const user of [one, two]) await user.watch(product, { price_drop: true })
    await silent.watch(product, { back_in_stock: true })
    await happen(service.change(product, { price: 15.5 }))
    const drop = { product_id: product, kind: 'price_drop', from: 19.99, to: 15.5, currency: 'USD' }
    expect(await service.told(product)).toEqual([
      { user_id: one.id, ...drop },
      { user_id: two.id, ...drop },
    ])
  })

  test('is told again only when it falls below the lowest that was told', async () => {
    const [user, product] = [await service.newUser(), service.newProduct()]
    await user.watch(product, { price_drop: true })
    for (const price of [80, 120, 90, 80, 70, 70]) await happen(service.change(product, { price }))
    expect(await amounts(product)).toEqual([
      ['price_drop', 100, 80],
      ['price_drop', 80, 70],
    ])
    expect((await user.list())[0].watch.known_price).toBe(70)
  })

  test('that fell before the watch was set is not told, though its event comes later', async () => {
    const [early, late, product] = [await service.newUser(), await service.newUser(), service.newProduct()]
    await early.watch(product, { price_drop: true })
    const message = service.change(product, { price: 60 })
    await late.watch(product, { price_drop: true })
    await happen(message)
    expect((await service.told(product)).map(({ user_id }) => user_id)).toEqual([early.id])
  })

  test('of an older event is not told', async () => {
    const [user, product] = [await service.newUser(), service.newProduct()]
    await user.watch(product, { price_drop: true })
    const [fell, rose] = [service.change(product, { price: 50 }), service.change(product, { price: 150 })]
    await happen(rose, fell)
    expect(await amounts(product)).toEqual([])
  })

  test('in another currency is no drop, and later prices are compared with it', async () => {
    const [user, product] = [await service.newUser(), service.newProduct()]
    await user.watch(product, { price_drop: true })
    await happen(service.change(product, { price: 50, currency: 'EUR' }))
    expect(await amounts(product)).toEqual([])
    await happen(service.change(product, { price: 40 }))
    expect(await service.told(product)).toMatchObject([{ from: 50, to: 40, currency: 'EUR' }])
  })

  test('of two drops that wait together is told twice, in their order', async () => {
    const [user, product] = [await service.newUser(), service.newProduct()]
    await user.watch(product, { price_drop: true })
    await service.handle(service.change(product, { price: 80 }), service.change(product, { price: 60 }))
    await service.fanOuts.run()
    expect(await amounts(product)).toEqual([
      ['price_drop', 100, 80],
      ['price_drop', 80, 60],
    ])
  })
})

describe('stock', () => {
  test('is told when the sum of all SKUs comes back from nothing', async () => {
    const levels = { R: { available: 1, version: 1 }, G: { available: 0, version: 1 } }
    const [user, product] = [await service.newUser(), service.newProduct({ levels })]
    await user.watch(product, { back_in_stock: true })
    await happen(service.stock(product, 4, 'G'), service.stock(product, 0, 'R'), service.stock(product, 0, 'G'))
    expect(await amounts(product)).toEqual([])
    await happen(service.stock(product, 3, 'G'), service.stock(product, 7, 'R'))
    expect(await service.told(product)).toEqual([{ user_id: user.id, product_id: product, kind: 'back_in_stock', from: 0, to: 3 }])
  })

  test('that comes and goes is told once in 24 hours', async () => {
    const [user, product] = [await service.newUser(), service.newProduct()]
    await user.watch(product, { back_in_stock: true })
    const flap = () => happen(service.stock(product, 0), service.stock(product, 1))
    for (let hours = 0; hours < 24; hours += 6) {
      await flap()
      service.clock.pass(6 * hour)
    }
    expect(await amounts(product)).toHaveLength(1)
    await flap()
    expect(await amounts(product)).toHaveLength(2)
  })

  test('of an older event changes nothing', async () => {
    const [user, product] = [await service.newUser(), service.newProduct()]
    await user.watch(product, { back_in_stock: true })
    const [out, more, still] = [service.stock(product, 0), service.stock(product, 5), service.stock(product, 4)]
    await happen(still, out, more)
    expect(await amounts(product)).toEqual([])
  })

  test('of a product that is gone is not told, nor its price', async () => {
    const [user, product] = [await service.newUser(), service.newProduct({ levels: { Z: { available: 0, version: 1 } } })]
    await user.watch(product, { price_drop: true, back_in_stock: true })
    await service.handle(service.change(product, { price: 50 }), service.change(product, { status: 'archived' }))
    await happen(service.stock(product, 5))
    expect(await amounts(product)).toEqual([])
    expect(await user.list()).toMatchObject([{ product_id: product, availability: 'gone' }])
  })
})

test('nothing is kept of a product that nobody watches any more', async () => {
  const [one, two, product] = [await service.newUser(), await service.newUser(), service.newProduct()]
  for (const user of [one, two]) await user.watch(product, { price_drop: true, back_in_stock: true })
  const kept = async () => {
    const { db } = service.sql
    const facts = await db.selectFrom('watched_products').select('id').where('product_id', '=', product).execute()
    const levels = await db.selectFrom('stock_levels').select('sku').where('product_id', '=', product).execute()
    return [facts.length, levels.length]
  }
  await one.watch(product, {})
  expect(await kept()).toEqual([1, 1])
  await two.send('DELETE', `/${product}`)
  expect(await kept()).toEqual([0, 0])
  await happen(service.change(product, { price: 1 }))
  expect([await kept(), await amounts(product)]).toEqual([[0, 0], []])
})

test('a watch that is set again starts from the price of that moment', async () => {
  const [user, product] = [await service.newUser(), service.newProduct()]
  await user.watch(product, { price_drop: true })
  await service.handle(service.change(product, { price: 50 }))
  await user.watch(product, {})
  await user.watch(product, { price_drop: true })
  await service.fanOuts.run()
  expect(await amounts(product)).toEqual([])
  await happen(service.change(product, { price: 40 }))
  expect(await amounts(product)).toEqual([['price_drop', 50, 40]])
})

test('users who begin to watch while the price falls end with the lowest, which they saw or were told, step by step', async () => {
  for (let round = 0; round < 5; round++) {
    const product = service.newProduct({ price: 100 })
    const users = await Promise.all(Array.from({ length: 8 }, () => service.newUser()))
    const fall = async () => {
      for (const price of [90, 80, 70, 60]) await happen(service.change(product, { price }))
    }
    const [, ...answers] = await Promise.all([fall(), ...users.map(user => user.watch(product, { price_drop: true, back_in_stock: true }))])
    expect(answers.map(({ status }) => status)).toEqual(users.map(() => 200))
    const told = await service.told(product)
    for (const { id } of users) {
      const own = told.filter(({ user_id }) => user_id === id)
      expect(own.map(({ from }) => from).slice(1)).toEqual(own.map(({ to }) => to).slice(0, -1))
    }
    const lists = await Promise.all(users.map(user => user.list()))
    expect(lists.map(([favourite]) => favourite.watch.known_price)).toEqual(users.map(() => 60))
  }
})

test('users who begin to watch while stock comes back are told at most once, and see it in stock', async () => {
  for (let round = 0; round < 5; round++) {
    const product = service.newProduct()
    service.stock(product, 0)
    const users = await Promise.all(Array.from({ length: 8 }, () => service.newUser()))
    const comeBack = async () => happen(service.stock(product, 4), service.stock(product, 3))
    await Promise.all([comeBack(), ...users.map(user => user.watch(product, { back_in_stock: true }))])
    const told = (await service.told(product)).map(({ user_id }) => user_id)
    expect(new Set(told).size).toBe(told.length)
    // Nobody is told later of what was there already.
    await happen(service.stock(product, 2), service.stock(product, 9))
    expect(await service.told(product)).toHaveLength(told.length)
  }
})
