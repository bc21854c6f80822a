import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { defaultGrams, type ShippingRate, shippingPrice, totalGrams } from './domain-quotes'
import { laptop, mug, street, type TestShipping, testShipping } from './testing'

const rate: ShippingRate = { option: 'standard', price: 500, included_grams: 5000, per_kg: 100, free_over: 5000, days_min: 3, days_max: 7 }

describe('a price', () => {
  test('covers the included weight; each started kilogram above it is charged', () => {
    expect([0, 5000, 5001, 6000, 6001].map(grams => shippingPrice(rate, grams, 0))).toEqual([500, 500, 600, 600, 700])
  })
  test('is zero from the `free_over` subtotal on', () => {
    expect([4999, 5000].map(subtotal => shippingPrice(rate, 9000, subtotal))).toEqual([900, 0])
    expect(shippingPrice({ ...rate, free_over: null }, 0, 10 ** 12)).toBe(500)
  })
  test('never falls when the weight rises', () => {
    const grams = fc.nat(1_000_000)
    fc.assert(fc.property(grams, grams, (a, b) => shippingPrice(rate, Math.min(a, b), 0) <= shippingPrice(rate, Math.max(a, b), 0)))
  })
  test('uses the default weight for a SKU without one', () => {
    const known = new Map([['A', 20]])
    expect(totalGrams([{ sku: 'A', quantity: 3 }, { sku: 'B', quantity: 2 }, { quantity: 1 }], known)).toBe(60 + 3 * defaultGrams)
  })
})

let shop: TestShipping
beforeAll(async () => {
  shop = await testShipping()
})
afterAll(() => shop.drop())

const items = [{ product_id: laptop, sku: 'LT-001', quantity: 2 }]
const quote = async (body: object, by = shop.call) => {
  const { status, body: answer } = await by('POST', '/api/shipping/quotes', { body: { address: street, items, ...body } })
  return { status, code: answer.code, prices: Object.fromEntries((answer.options ?? []).map(one => [one.option, one.price])) }
}
const at = (country: string) => ({ line1: '1 Way', city: 'Town', country })

describe('POST /quotes', () => {
  test('lists the options with price and days; at a free-text address standard is free from 50.00', async () => {
    const { body } = await shop.call('POST', '/api/shipping/quotes', { body: { address: street, items, subtotal: 50, currency: 'USD' } })
    expect(body.options).toEqual([
      { option: 'standard', price: 0, currency: 'USD', days_min: 3, days_max: 7, free_over: 50 },
      { option: 'express', price: 15, currency: 'USD', days_min: 1, days_max: 2, free_over: null },
      { option: 'pickup', price: 0, currency: 'USD', days_min: 1, days_max: 2, free_over: null },
    ])
    expect((await quote({ subtotal: 49.99 })).prices.standard).toBe(5)
    expect((await quote({})).prices.standard).toBe(5)
  })
  test('counts what the catalog asks for the items unless the subtotal is given', async () => {
    const mugs = { id: mug, price: 9, currency: 'USD', status: 'active', variants: [{ sku: 'MUG-RED', price: 12.5, stock: 3 }] } as const
    shop.order.sold.set(laptop, { ...mugs, id: laptop, price: 15.01, variants: [] })
    shop.order.sold.set(mug, { ...mugs, variants: [...mugs.variants] })
    const ask = async (body: object) => (await shop.call('POST', '/api/shipping/quotes', { body: { address: street, ...body } })).body
    const two = { items: [{ product_id: laptop, quantity: 2 }] }
    const four = { items: [...two.items, { product_id: mug, sku: 'MUG-RED', quantity: 1 }, { product_id: mug, quantity: 1 }] }
    shop.order.asked.length = 0
    expect(await ask(two)).toMatchObject({ subtotal: 30.02, options: [{ option: 'standard', price: 5 }, {}, {}] })
    expect(await ask(four)).toMatchObject({ subtotal: 51.52, options: [{ option: 'standard', price: 0 }, { price: 15 }, {}] })
    expect(shop.order.asked).toEqual(['product', 'product'])
    expect(await ask({ ...four, subtotal: 49.99 })).toMatchObject({ subtotal: 49.99, options: [{ price: 5 }, {}, {}] })
    // In another currency there is no sum; without one it is that of the items.
    expect(await ask({ ...four, currency: 'EUR' })).toMatchObject({ subtotal: null, options: [{ currency: 'EUR' }, {}, {}] })
    shop.order.sold.set(laptop, { ...mugs, id: laptop, price: 9000, currency: 'JPY', variants: [] })
    expect(await ask(two)).toMatchObject({ subtotal: 18_000, options: [{ currency: 'JPY', price: 0 }, {}, {}] })
    expect(await ask(four)).toMatchObject({ subtotal: null, options: [{ currency: 'JPY', price: 750 }, {}, {}] })
    shop.order.sold.set(laptop, { ...mugs, id: laptop, price: 9000, status: 'archived', variants: [] })
    expect(await ask(two)).toMatchObject({ subtotal: 0, options: [{ price: 5 }, {}, {}] })
    const many = Array.from({ length: 200 }, (_, at) => ({ product_id: at.toString(16).padStart(24, '0'), quantity: 1 }))
    expect(await ask({ items: [...many.slice(1), { product_id: mug, quantity: 6 }] })).toMatchObject({ subtotal: 54 })
  })
  test('is made while the catalog does not answer, without a subtotal; order and cart, who know it, never ask for it', async () => {
    shop.order.sold.set(laptop, { id: laptop, price: 1500, currency: 'USD', status: 'active', variants: [] })
    const body = { address: street, items, currency: 'USD' }
    shop.order.asked.length = 0
    const inside = await shop.call('POST', '/internal/quotes', { body, headers: await shop.asService('cart') })
    expect(inside.body).toMatchObject({ subtotal: null, options: [{ price: 5 }, {}, {}] })
    expect(shop.order.asked).toEqual([])
    expect((await quote({})).prices.standard).toBe(0)
    shop.order.down.add('product')
    expect((await shop.call('POST', '/api/shipping/quotes', { body })).body).toEqual(inside.body)
    shop.order.down.delete('product')
    shop.order.sold.clear()
  })
  test('gives order and cart the public answer on the internal route, and no other service', async () => {
    const body = { address: street, items, subtotal: 3000, currency: 'USD' }
    const inside = (caller: 'order' | 'cart' | 'payment') =>
      shop.asService(caller).then(headers => shop.call('POST', '/internal/quotes', { body, headers }))
    const [order, cart, payment] = [await inside('order'), await inside('cart'), await inside('payment')]
    expect(order.body).toEqual((await shop.call('POST', '/api/shipping/quotes', { body })).body)
    expect(cart.body).toEqual(order.body)
    expect(payment.status).toBe(403)
  })
  test('uses the zone of the country, or the default zone for a country without one', async () => {
    expect((await quote({ address: at('DE') })).prices).toEqual({ standard: 10, express: 30, pickup: 0 })
    expect((await quote({ address: at(' de ') })).prices.standard).toBe(10)
    expect((await quote({ address: at('Germany') })).prices.standard).toBe(10)
    expect((await quote({ address: { ...at('US'), region: 'Massachusetts' } })).prices.standard).toBe(5)
    expect((await quote({ address: at('BR') })).prices.standard).toBe(5)
    expect((await quote({ address: at('Nowhere') })).code).toBe('unknown_country')
    expect((await quote({ address: at('US') })).code).toBe('region_required')
  })
  test('is the same for every spelling of one place, and refuses a place that does not exist', async () => {
    const pricesAt = async (place: object) => (await quote({ address: { ...at('DE'), ...place } })).prices
    const places = [
      [{ country: 'DE' }, { country: 'deu' }, { country: ' germany ' }],
      [
        { country: 'US', region: 'MA' },
        { country: 'USA', region: 'us-ma' },
        { country: 'The United States', region: 'Massachusetts' },
      ],
    ]
    for (const [normal = {}, ...others] of places)
      for (const place of others) expect({ place, prices: await pricesAt(place) }).toEqual({ place, prices: await pricesAt(normal) })
    for (const [place, code] of [
      [{ country: 'Atlantis' }, 'unknown_country'],
      [{ country: 'Canada' }, 'region_required'],
      [{ country: 'usa', region: 'Bavaria' }, 'unknown_region'],
    ] as const)
      expect(await quote({ address: { ...at('DE'), ...place } })).toEqual({ status: 400, code, prices: {} })
  })
  test('has the prices of the default zone for an address that another service stored in an older form', async () => {
    const body = { address: at('Nowhere'), items, currency: 'USD' }
    const answer = await shop.call('POST', '/internal/quotes', { body, headers: await shop.asService('order') })
    expect(answer.body.options.find(({ option }) => option === 'standard')?.price).toBe(5)
  })
  test('has prices of its own for each currency, and converts none', async () => {
    expect((await quote({ currency: 'JPY', subtotal: 7499 })).prices.standard).toBe(750)
    expect((await quote({ currency: 'VND', subtotal: 1_250_000 })).prices.standard).toBe(0)
    expect(await quote({ currency: 'CHF' })).toEqual({ status: 409, code: 'no_rate_for_currency', prices: {} })
  })
  test('is the same when a newer release of the caller sends more, which a client may not', async () => {
    const address = at('DE')
    const body = { address, items, currency: 'USD' }
    const newer = { ...body, address: { ...address, floor: 3 }, items: items.map(item => ({ ...item, gift: true })), gift_wrap: true }
    const headers = await shop.asService('order')
    const known = await shop.call('POST', '/internal/quotes', { body, headers })
    const more = await shop.call('POST', '/internal/quotes', { body: newer, headers })
    expect([more.status, more.body]).toEqual([200, known.body])
    expect((await shop.call('POST', '/api/shipping/quotes', { body: newer })).status).toBe(400)
  })
  test('depends on the weight of the items', async () => {
    const heavy = [{ product_id: laptop, sku: 'ANVIL', quantity: 2 }]
    expect((await quote({ items: heavy })).prices.standard).toBe(5)
    const { status } = await shop.call('PUT', '/api/shipping/weights/ANVIL', { body: { grams: 30_000 }, headers: shop.admin })
    expect(status).toBe(200)
    expect((await quote({ items: heavy })).prices.standard).toBe(60)
    expect((await quote({ items: [{ product_id: laptop, sku: 'ANVIL', quantity: 2 ** 31 - 1 }] })).status).toBe(200)
  })
  test('refuses invalid bodies', async () => {
    const wrong = [
      { items: [] },
      { items: [{ product_id: laptop, quantity: 0 }] },
      { items: [{ product_id: laptop, quantity: -1 }] },
      { items: [{ product_id: laptop, quantity: 1.5 }] },
      { items: [{ product_id: laptop, quantity: 2 ** 31 }] },
      { items: [{ product_id: 'x', quantity: 1 }] },
      { address: '  ' },
      { address: { line1: '1 Way', city: 'Town' } },
      { subtotal: -1 },
      { subtotal: 1.001 },
      { currency: 'XXX' },
      { colour: 'red' },
    ]
    for (const body of wrong) expect({ body, status: (await quote(body)).status }).toEqual({ body, status: 400 })
    expect(shop.failures).toEqual([])
  })
})
