import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { ordered, type TestCart, testCart } from './testing'

let shop: TestCart
beforeAll(async () => {
  shop = await testCart()
})
afterAll(async () => {
  expect(shop.failures).toEqual([])
  await shop.drop()
})
let users = 100
const times = <T>(count: number, make: () => T) => Array.from({ length: count }, make)

describe('an order from the cart', () => {
  test('removes what was ordered, once however often its event arrives; the rest stays', async () => {
    const user = ++users
    const [some, all, other] = [shop.add(), shop.add({ variants: [{ sku: 'V', price: 1, stock: 9 }] }), shop.add()]
    const me = await shop.shopper(user)
    await me.put(some, 5)
    await me.put(all, 2, { sku: 'V' })
    await me.put(other, 1)
    const lines = [
      { product_id: some.id, sku: some.sku, quantity: 3 },
      { product_id: all.id, sku: 'V', quantity: 2 },
    ]
    await shop.handleAtOnce(times(10, () => ordered(user, user, lines)))
    await shop.handle(ordered(user, user, lines))
    expect(await me.pieces()).toEqual({ [some.sku]: 2, [other.sku]: 1 })
    await shop.handle(ordered(user + 10_000, user, lines, { from_cart: false }))
    expect(await me.pieces()).toEqual({ [some.sku]: 2, [other.sku]: 1 })
  })
  test('removes the coupon that it used', async () => {
    shop.coupons.set('TEN', { percent: 10 })
    const user = ++users
    const product = shop.add()
    const me = await shop.shopper(user)
    await me.put(product, 2)
    await me.ask('POST', '/coupon', { code: 'TEN' })
    await shop.handle(ordered(user, user, [{ product_id: product.id, sku: product.sku, quantity: 1 }], { coupon_code: 'ten' }))
    expect(await me.cart()).toMatchObject({ coupon: null, items: [{ quantity: 1 }] })
  })
  test('reads what is in the cart and what it showed last, as no other service may', async () => {
    shop.coupons.set('TEN', { percent: 10 })
    const user = ++users
    const product = shop.add()
    const me = await shop.shopper(user)
    await me.put(product, 2)
    await me.ask('POST', '/coupon', { code: 'ten' })
    const read = async () => (await shop.internal('order', 'GET', `/${user}`)).body
    const line = { product_id: product.id, sku: product.sku, quantity: 2, currency: 'USD', added_price: 20 }
    expect<unknown>(await read()).toEqual({ version: 2, items: [{ ...line, shown_price: 20 }], coupon_code: 'TEN' })
    shop.products.set(product.id, { ...product, price: 21 })
    expect(await read()).toMatchObject({ items: [{ shown_price: 20 }] })
    await me.cart()
    expect(await read()).toMatchObject({ items: [{ added_price: 20, shown_price: 21 }] })
    shop.products.set(product.id, { ...product, price: 22 })
    expect((await me.ask('POST', '/coupon', { code: 'ten' })).body.quote).toMatchObject({ subtotal: 44 })
    expect(await read()).toMatchObject({ items: [{ added_price: 20, shown_price: 22 }] })
    shop.products.set(product.id, { ...product, status: 'archived' })
    await me.cart()
    expect(await read()).toMatchObject({ items: [{ shown_price: null }] })
    shop.products.set(product.id, product)
    await me.cart()
    expect(await read()).toMatchObject({ items: [{ shown_price: 20 }] })
    expect((await shop.internal('search', 'GET', `/${user}`)).status).toBe(403)
    expect((await shop.send('GET', `/internal/carts/${user}`, undefined, me.headers)).status).toBe(401)
  })
})

describe('a checkout', () => {
  const filled = async () => {
    const user = ++users
    const [product, other] = [shop.add(), shop.add()]
    const me = await shop.shopper(user)
    await me.put(product, 2)
    await me.put(other, 1)
    const post = (step: string, body: object) => shop.internal('order', 'POST', `/${user}/${step}`, body)
    return {
      me,
      other,
      put: () => me.put(other, 1),
      begin: async (version: number, token: string) => {
        const { status, body } = await post('checkout', { version, token })
        return status === 204 ? 'begun' : body.code
      },
      release: (token: string) => post('release', { token }),
      take: (order_id: number, token: string) =>
        post('take', { order_id, token, items: [{ product_id: product.id, sku: product.sku, quantity: 2 }] }),
      event: (order_id: number) => shop.handle(ordered(order_id, user, [{ product_id: product.id, sku: product.sku, quantity: 2 }])),
    }
  }
  test('is one order’s at a time, and the same order may begin it again', async () => {
    const { begin, release } = await filled()
    const begun = await Promise.all(times(10, () => begin(2, crypto.randomUUID())))
    expect(begun.filter(answer => answer === 'begun')).toHaveLength(1)
    const another = await filled()
    expect([await another.begin(2, 'a'), await another.begin(2, 'b'), await another.begin(2, 'a')]).toEqual([
      'begun',
      'cart_changed',
      'begun',
    ])
    await another.release('b')
    expect(await another.begin(2, 'b')).toBe('cart_changed')
    await another.release('a')
    expect(await another.begin(2, 'b')).toBe('begun')
    await release('nobody')
  })
  test('is refused for another version of the cart', async () => {
    const { begin, put } = await filled()
    await put()
    expect([await begin(2, 'a'), await begin(3, 'a')]).toEqual(['cart_changed', 'begun'])
  })
  test('ends by taking what was ordered, once, whether the order or its event comes first', async () => {
    for (const order of ['take first', 'event first']) {
      const { me, other, begin, take, event } = await filled()
      const id = ++users
      await begin(2, 'a')
      if (order === 'event first') await event(id)
      expect((await take(id, 'a')).status).toBe(204)
      await event(id)
      await take(id, 'a')
      expect(await me.pieces()).toEqual({ [other.sku]: 1 })
      expect([await begin(2, 'b'), await begin(3, 'b')]).toEqual(['cart_changed', 'begun'])
    }
  })
})
