import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { place as placeWith } from './place'
import { laptop, phone, testOrders } from './testing'

const shop = await testOrders()
const { send, place, sample, known, asked } = shop
afterAll(() => shop.stop())
beforeEach(() => {
  shop.restock()
  Object.assign(known, { coupons: new Map(), cart: { version: 1, items: [], coupon_code: undefined, lease: undefined } })
})

const countOrders = async () => (await send('GET', '/api/orders?limit=1', { admin: true })).body.total
describe('an order from the cart', () => {
  const fromCart = { from_cart: true, shipping_address: 'here' }
  const fill = (...items: typeof known.cart.items) => {
    known.cart.items = items
  }
  const oneLaptop = { product_id: laptop, sku: 'LT-001', quantity: 1 }
  const order = (more: { key?: string } = {}) => send('POST', '/api/orders', { body: fromCart, ...more })

  test('takes its lines and its coupon', async () => {
    known.coupons.set('TEN', { percent: 10 })
    fill(oneLaptop)
    known.cart.coupon_code = 'TEN'
    const placed = await place(fromCart)
    expect(placed).toMatchObject({ subtotal: 1500, discount: 150, total_amount: 1350 })
    expect((await shop.published(placed.id, 'order.created'))[0]?.data.from_cart).toBe(true)
    expect(known.cart.items).toEqual([])
    expect((await order()).body.code).toBe('cart_empty')
    expect((await send('POST', '/api/orders', { body: { shipping_address: 'here' } })).body.code).toBe('items_or_cart')
    expect((await send('POST', '/api/orders', { body: { ...sample, from_cart: true } })).body.code).toBe('items_or_cart')
  })

  test('is placed once for two requests at the same moment', async () => {
    fill(oneLaptop)
    const before = await countOrders()
    const codes = (await Promise.all([order(), order(), order({ key: 'two clicks' })])).map(
      ({ status, body }) => `${status} ${body.code ?? ''}`,
    )
    expect(codes.filter(code => code === '201 ')).toHaveLength(1)
    expect(codes.filter(code => code === '409 cart_changed' || code === '409 cart_empty')).toHaveLength(2)
    expect(await countOrders()).toBe(before + 1)
  })

  test('is refused while another order of it is being stored; a repeated request goes on with the cart that it reserved', async () => {
    fill(oneLaptop)
    known.cart.lease = '42 the key'
    expect(await order()).toMatchObject({ status: 409, body: { code: 'cart_changed' } })
    expect((await order({ key: 'the key' })).status).toBe(201)
    expect(known.cart.lease).toBeUndefined()
  })

  test('that cannot be stored gives the cart back', async () => {
    fill(oneLaptop)
    const failing: typeof shop.sql = { ...shop.sql, transaction: () => Promise.reject(new Error('a bug of ours')) }
    const placing = placeWith({ sql: failing, clients: shop.clients, terms: { paymentTimeoutMs: 1000 } })
    const body = { from_cart: true as const, shipping_address: 'here' }
    await expect(placing({ id: 42, role: 'customer' }, body, undefined)).rejects.toThrow('a bug of ours')
    expect(asked.slice(-2)).toEqual(['cart', 'cart'])
    expect(known.cart).toMatchObject({ lease: undefined, items: [oneLaptop] })
  })

  test('costs what the cart showed last, or is refused with the line whose price is another', async () => {
    fill({ product_id: phone, sku: 'PH-1', quantity: 1 }, { ...oneLaptop, shown_price: 1400 })
    const { status, body } = await order()
    expect([status, body.code]).toEqual([409, 'price_changed'])
    expect(body.errors).toEqual([{ path: '/items/1/price', message: 'the price of “Laptop” has changed' }])
    fill({ ...oneLaptop, currency: 'EUR' })
    expect((await order()).body.code).toBe('price_changed')
    fill({ ...oneLaptop, shown_price: 1500 })
    expect((await order()).body).toMatchObject({ total_amount: 1500 })
  })

  test('leaves out what the cart showed as no longer sold, and names what is no longer sold since', async () => {
    known.products.get(phone)!.status = 'archived'
    const gone = { product_id: phone, sku: 'PH-1', quantity: 1 }
    fill(gone, oneLaptop)
    const { status, body } = await order()
    expect([status, body.code]).toEqual([409, 'product_unavailable'])
    expect(body.errors).toEqual([{ path: '/items/0/product_id', message: '“Phone” is no longer sold' }])
    fill({ ...gone, shown_price: null }, oneLaptop)
    expect((await order()).body).toMatchObject({ items: [{ product_id: laptop }], total_amount: 1500 })
    fill({ ...gone, shown_price: null })
    expect((await order()).body.code).toBe('product_unavailable')
  })
})
