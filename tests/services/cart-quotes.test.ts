import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { toMajor } from '#shared/money'
import { testClients } from '#shared/testing'
import type { OfferedShop } from '#shared/testing-offers'
import { testCart } from '../../services/cart/testing'
import { orderClients } from '../../services/order/clients'
import { totalOf } from '../../services/order/domain-pricing'
import { priceOrder } from '../../services/order/price'

/** The cart and the prices of an order from it, both asking the same played catalog, promotion, shipping and tax. */
const cart = await testCart()
const tokenFor = async () => (await cart.asService('order')).authorization.replace('Bearer ', '')
const others = testClients({ ...cart.offers.apps, cart: cart.app }, tokenFor)
const price = priceOrder(orderClients(others.client, { rememberMs: 0 }))
const { shop } = cart.offers

let user = 0
beforeEach(() => {
  Object.assign(shop, {
    options: { standard: 5, express: 25, courier: 3, pickup: 0 },
    freeShipping: false,
    freeOver: null,
  } satisfies Partial<OfferedShop>)
  user++
})
afterAll(async () => {
  expect(cart.failures).toEqual([])
  await others.stop()
  await cart.drop()
})

/** What the cart says for each option, or without one, and what an order with it would cost. */
const compare = async (options: readonly (string | undefined)[], code?: string) => {
  const me = await cart.shopper(user)
  await me.put(cart.add({ price: 19.99 }), 3)
  await me.put(cart.add({ price: 0.07 }), 5)
  if (code !== undefined) await me.ask('POST', '/coupon', { code })
  const said: unknown[] = []
  const ordered: unknown[] = []
  for (const option of options) {
    const asked = option !== undefined && { shipping_option: option }
    const { quote } = (await me.ask('GET', `/?${new URLSearchParams({ country: 'DE', ...asked })}`)).body
    const { subtotal, discount, tax, shipping, total } = quote ?? {}
    said.push({ option: quote?.shipping_option, subtotal, discount, tax, shipping, total })
    const address = { line1: 'Hauptstr. 1', city: 'Berlin', country: 'DE' }
    const { amounts, currency, option: counted } = await price(user, { from_cart: true, shipping_address: address, ...asked })
    const inMajor = Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, toMajor(amount, currency)]))
    ordered.push({ option: counted, ...inMajor, total: toMajor(totalOf(amounts), currency) })
  }
  return { said, ordered }
}

const all = [undefined, 'standard', 'express', 'courier', 'pickup']
const cases: [string, Partial<OfferedShop>, string | undefined][] = [
  ['as it is', {}, undefined],
  ['with a campaign of free shipping', { freeShipping: true }, undefined],
  ['with a code for free shipping', {}, 'FREE'],
  ['with a code for a part of the price', {}, 'PART'],
  ['where standard shipping is free for so much', { freeOver: 50 }, undefined],
  ['where it is free for so much, with a campaign of free shipping', { freeOver: 50, freeShipping: true }, undefined],
  ['where it is no longer free after the discount', { freeOver: 60, freeShipping: true }, 'PART'],
]

describe('what the cart says for each shipping option is what the order costs', () => {
  test.each(cases)('%s', async (_, offered, code) => {
    cart.coupons.set('FREE', { percent: 0, freeShipping: true })
    cart.coupons.set('PART', { percent: 7 })
    Object.assign(shop, offered)
    const { said, ordered } = await compare(all, code)
    expect(said).toEqual(ordered)
  })
  test('where standard shipping is not offered, with a campaign of free shipping', async () => {
    Object.assign(shop, { freeShipping: true, options: { express: 25, pickup: 0 } })
    const { said, ordered } = await compare(['express', 'pickup', undefined])
    expect(said).toEqual(ordered)
    const express = { option: 'express', shipping: 25 }
    expect(said).toMatchObject([express, { option: 'pickup', shipping: 0 }, express])
  })
  test('an option that the order refuses is refused by the cart in the same way', async () => {
    const me = await cart.shopper(user)
    await me.put(cart.add())
    const refused = price(user, { from_cart: true, shipping_address: 'here', shipping_option: 'pigeon' })
    await expect(refused).rejects.toMatchObject({ kind: 'invalid', code: 'unknown_shipping_option' })
    expect(await me.ask('GET', '/?shipping_option=pigeon')).toMatchObject({ status: 400, body: { code: 'unknown_shipping_option' } })
  })
})
