import { Elysia } from 'elysia'
import type { ServiceName } from '#shared/platform'
import { closed, t } from '#shared/schema'
import type { OnSale } from './domain-pricing'

const Line = closed({ product_id: t.String(), sku: t.String(), quantity: t.Integer() })
const PricedLine = closed({ ...Line.properties, price: t.Number(), category: t.String() })
const Address = t.Union([t.String(), t.Object({ country: t.String(), region: t.Optional(t.String()) })])

type Product = OnSale & {
  description: string
  attributes: object
  images: string[]
  tags: string[]
  created_at: string
  updated_at: string
}
export const productOf = (id: string, more: Partial<Product> = {}): Product => ({
  id,
  name: 'Laptop',
  description: '',
  price: 1500,
  currency: 'USD',
  category: 'Electronics',
  stock: 10,
  sku: 'LT-001',
  attributes: {},
  images: [],
  tags: [],
  variants: [],
  status: 'active',
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
  ...more,
})

/** What the neighbours know, to be changed by a test. */
export const shop = () => ({
  products: new Map<string, Product>(),
  cart: { items: [] as { product_id: string; sku: string; quantity: number }[], coupon_code: undefined as string | undefined },
  coupons: new Map<string, { percent: number; reason?: string }>(),
  automatic: undefined as { percent: number; campaignId: number } | undefined,
  freeShipping: false,
  options: { standard: 0, express: 25 } as Record<string, number>,
  /** Tax on an address with a country, in percent. */
  taxPercent: 20,
  pickedUp: new Set<number>(),
  voided: [] as number[],
})
type Shop = ReturnType<typeof shop>

const cents = (amount: number) => Math.round(amount * 100)

const product = (known: Shop) =>
  new Elysia().post(
    '/api/products/batch',
    ({ body }) => {
      const items = body.ids.flatMap(id => known.products.get(id) ?? [])
      return { items, missing: body.ids.filter(id => !known.products.has(id)) }
    },
    { body: closed({ ids: t.Array(t.String()) }) },
  )

const promotion = (known: Shop) =>
  new Elysia().post(
    '/internal/discounts',
    ({ body: { items, coupon_code } }) => {
      const coupon = coupon_code === undefined ? undefined : known.coupons.get(coupon_code)
      const valid = coupon !== undefined && coupon.reason === undefined
      const percent = (valid ? coupon.percent : 0) + (known.automatic?.percent ?? 0)
      const discounts = items.map(({ price, quantity }) => Math.floor((cents(price) * quantity * percent) / 100))
      const discount = discounts.reduce((sum, one) => sum + one, 0) / 100
      const campaigns = [
        ...(valid && coupon_code ? [{ campaign_id: 1, code: coupon_code, amount: discount }] : []),
        ...(known.automatic ? [{ campaign_id: known.automatic.campaignId, amount: 0 }] : []),
      ] as { campaign_id: number; code?: string; amount: number }[]
      return {
        discount,
        free_shipping: known.freeShipping,
        lines: discounts.map(one => ({ discount: one / 100 })),
        campaigns,
        coupon: coupon_code === undefined ? null : { code: coupon_code, valid, ...(!valid && { reason: coupon?.reason ?? 'unknown' }) },
      }
    },
    {
      body: closed({
        user_id: t.Optional(t.Integer()),
        currency: t.String(),
        coupon_code: t.Optional(t.String()),
        items: t.Array(PricedLine),
      }),
    },
  )

const shipping = (known: Shop) =>
  new Elysia()
    .post(
      '/internal/quotes',
      ({ body: { currency } }) => ({
        options: Object.entries(known.options).map(([option, price]) => ({ option, price, currency, days_min: 2, days_max: 4 })),
      }),
      { body: closed({ address: Address, currency: t.String(), subtotal: t.Number(), items: t.Array(Line) }) },
    )
    .post('/internal/orders/:id/void', ({ params, set }) => {
      const id = Number(params.id)
      if (known.pickedUp.has(id)) {
        set.status = 409
        set.headers['content-type'] = 'application/problem+json'
        return { voided: false, code: 'already_picked_up', detail: 'The parcel has been picked up.' }
      }
      known.voided.push(id)
      return { voided: true }
    })

const tax = (known: Shop) =>
  new Elysia().post(
    '/internal/quotes',
    ({ body: { address, lines, shipping: carriage } }) => {
      const percent = typeof address === 'string' ? 0 : known.taxPercent
      const taxed = (amount: number) => Math.round((cents(amount) * percent) / 100) / 100
      const place = typeof address === 'string' ? {} : { country: address.country }
      const perLine = lines.map(({ amount, category }) => ({
        category,
        net: amount,
        tax: taxed(amount),
        rate_ppm: percent * 10_000,
        ...place,
      }))
      const all = [...perLine.map(line => line.tax), taxed(carriage)].reduce((sum, one) => sum + cents(one), 0) / 100
      return {
        currency: 'USD',
        tax: all,
        lines: perLine,
        shipping_net: carriage,
        shipping_tax: taxed(carriage),
        shipping_rate_ppm: percent * 10_000,
      }
    },
    {
      body: closed({
        address: Address,
        currency: t.String(),
        lines: t.Array(closed({ category: t.String(), amount: t.Number() })),
        shipping: t.Number(),
      }),
    },
  )

const cart = (known: Shop) =>
  new Elysia().get('/internal/carts/:user_id', () => {
    const { items, coupon_code } = known.cart
    return { items, ...(coupon_code !== undefined && { coupon_code }) }
  })

/** Five small servers that speak as the neighbours do, over HTTP. One that is `down` is not listed anywhere. */
export const neighbourhood = () => {
  const known = shop()
  const down = new Set<ServiceName>()
  const asked: string[] = []
  const apps = { product: product(known), promotion: promotion(known), shipping: shipping(known), tax: tax(known), cart: cart(known) }
  const servers = new Map(
    Object.entries(apps).map(([name, app]) => {
      const fetch = (request: Request) => {
        asked.push(name)
        return app.fetch(request)
      }
      return [name, Bun.serve({ port: 0, hostname: '127.0.0.1', fetch })] as const
    }),
  )
  return {
    known,
    down,
    asked,
    resolver: {
      instances: async (service: ServiceName) => {
        const port = servers.get(service)?.port
        if (down.has(service) || port === undefined) return []
        const address = `127.0.0.1:${port}`
        return [{ id: service, address, host: '127.0.0.1', port, version: '1', started_at: '', last_heartbeat: '' }]
      },
    },
    stop: () => Promise.all([...servers.values()].map(server => server.stop(true))),
  }
}
