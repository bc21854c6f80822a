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

describe('the quote', () => {
  test('is exactly subtotal − discount + tax + shipping', async () => {
    const me = await shop.shopper()
    await me.put(shop.add({ price: 19.99 }), 3)
    await me.put(shop.add({ price: 0.1 }), 2)
    const amounts = { subtotal: 60.17, discount: 0, tax: 6.52, shipping: 5, total: 71.69, currency: 'USD' }
    expect((await me.cart()).quote).toMatchObject(amounts)
  })
  test('is for the country and region that are asked for, which must be known', async () => {
    const me = await shop.shopper()
    await me.put(shop.add({ price: 100 }))
    const quoteFor = async (query: string) => (await me.ask('GET', `/${query}`)).body
    expect((await quoteFor('?country=Germany')).quote).toMatchObject({ tax: 21, total: 126 })
    expect((await quoteFor('?country=us&region=Massachusetts')).quote).toMatchObject({ tax: 21 })
    expect((await quoteFor('')).quote).toMatchObject({ tax: 10.5, total: 115.5 })
    expect(await quoteFor('?country=US')).toMatchObject({ status: 400, code: 'region_required' })
    expect(await quoteFor('?country=US&region=Bavaria')).toMatchObject({ status: 400, code: 'unknown_region' })
    expect(await quoteFor('?country=Atlantis')).toMatchObject({ status: 400, code: 'unknown_country' })
    shop.coupons.set('TEN', { percent: 10 })
    expect((await me.ask('POST', '/coupon?country=DE', { code: 'TEN' })).body.quote).toMatchObject({ tax: 19 })
  })
  test('is for the default address of the user unless another place is asked for', async () => {
    const me = await shop.shopper(4711)
    await me.put(shop.add({ price: 100 }))
    shop.places.set(4711, { country: 'DE' })
    expect((await me.cart()).quote).toMatchObject({ tax: 21, total: 126 })
    shop.down.add('user')
    expect(await me.cart()).toMatchObject({ quote: null, items: [{ price: 100 }] })
    expect((await me.ask('GET', '/?country=FR')).body.quote).toMatchObject({ tax: 21 })
    shop.down.clear()
    shop.places.delete(4711)
    expect((await me.cart()).quote).toMatchObject({ tax: 10.5 })
  })
  test('is for the shipping option that is asked for, and names it beside those that are offered', async () => {
    const me = await shop.shopper()
    await me.put(shop.add({ price: 100 }))
    const shipping_options = [
      { option: 'standard', price: 5 },
      { option: 'express', price: 25 },
    ]
    const quoteFor = async (query: string) => (await me.ask('GET', `/${query}`)).body.quote
    shop.offers.shop.options = { standard: 5, express: 25 }
    expect(await quoteFor('')).toMatchObject({ shipping: 5, total: 115.5, shipping_option: 'standard', shipping_options })
    const express = { shipping: 25, tax: 12.5, total: 137.5, shipping_option: 'express', shipping_options }
    expect(await quoteFor('?shipping_option=express')).toMatchObject(express)
    shop.offers.shop.options = { express: 25 }
    expect(await quoteFor('')).toMatchObject({ shipping: 25, shipping_option: 'express' })
    shop.offers.shop.options = { standard: 5, express: 25 }
  })
  test('is refused for an option that is not offered, which keeps no code', async () => {
    shop.coupons.set('TEN', { percent: 10 })
    const me = await shop.shopper()
    await me.put(shop.add())
    const refused = { status: 400, body: { code: 'unknown_shipping_option' } }
    expect(await me.ask('GET', '/?shipping_option=pigeon')).toMatchObject(refused)
    expect(await me.ask('POST', '/coupon?shipping_option=pigeon', { code: 'TEN' })).toMatchObject(refused)
    expect(await me.cart()).toMatchObject({ coupon: null, version: 1 })
    shop.offers.shop.options = { standard: 5, express: 25 }
    const used = await me.ask('POST', '/coupon?shipping_option=express', { code: 'TEN' })
    expect(used.body).toMatchObject({ coupon: { code: 'TEN' }, quote: { shipping_option: 'express', shipping: 25 } })
    // Nobody knows what is offered, so that nothing can be refused.
    shop.down.add('shipping')
    expect(await me.ask('GET', '/?shipping_option=pigeon')).toMatchObject({ status: 200, body: { quote: null } })
  })
  test('leaves out what is no longer sold', async () => {
    const me = await shop.shopper()
    const gone = shop.add()
    await me.put(gone)
    await me.put(shop.add({ price: 10 }))
    shop.products.set(gone.id, { ...gone, status: 'archived' })
    expect((await me.cart()).quote).toMatchObject({ subtotal: 10 })
  })
  test('asks each service once, however many lines there are', async () => {
    const me = await shop.shopper()
    for (const _ of Array(5)) await me.put(shop.add())
    shop.asked.length = 0
    await me.cart()
    expect(shop.asked).toEqual(['product', 'promotion', 'shipping', 'tax'])
    shop.coupons.set('TEN', { percent: 10 })
    shop.asked.length = 0
    await me.ask('POST', '/coupon?shipping_option=standard', { code: 'TEN' })
    expect(shop.asked).toEqual(['product', 'promotion', 'shipping', 'tax'])
  })
  test.each(['promotion', 'shipping', 'tax'] as const)('is null while %s is down; the lines are shown', async name => {
    const me = await shop.shopper()
    await me.put(shop.add())
    shop.down.add(name)
    const cart = await me.cart()
    expect(cart.quote).toBeNull()
    expect(cart.quote_refusal).toBeUndefined()
    expect(cart.items).toHaveLength(1)
  })
  test('is null with the reason where waiting gives none', async () => {
    const me = await shop.shopper()
    const [book, pen] = [shop.add(), shop.add()]
    for (const product of [book, pen]) await me.put(product)
    shop.coupons.set('TEN', { percent: 10 })
    const { options } = shop.offers.shop
    shop.offers.shop.options = {}
    expect(await me.cart()).toMatchObject({ quote: null, quote_refusal: 'no_rate_for_currency' })
    const used = await me.ask('POST', '/coupon', { code: 'TEN' })
    expect(used.body).toMatchObject({ quote: null, quote_refusal: 'no_rate_for_currency', coupon: { code: 'TEN', valid: true } })
    shop.offers.shop.options = options
    expect((await me.cart()).quote_refusal).toBeUndefined()
    shop.products.set(pen.id, { ...pen, currency: 'EUR' })
    expect(await me.cart()).toMatchObject({ quote: null, quote_refusal: 'currency_mismatch' })
    for (const product of [book, pen]) shop.products.set(product.id, { ...product, status: 'archived' })
    expect(await me.cart()).toMatchObject({ quote: null, quote_refusal: 'product_unavailable' })
  })
})
