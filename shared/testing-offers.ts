import { Elysia } from 'elysia'
import { addressFields } from './address'
import { closed, t } from './schema'

/** The four services behind `#shared/offers`, played by small apps. They check the shape of every question, as the real ones do. */

/** A product as the catalog answers it, in major units. */
export interface SoldProduct {
  id: string
  name: string
  category: string
  category_ids?: string[]
  tax_class?: string
  currency: string
  price: number
  sku: string
  stock: number
  status: 'active' | 'archived'
  variants: { sku: string; price: number; stock: number }[]
}

export interface OfferedShop {
  products: Map<string, SoldProduct>
  coupons: Map<string, { percent: number; reason?: string; freeShipping?: boolean }>
  /** Who entered a coupon, in order. */
  guessers: string[]
  /** A campaign that needs no code. */
  automatic: { percent: number; campaignId: number } | undefined
  freeShipping: boolean
  /** The price of each shipping option. Without one, shipping has no prices in any currency. */
  options: Record<string, number>
  /** Standard shipping is free from this subtotal on. */
  freeOver: number | null
  /** For an address of free text, and for one with a country. */
  taxPercent: { text: number; country: number }
}

const Line = closed({ product_id: t.String(), sku: t.String(), quantity: t.Integer() })
const PricedLine = closed({ ...Line.properties, price: t.Number(), category: t.String(), category_ids: t.Optional(t.Array(t.String())) })
const Address = t.Union([t.String(), t.Object({ country: addressFields.country, region: addressFields.region })])

const cents = (amount: number) => Math.round(amount * 100)
const totalOf = (amounts: readonly number[]) => amounts.reduce((sum, amount) => sum + cents(amount), 0) / 100

const productApp = (shop: OfferedShop) =>
  new Elysia().post(
    '/api/products/batch',
    ({ body: { ids } }) => ({ items: ids.flatMap(id => shop.products.get(id) ?? []), missing: ids.filter(id => !shop.products.has(id)) }),
    { body: closed({ ids: t.Array(t.String()) }) },
  )

const promotionApp = (shop: OfferedShop) =>
  new Elysia().post(
    '/internal/discounts',
    ({ body: { items, coupon_code, guesser } }) => {
      if (guesser !== undefined) shop.guessers.push(guesser)
      const { automatic } = shop
      const code = coupon_code?.toUpperCase()
      const known = code === undefined ? undefined : shop.coupons.get(code)
      const coupon = known?.reason === undefined ? known : undefined
      const percent = (coupon?.percent ?? 0) + (automatic?.percent ?? 0)
      const discounts = items.map(({ price, quantity }) => Math.floor((cents(price) * quantity * percent) / 100) / 100)
      const discount = totalOf(discounts)
      return {
        discount,
        free_shipping: shop.freeShipping || coupon?.freeShipping === true,
        lines: discounts.map(each => ({ discount: each })),
        campaigns: [
          ...(coupon ? [{ campaign_id: 1, code, amount: discount }] : []),
          ...(automatic ? [{ campaign_id: automatic.campaignId, amount: 0 }] : []),
        ],
        coupon:
          code === undefined ? null : { code, valid: coupon !== undefined, ...(!coupon && { reason: known?.reason ?? 'unknown_code' }) },
        automatic: automatic !== undefined || shop.freeShipping,
      }
    },
    {
      body: closed({
        user_id: t.Optional(t.Integer()),
        currency: t.String(),
        coupon_code: t.Optional(t.String()),
        guesser: t.Optional(t.String()),
        items: t.Array(PricedLine),
      }),
    },
  )

const shippingApp = (shop: OfferedShop) =>
  new Elysia().post(
    '/internal/quotes',
    ({ body: { currency }, set }) => {
      const options = Object.entries(shop.options).map(([option, price]) => ({
        option,
        price,
        currency,
        days_min: 2,
        days_max: 4,
        free_over: option === 'standard' ? shop.freeOver : null,
      }))
      if (options.length > 0) return { options }
      set.status = 409
      set.headers['content-type'] = 'application/problem+json'
      return { code: 'no_rate_for_currency', detail: 'Shipping has no prices in this currency.' }
    },
    { body: closed({ address: Address, currency: t.String(), subtotal: t.Optional(t.Number()), items: t.Array(Line) }) },
  )

const taxApp = (shop: OfferedShop) =>
  new Elysia().post(
    '/internal/quotes',
    ({ body: { address, currency, lines, shipping = 0 } }) => {
      const isText = typeof address === 'string'
      const percent = isText ? shop.taxPercent.text : shop.taxPercent.country
      const taxOn = (amount: number) => Math.round((cents(amount) * percent) / 100) / 100
      const place = isText ? {} : { country: address.country }
      const quoted = lines.map(({ amount, category, tax_class }) => {
        return { category, tax_class, net: amount, tax: taxOn(amount), rate_ppm: percent * 10_000, ...place }
      })
      return {
        currency,
        tax: totalOf([...quoted.map(line => line.tax), taxOn(shipping)]),
        lines: quoted,
        shipping_net: shipping,
        shipping_tax: taxOn(shipping),
        shipping_rate_ppm: percent * 10_000,
      }
    },
    {
      body: closed({
        address: Address,
        currency: t.String(),
        lines: t.Array(closed({ category: t.String(), tax_class: t.Optional(t.String()), amount: t.Number() })),
        shipping: t.Optional(t.Number()),
      }),
    },
  )

/** Apps for `testClients`, and the shop that they answer from: a test changes it as it likes. */
export const testOffers = () => {
  const shop: OfferedShop = {
    products: new Map(),
    coupons: new Map(),
    guessers: [],
    automatic: undefined,
    freeShipping: false,
    options: { standard: 0, express: 25 },
    freeOver: null,
    taxPercent: { text: 0, country: 20 },
  }
  return { shop, apps: { product: productApp(shop), promotion: promotionApp(shop), shipping: shippingApp(shop), tax: taxApp(shop) } }
}
