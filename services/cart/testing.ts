import { Elysia } from 'elysia'
import type { Place } from '#shared/address'
import { orderCreated, userDeleted } from '#shared/catalog'
import type { Message } from '#shared/event'
import { deliverTo, messageOf, sender, testClients, testHttp, testRedis } from '#shared/testing'
import { type SoldProduct, testOffers } from '#shared/testing-offers'
import { cartApp } from './app'
import { cartClients } from './clients'
import { compose } from './compose'
import { cartHandlers } from './events'
import type { CartView } from './model'

const productId = (n: number) => n.toString(16).padStart(24, '0')

type Ordered = { product_id: string; sku: string; quantity: number }
export const ordered = (
  order_id: number,
  user_id: number,
  items: readonly Ordered[],
  more: { from_cart?: boolean; coupon_code?: string } = {},
) =>
  messageOf(
    orderCreated(
      { id: order_id, version: 1 },
      {
        order_id,
        user_id,
        items: items.map(item => ({ ...item, price: 1, category: 'x' })),
        subtotal: 1,
        discount: 0,
        tax: 0,
        shipping: 0,
        total_amount: 1,
        tax_lines: [],
        currency: 'USD',
        shipping_option: 'standard',
        destination: {},
        payment_due_at: '2026-01-31T12:00:00.000Z',
        reservation_expires_at: '2026-01-31T12:00:00.000Z',
        from_cart: true,
        ...more,
      },
    ),
  )
export const accountDeleted = (user_id: number) => messageOf(userDeleted({ id: user_id, version: 2 }, { user_id }))

/** The service on Redis; the services that it asks are played, and answer over HTTP. */
export const testCart = async () => {
  const [store, web] = await Promise.all([testRedis(), testHttp('cart')])
  const offers = testOffers()
  Object.assign(offers.shop, { options: { standard: 5 }, taxPercent: { text: 10, country: 20 } })
  const { products, coupons, guessers } = offers.shop
  /** The place of each user's default address. */
  const places = new Map<number, Place>()
  const user = new Elysia().get('/internal/users/:id/place', ({ params }) => places.get(Number(params.id)) ?? {})
  const others = testClients({ ...offers.apps, user })
  // Prices are never a moment old, so that a test sees what it has just changed.
  const service = compose({ redis: store.redis, clients: cartClients(others.client, { rememberMs: 0 }), idSecret: 'a secret of this test' })
  const handle = deliverTo(cartHandlers(service))

  const app = cartApp({ http: web.http, ...service })
  const ask = sender(app, { under: '/api/cart' })
  const send = async (...request: Parameters<typeof ask>) => {
    const answer = await ask(...request)
    return { ...answer, body: (answer.body ?? {}) as CartView & Record<string, unknown> }
  }

  let made = 0
  const add = (fields: Partial<SoldProduct> = {}): SoldProduct => {
    const id = productId(++made)
    const product: SoldProduct = {
      id,
      name: `Product ${made}`,
      price: 20,
      currency: 'USD',
      category: 'Books',
      sku: `S-${made}`,
      stock: 10,
      status: 'active',
      variants: [],
      ...fields,
    }
    products.set(id, product)
    return product
  }

  /** A shopper with a cart of their own: a guest, or a user when given an id. */
  const shopper = async (userId?: number) => {
    const headers: Record<string, string> = userId === undefined ? { 'x-cart-id': service.ids.make() } : await web.as(userId)
    const ask = (method: string, path: string, body?: unknown, more: Record<string, string> = {}) =>
      send(method, path, body, { ...headers, ...more })
    return {
      headers,
      ask,
      put: (product: SoldProduct, quantity = 1, more: object = {}) => ask('POST', '/items', { product_id: product.id, quantity, ...more }),
      async cart() {
        const { status, body } = await ask('GET', '/')
        if (status !== 200) throw new Error(`no cart: ${JSON.stringify(body)}`)
        return body
      },
      /** How many of each SKU. */
      async pieces() {
        const { body } = await ask('GET', '/')
        return Object.fromEntries(body.items.map(({ sku, quantity }) => [sku, quantity]))
      },
    }
  }

  return {
    redis: store.redis,
    carts: service.carts,
    products,
    coupons,
    places,
    guessers,
    app,
    /** The four services that price carts and orders, and the shop that they answer from. */
    offers,
    /** The services that are down, and the name of each that was asked. */
    down: others.down,
    asked: others.asked,
    asService: web.asService,
    /** What another service asks about carts. */
    internal: async (service: Parameters<typeof web.asService>[0], method: string, path: string, body?: object) =>
      send(method, `/internal/carts${path}`, body, await web.asService(service)),
    failures: web.failures,
    send,
    add,
    shopper,
    handle,
    handleAtOnce: (messages: readonly Message[]) => Promise.all(messages.map(each => handle(each))),
    async drop() {
      await others.stop()
      await store.drop()
    },
  }
}
export type TestCart = Awaited<ReturnType<typeof testCart>>
