import { orderCreated, userDeleted } from '#shared/catalog'
import { createClients } from '#shared/client'
import type { Message } from '#shared/event'
import type { ServiceName } from '#shared/platform'
import { deliverTo, messageOf, sender, testHttp, testRedis } from '#shared/testing'
import { cartApp } from './app'
import { baskets } from './basket'
import { liveCatalog } from './catalog'
import type { Product } from './domain'
import { cartHandlers } from './events'
import type { CartView } from './model'
import { neighbours } from './neighbours'
import { cartRepository } from './repository'

const productId = (n: number) => n.toString(16).padStart(24, '0')

/** The services that a cart asks, as small servers that speak as they do. One that is `down` is not listed anywhere. */
const neighbourhood = () => {
  const products = new Map<string, Product>()
  const known = { percent: {} as Record<string, number>, shipping: 5, taxPercent: 10 }
  const down = new Set<ServiceName>()
  const asked: string[] = []
  const cents = (amount: number) => Math.round(amount * 100)

  type Body = {
    ids: string[]
    coupon_code?: string
    shipping: number
    currency: string
    items: { price: number; quantity: number }[]
    lines: { amount: number }[]
  }
  const answers: Record<string, (body: Body) => object> = {
    product: ({ ids }) => ({ items: ids.flatMap(id => products.get(id) ?? []), missing: ids.filter(id => !products.has(id)) }),
    promotion: ({ items, coupon_code: code }) => {
      const percent = known.percent[code?.toUpperCase() ?? ''] ?? 0
      const lines = items.map(({ price, quantity }) => ({ discount: Math.floor((cents(price) * quantity * percent) / 100) / 100 }))
      const discount = lines.reduce((sum, line) => sum + cents(line.discount), 0) / 100
      const coupon = code ? { code: code.toUpperCase(), valid: percent > 0, ...(percent === 0 && { reason: 'expired' }) } : null
      return { discount, free_shipping: code?.toUpperCase() === 'FREE', lines, campaigns: [], coupon }
    },
    shipping: ({ currency }) => ({ options: [{ option: 'standard', price: known.shipping, currency, days_min: 2, days_max: 4 }] }),
    tax: ({ lines, shipping }) => {
      const sum = lines.reduce((all, { amount }) => all + cents(amount), cents(shipping))
      return {
        tax: Math.round((sum * known.taxPercent) / 100) / 100,
        lines: [],
        shipping_net: shipping,
        shipping_rate_ppm: 0,
        shipping_tax: 0,
      }
    },
  }
  const servers = new Map(
    Object.entries(answers).map(([name, answer]) => {
      const fetch = async (request: Request) => {
        asked.push(name)
        return Response.json(answer((await request.json()) as Body))
      }
      return [name, Bun.serve({ port: 0, hostname: '127.0.0.1', fetch })] as const
    }),
  )
  const instances = async (service: ServiceName) => {
    const port = servers.get(service)?.port
    if (down.has(service) || port === undefined) return []
    const address = `127.0.0.1:${port}`
    return [{ id: service, address, host: '127.0.0.1', port, version: '1', started_at: '', last_heartbeat: '' }]
  }
  return {
    products,
    known,
    down,
    asked,
    resolver: { instances },
    stop: () => Promise.all([...servers.values()].map(one => one.stop(true))),
  }
}

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
export const erased = (user_id: number) => messageOf(userDeleted({ id: user_id, version: 2 }, { user_id }))

/** The service in-process on a corner of Redis of its own, with neighbours to ask. */
export const testCart = async () => {
  const corner = await testRedis()
  const { redis } = corner
  const around = neighbourhood()
  const { http, as, asService, failures } = await testHttp('cart')
  const carts = cartRepository(redis)
  const others = neighbours(createClients({ resolver: around.resolver, internalToken: async name => `for-${name}` }))
  const handlers = cartHandlers({ carts })
  // Nothing is remembered from a moment ago, so that a test sees what it has just changed.
  const catalog = liveCatalog({ ask: others.products, rememberMs: 0 })
  const app = cartApp({ http, carts, baskets: baskets({ carts, catalog, neighbours: others }) })

  const ask = sender(app, { under: '/api/cart' })
  const send = async (...request: Parameters<typeof ask>) => {
    const answer = await ask(...request)
    return { ...answer, body: (answer.body ?? {}) as CartView & Record<string, unknown> }
  }
  const hear = deliverTo(handlers)

  let made = 0
  const add = (fields: Partial<Product> = {}): Product => {
    const id = productId(++made)
    const product: Product = {
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
    around.products.set(id, product)
    return product
  }

  /** A shopper with a cart of their own: a guest, or a user when given an id. */
  const shopper = async (userId?: number) => {
    const headers: Record<string, string> = userId === undefined ? { 'x-cart-id': crypto.randomUUID() } : await as(userId)
    const ask = (method: string, path: string, body?: unknown, more: Record<string, string> = {}) =>
      send(method, path, body, { ...headers, ...more })
    return {
      headers,
      ask,
      put: (product: Product, quantity = 1, more: object = {}) => ask('POST', '/items', { product_id: product.id, quantity, ...more }),
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
    ...corner,
    ...around,
    app,
    carts,
    send,
    as,
    asService,
    failures,
    add,
    shopper,
    hear,
    hearAll: (messages: readonly Message[]) => Promise.all(messages.map(one => hear(one))),
    async drop() {
      await around.stop()
      await corner.drop()
    },
  }
}
export type TestCart = Awaited<ReturnType<typeof testCart>>
