import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import type { Fault } from '#shared/errors'
import type { ServiceName } from '#shared/platform'
import { laptop, phone, shirt, testOrders } from './testing'

const shop = await testOrders()
const { send, place, sample, known, down, asked } = shop
afterAll(() => shop.stop())
beforeEach(() => {
  shop.restock()
  Object.assign(known, {
    coupons: new Map(),
    automatic: undefined,
    freeShipping: false,
    cart: { version: 1, items: [], coupon_code: undefined, lease: undefined },
  })
  known.options.standard = 0
  down.clear()
})

const countOrders = async () => (await send('GET', '/api/orders?limit=1', { admin: true })).body.total
/** The refusal; nothing is stored. */
const refused = async (body: object, more: object = {}) => {
  const before = await countOrders()
  const answer = await send('POST', '/api/orders', { body: { ...sample, ...body }, ...more })
  expect(await countOrders()).toBe(before)
  const reasons = (answer.body.errors ?? []).flatMap(({ path, code }: Fault) => (code ? [path, code] : []))
  return [answer.status, answer.body.code, ...reasons].join(' ')
}
const german = { line1: 'Hauptstr. 1', city: 'Berlin', country: 'DE' }

describe('placing an order', () => {
  test('of 2 × 1500 to a free-text address costs exactly 3000', async () => {
    const answer = await send('POST', '/api/orders', { body: { ...sample, user_id: 42 } })
    expect(answer.status).toBe(201)
    expect(answer.headers.get('location')).toBe(`/api/orders/${answer.body.id}`)
    expect(answer.body).toMatchObject({
      user_id: 42,
      subtotal: 3000,
      discount: 0,
      tax: 0,
      shipping: 0,
      total_amount: 3000,
      currency: 'USD',
      status: 'pending',
      payment_status: 'unpaid',
      next_states: ['cancelled', 'awaiting_payment'],
      shipping_address: '123 Main St, City',
      shipping_option: 'standard',
      items: [{ id: 1, product_id: laptop, sku: 'LT-001', name: 'Laptop', quantity: 2, price: 1500, discount: 0, tax: 0 }],
    })
    const { payment_due_at, reservation_expires_at, created_at } = answer.body
    expect(Date.parse(payment_due_at) - Date.parse(created_at)).toBe(15 * 60_000)
    expect(Date.parse(reservation_expires_at) - Date.parse(payment_due_at)).toBe(10 * 60_000)
    expect(await shop.get(answer.body.id)).toEqual(answer.body)
  })

  test('publishes it with its prices, and sets the timer of its payment', async () => {
    known.automatic = { percent: 0, campaignId: 7 }
    const order = await place({ ...sample, shipping_address: german, currency: 'USD' })
    const [created, timer] = await shop.published(order.id)
    expect(created?.data).toMatchObject({
      order_id: order.id,
      items: [{ product_id: laptop, sku: 'LT-001', quantity: 2, price: 1500, category: 'Electronics' }],
      campaigns: [{ campaign_id: 7, amount: 0 }],
      tax: 600,
      total_amount: 3600,
      tax_lines: [{ category: 'Electronics', rate_ppm: 200_000, net: 3000, tax: 600, country: 'DE' }],
      destination: { country: 'DE' },
      payment_due_at: order.payment_due_at,
    })
    expect(JSON.stringify(created?.data)).not.toContain('Hauptstr')
    expect(timer).toMatchObject({ type: 'order.payment-timeout', due_at: new Date(order.payment_due_at) })
    const { body } = await send('GET', `/api/orders/${order.id}/timeline`)
    expect(body.items).toMatchObject([{ event_id: created!.id, type: 'order.created', service: 'order' }])
  })

  test('adds up to the cent: subtotal − discount + tax + shipping', async () => {
    known.coupons.set('TEN', { percent: 10 })
    const items = [
      { product_id: phone, quantity: 3 },
      { product_id: shirt, sku: 'SH-L', quantity: 1 },
    ]
    const order = await place({ items, shipping_address: german, shipping_option: 'express', coupon_code: 'TEN' })
    expect(order).toMatchObject({ subtotal: 71.97, discount: 7.19, shipping: 25, coupon_code: 'TEN' })
    const tax = order.items.reduce((sum, item) => sum + Math.round(item.tax * 100), 0) + 500
    expect(Math.round(order.tax * 100)).toBe(tax)
    expect(Math.round(order.total_amount * 100)).toBe(7197 - 719 + tax + 2500)
    expect(order.items.map(item => item.discount)).toEqual([5.99, 1.2])
  })

  test('adds up lines of one SKU, and tells variants apart', async () => {
    const items = [
      { product_id: shirt, sku: 'SH-M', quantity: 1 },
      { product_id: shirt, sku: 'SH-L', quantity: 1, price: 12 },
      { product_id: shirt, sku: 'SH-M', quantity: 2 },
    ]
    const order = await place({ ...sample, items })
    expect(order.items.map(({ sku, quantity, price }) => [sku, quantity, price])).toEqual([
      ['SH-M', 3, 10],
      ['SH-L', 1, 12],
    ])
  })

  test('with free shipping costs what its option is dearer than standard shipping, to any address', async () => {
    known.freeShipping = true
    known.options.standard = 10
    expect(await place()).toMatchObject({ shipping: 0, total_amount: 3000 })
    const express = await place({ ...sample, shipping_option: 'express' })
    expect(express).toMatchObject({ shipping: 15, total_amount: 3015 })
    known.options.standard = 5
    const moved = await send('PATCH', `/api/orders/${express.id}`, { body: { shipping_address: 'elsewhere' } })
    expect(moved.body).toMatchObject({ shipping: 20 })
    known.options.standard = 40
    expect(await place({ ...sample, shipping_option: 'express' })).toMatchObject({ shipping: 0 })
  })

  test('is discounted and taxed by the ids and the class of its products, and keeps the class for another address', async () => {
    Object.assign(known.products.get(laptop)!, { category_ids: ['a'.repeat(24), 'b'.repeat(24)], tax_class: 'books' })
    const order = await place({ ...sample, shipping_address: german })
    const [created] = await shop.published(order.id)
    const kind = { category_ids: ['a'.repeat(24), 'b'.repeat(24)], tax_class: 'books' }
    expect(created?.data).toMatchObject({ items: [kind], tax_lines: [{ tax_class: 'books' }] })
    await send('PATCH', `/api/orders/${order.id}`, { body: { shipping_address: { ...german, city: 'Hamburg' } } })
    expect((await shop.published(order.id, 'order.repriced'))[0]?.data).toMatchObject({ tax_lines: [{ tax_class: 'books' }] })
  })

  test('asks four services once each', async () => {
    asked.length = 0
    await place()
    expect(asked).toEqual(['product', 'promotion', 'shipping', 'tax'])
  })
})

describe('an order is refused', () => {
  const line = (more: object) => ({ items: [{ product_id: laptop, quantity: 1, ...more }] })

  test.each([
    [{ quantity: 0 }, '400 invalid_input'],
    [{ quantity: -1 }, '400 invalid_input'],
    [{ quantity: 1.5 }, '400 invalid_input'],
    [{ quantity: 2 ** 31 }, '400 invalid_input'],
    [{ quantity: 1_000_000_000 }, '409 out_of_stock'],
    [{ quantity: 11 }, '409 out_of_stock'],
    [{ price: 1499.99 }, '409 price_changed'],
    [{ price: 1500.001 }, '400 invalid_amount'],
    [{ sku: 'NOPE' }, '400 unknown_sku'],
    [{ product_id: shirt }, '400 sku_required'],
    [{ product_id: '507f1f77bcf86cd799439099' }, '409 product_unavailable'],
    [{ colour: 'red' }, '400 invalid_input'],
  ])('for a line with %j', async (more, answer) => {
    expect(await refused(line(more))).toStartWith(answer)
  })

  test('for an archived product', async () => {
    known.products.get(laptop)!.status = 'archived'
    expect(await refused({})).toBe('409 product_unavailable')
  })
  test('in two currencies, or in another than was asked for', async () => {
    expect(await refused({ currency: 'EUR' })).toBe('409 currency_mismatch')
    known.products.get(phone)!.currency = 'EUR'
    const items = [
      { product_id: laptop, quantity: 1 },
      { product_id: phone, quantity: 1 },
    ]
    expect(await refused({ items })).toBe('409 currency_mismatch')
  })
  test('with an expired coupon, an unknown shipping option, or a blank address', async () => {
    known.coupons.set('OLD', { percent: 10, reason: 'expired' })
    known.guessers.length = 0
    expect(await refused({ coupon_code: 'OLD' })).toBe('409 coupon_rejected /coupon_code expired')
    expect(known.guessers).toEqual(['user:42'])
    expect(await refused({ shipping_option: 'pigeon' })).toBe('400 unknown_shipping_option')
    expect(await refused({ shipping_address: ' ' })).toStartWith('400')
  })
  test('when its amount is too large to be exact', async () => {
    Object.assign(known.products.get(laptop)!, { price: 90_000_000_000_000, stock: 2 ** 31 - 1 })
    expect(await refused({ items: [{ product_id: laptop, quantity: 2_000_000 }] })).toBe('400 invalid_amount')
  })
  test('for another user, but not when an admin places it', async () => {
    expect(await refused({ user_id: 43 })).toBe('403 forbidden')
    expect(await place({ ...sample, user_id: 43 }, { user: 1, admin: true })).toMatchObject({ user_id: 43 })
  })
  test.each(['product', 'promotion', 'shipping', 'tax', 'cart'] as const)('with 503 while %s is down', async (name: ServiceName) => {
    down.add(name)
    const body = name === 'cart' ? { items: undefined, from_cart: true } : {}
    expect(await refused(body)).toBe(`503 ${name}_unavailable`)
  })
})

describe('with an Idempotency-Key', () => {
  test('an order is placed once, and its answer repeated', async () => {
    const first = await send('POST', '/api/orders', { body: sample, key: 'k1' })
    const again = await send('POST', '/api/orders', { body: sample, key: 'k1' })
    expect(again.status).toBe(201)
    expect(again.body).toEqual(first.body)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect(again.headers.get('location')).toBe(first.headers.get('location'))
    expect((await send('POST', '/api/orders', { body: { ...sample, shipping_option: 'express' }, key: 'k1' })).status).toBe(422)
    const another = await send('POST', '/api/orders', { body: sample, key: 'k1', user: 43 })
    expect(another.body.id).not.toBe(first.body.id)
  })
  test('ten requests at once place one order', async () => {
    const before = await countOrders()
    const answers = await Promise.all(Array.from({ length: 10 }, () => send('POST', '/api/orders', { body: sample, key: 'k2' })))
    expect(answers.every(({ status, body }) => status === 201 || body.code === 'request_in_progress')).toBe(true)
    expect(await countOrders()).toBe(before + 1)
  })
})

test('none of these requests failed by a fault of ours', () => {
  expect(shop.failures.filter(line => !line.includes('unavailable'))).toEqual([])
})
