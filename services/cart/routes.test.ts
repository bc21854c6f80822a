import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { type TestCart, testCart } from './testing'

let shop: TestCart
beforeAll(async () => {
  shop = await testCart()
})
afterEach(() => shop.down.clear())
afterAll(async () => {
  expect(shop.failures).toEqual([])
  await shop.drop()
})

describe('a guest', () => {
  test('gets a cart id that nobody can guess, in header and body, and finds the cart with it', async () => {
    const first = await shop.send('GET', '/')
    const id = first.headers.get('x-cart-id') ?? ''
    expect(Buffer.from(id, 'base64url').length).toBeGreaterThanOrEqual(16)
    const quote = { subtotal: 0, discount: 0, tax: 0, shipping: 0, total: 0, currency: 'USD', shipping_options: [] }
    expect(first.body).toEqual({ cart_id: id, version: 0, items: [], item_count: 0, coupon: null, quote })
    const product = shop.add()
    await shop.send('POST', '/items', { product_id: product.id, quantity: 2 }, { 'x-cart-id': id })
    expect((await shop.send('GET', '/', undefined, { 'x-cart-id': id })).body.items).toMatchObject([
      { product_id: product.id, quantity: 2 },
    ])
    expect((await shop.send('GET', '/')).headers.get('x-cart-id')).not.toBe(id)
  })
  test.each(['1', 'short', 'a'.repeat(22), 'a'.repeat(40), 'x'.repeat(65), '../../user:1', 'cart*id*with*stars*in*it'])(
    'may not use the id %p, which the cart did not give',
    async id => {
      const product_id = shop.add().id
      for (const [method, path, body] of [
        ['GET', '/', undefined],
        ['POST', '/items', { product_id, quantity: 1 }],
        ['DELETE', '/', undefined],
      ] as const)
        expect(await shop.send(method, path, body, { 'x-cart-id': id })).toMatchObject({ status: 400, body: { code: 'invalid_cart_id' } })
      const me = await (await shop.shopper(1)).ask('POST', '/merge', undefined, { 'x-cart-id': id })
      expect(me).toMatchObject({ status: 400, body: { code: 'invalid_cart_id' } })
    },
  )
  test('may use an id that an earlier release gave while its cart lasts', async () => {
    const id = 'k3Jd8sQw1ZxYb6Tt0uVnRm2PfLh7AaGe'
    const product = shop.add()
    await shop.redis.client.hset(shop.redis.key('guest', id), { v: 1, [product.id]: `2 1 2000 USD ${product.sku}` })
    expect((await shop.send('GET', '/', undefined, { 'x-cart-id': id })).body.items).toMatchObject([{ quantity: 2 }])
    await shop.redis.client.del(shop.redis.key('guest', id))
    expect((await shop.send('GET', '/', undefined, { 'x-cart-id': id })).status).toBe(400)
  })
  test('with an invalid token is refused, and not taken for a guest', async () => {
    expect((await shop.send('GET', '/', undefined, { authorization: 'Bearer nonsense' })).status).toBe(401)
  })
  test('can neither merge nor share', async () => {
    for (const path of ['/merge', '/share']) expect((await shop.send('POST', path)).status).toBe(401)
  })
})

describe('lines', () => {
  test('show the current name, price and stock, and whether the price has changed', async () => {
    const product = shop.add({ price: 19.99, stock: 3 })
    const me = await shop.shopper()
    expect((await me.put(product, 2)).status).toBe(201)
    const line = { product_id: product.id, sku: product.sku, quantity: 2, currency: 'USD', added_price: 19.99 }
    expect((await me.cart()).items).toEqual([
      { ...line, name: product.name, price: 19.99, price_changed: false, stock: 3, available: true, availability: 'in_stock' },
    ])
    shop.products.set(product.id, { ...product, name: 'New name', price: 25, stock: 1 })
    expect((await me.cart()).items).toEqual([
      { ...line, name: 'New name', price: 25, price_changed: true, stock: 1, available: false, availability: 'insufficient_stock' },
    ])
    shop.products.set(product.id, { ...product, stock: 0 })
    expect((await me.cart()).items).toMatchObject([{ availability: 'out_of_stock', price_changed: false }])
    shop.products.set(product.id, { ...product, status: 'archived' })
    expect((await me.cart()).items).toMatchObject([{ availability: 'unavailable', price: null, stock: null }])
    shop.products.delete(product.id)
    expect(await me.cart()).toMatchObject({ items: [{ availability: 'unavailable', name: null }], quote: null })
  })
  test('are added up by POST, set by PUT, and removed by 0 or DELETE', async () => {
    const [a, b, c] = [shop.add(), shop.add(), shop.add()]
    const me = await shop.shopper()
    expect([(await me.put(a, 2)).status, (await me.put(a, 3)).status]).toEqual([201, 200])
    await me.put(b)
    expect((await me.ask('PUT', `/items/${a.id}`, { quantity: 4 })).body.items).toMatchObject([{ quantity: 4 }, { quantity: 1 }])
    expect((await me.ask('PUT', `/items/${c.id}`, { quantity: 7 })).status).toBe(200)
    expect(await me.pieces()).toEqual({ [a.sku]: 4, [b.sku]: 1, [c.sku]: 7 })
    expect((await me.ask('PUT', `/items/${a.id}`, { quantity: 0 })).status).toBe(200)
    expect((await me.ask('DELETE', `/items/${b.id}`)).status).toBe(204)
    expect(await me.pieces()).toEqual({ [c.sku]: 7 })
    expect((await me.ask('DELETE', `/items/${b.id}`)).status).toBe(404)
    expect((await me.ask('DELETE', '/')).status).toBe(204)
    expect(await me.pieces()).toEqual({})
  })
  test('of a product with variants need a SKU', async () => {
    const variants = [
      { sku: 'RED', price: 30, stock: 1 },
      { sku: 'BLUE', price: 40, stock: 5 },
    ]
    const shirt = shop.add({ variants })
    const me = await shop.shopper()
    expect(await me.put(shirt)).toMatchObject({ status: 400, body: { code: 'sku_required' } })
    expect(await me.put(shirt, 1, { sku: 'GREEN' })).toMatchObject({ status: 400, body: { code: 'unknown_sku' } })
    await me.put(shirt, 1, { sku: 'RED' })
    await me.put(shirt, 2, { sku: 'BLUE' })
    expect((await me.cart()).items).toMatchObject([
      { sku: 'RED', price: 30, stock: 1 },
      { sku: 'BLUE', price: 40, stock: 5 },
    ])
    for (const [method, body] of [
      ['PUT', { quantity: 3 }],
      ['DELETE', undefined],
    ] as const)
      expect(await me.ask(method, `/items/${shirt.id}`, body)).toMatchObject({ status: 400, body: { code: 'sku_required' } })
    expect((await me.ask('PUT', `/items/${shirt.id}?sku=RED`, { quantity: 3 })).status).toBe(200)
    expect((await me.ask('DELETE', `/items/${shirt.id}?sku=BLUE`)).status).toBe(204)
    expect(await me.pieces()).toEqual({ RED: 3 })
  })
  test('of a product without variants are the same with or without its SKU', async () => {
    const product = shop.add()
    const me = await shop.shopper()
    await me.put(product)
    await me.put(product, 1, { sku: product.sku })
    expect(await me.pieces()).toEqual({ [product.sku]: 2 })
  })
  test.each([0, -1, 1.5, 10_001, 1e9, '2', null])('of %p pieces are refused', async quantity => {
    const product = shop.add()
    const me = await shop.shopper()
    expect((await me.ask('POST', '/items', { product_id: product.id, quantity })).status).toBe(400)
    if (quantity !== 0) expect((await me.ask('PUT', `/items/${product.id}`, { quantity })).status).toBe(400)
    expect(await me.pieces()).toEqual({})
  })
  test('must be sold, in one currency, and within bounds', async () => {
    const me = await shop.shopper()
    const product = shop.add()
    expect(await me.ask('POST', '/items', { product_id: 'f'.repeat(24), quantity: 1 })).toMatchObject({
      status: 404,
      body: { code: 'product_not_found' },
    })
    expect(await me.put(shop.add({ status: 'archived' }))).toMatchObject({ status: 409, body: { code: 'product_unavailable' } })
    await me.put(product, 10_000)
    expect(await me.put(product)).toMatchObject({ status: 409, body: { code: 'too_many_pieces' } })
    expect(await me.put(shop.add({ currency: 'EUR' }))).toMatchObject({ status: 409, body: { code: 'currency_mismatch' } })
    await Promise.all(Array.from({ length: 120 }, () => me.put(shop.add())))
    expect((await me.cart()).items).toHaveLength(100)
    expect(await me.put(shop.add())).toMatchObject({ status: 409, body: { code: 'cart_full' } })
    expect((await me.ask('POST', '/items', { product_id: product.id, quantity: 1, price: 3 })).status).toBe(400)
  })
})

describe('while product is down', () => {
  test('a line can be changed, but a new one is refused, and so is showing the cart', async () => {
    const product = shop.add()
    const me = await shop.shopper()
    await me.put(product)
    shop.down.add('product')
    const { status, body } = await me.put(product)
    expect(status).toBe(200)
    expect(body.items).toMatchObject([{ quantity: 2, added_price: 20, price: null, name: null, availability: 'unknown' }])
    expect(await me.ask('GET', '/')).toMatchObject({ status: 503, body: { code: 'product_unavailable' } })
    expect((await me.put(shop.add())).status).toBe(503)
    shop.down.clear()
    expect(await me.pieces()).toEqual({ [product.sku]: 2 })
  })
})

describe('coupons', () => {
  test('are kept when they are valid, shown in the quote, and removed', async () => {
    shop.coupons.set('TEN', { percent: 10 })
    const me = await shop.shopper()
    await me.put(shop.add({ price: 100 }))
    const used = await me.ask('POST', '/coupon', { code: 'ten' })
    expect(used).toMatchObject({
      status: 200,
      body: { coupon: { code: 'TEN', valid: true }, quote: { subtotal: 100, discount: 10, tax: 9.5, shipping: 5, total: 104.5 } },
    })
    shop.coupons.set('TEN', { percent: 10, reason: 'expired' })
    expect(await me.cart()).toMatchObject({ coupon: { code: 'TEN', valid: false, reason: 'expired' }, quote: { discount: 0 } })
    expect((await me.ask('DELETE', '/coupon')).status).toBe(204)
    expect((await me.cart()).coupon).toBeNull()
  })
  test('that are refused say why, and change nothing', async () => {
    shop.coupons.set('OLD', { percent: 10, reason: 'expired' })
    const me = await shop.shopper()
    expect(await me.ask('POST', '/coupon', { code: 'OLD' })).toMatchObject({ status: 409, body: { code: 'cart_empty' } })
    await me.put(shop.add())
    const refused = await me.ask('POST', '/coupon', { code: 'OLD' })
    expect(refused).toMatchObject({ status: 409, body: { code: 'coupon_rejected', errors: [{ path: '/code', code: 'expired' }] } })
    expect((await me.cart()).coupon).toBeNull()
    shop.down.add('promotion')
    expect((await me.ask('POST', '/coupon', { code: 'OLD' })).status).toBe(503)
  })
  test('count for whoever enters one: the user, or else the address that the gateway adds', async () => {
    shop.guessers.length = 0
    const [me, guest] = [await shop.shopper(31), await shop.shopper()]
    for (const one of [me, guest]) {
      await one.put(shop.add())
      await one.ask('POST', '/coupon', { code: 'GUESS' }, { 'x-forwarded-for': '1.1.1.1, 203.0.113.7' })
      await one.cart()
    }
    expect(shop.guessers).toEqual(['user:31', 'address:203.0.113.7'])
  })
  test('can make shipping free', async () => {
    shop.coupons.set('FREE', { percent: 1, freeShipping: true })
    const me = await shop.shopper()
    await me.put(shop.add({ price: 100 }))
    expect((await me.ask('POST', '/coupon', { code: 'FREE' })).body.quote).toMatchObject({ shipping: 0, total: 108.9 })
  })
})
