import { LRUCache } from 'lru-cache'
import type { ProductApi } from '../services/product/app'
import type { PromotionApi } from '../services/promotion/app'
import type { ShippingApi } from '../services/shipping/app'
import type { TaxApi } from '../services/tax/app'
import { type Address, placeOfAddress } from './address'
import { ask, type Clients } from './client'
import { AppError } from './errors'
import { sumOf, taxOf, toMajor, toMinor } from './money'
import { remember, rememberAnswers } from './remember'
import type { TaxClass } from './tax-class'
import { second } from './time'

/**
 * What a basket costs: product knows the prices, promotion the discounts, shipping the carriage, and tax the rates. Order and cart ask all
 * four here, and only here do these amounts change between our minor units and the major units of the wire. What does not depend on the order
 * is remembered for a second: prices, the rates of carriage and tax, and that no automatic campaign is on. Stock and the limits of coupons are
 * decided by their owners, under their locks.
 */

/** A product as the catalog sells it now. */
export interface CatalogProduct {
  id: string
  name: string
  category: string
  /** From the top of the tree to its own category. A product service of an earlier release answers neither this nor the class. */
  category_ids?: readonly string[]
  tax_class?: TaxClass
  currency: string
  price: number
  sku: string
  stock: number
  status: 'active' | 'archived'
  variants: readonly { sku: string; price: number; stock: number }[]
}

export interface Basket {
  currency: string
  lines: readonly {
    product_id: string
    sku: string
    category: string
    category_ids?: readonly string[]
    quantity: number
    price: number
  }[]
}
interface Buyer {
  userId: number | undefined
  coupon: string | undefined
  /** Who enters the coupon at this moment, by `guesserOf`: wrong codes are counted. */
  guesser?: string
}
/** A basket whose carriage is asked for. */
interface Shipped {
  currency: string
  address: Address
  lines: readonly { product_id: string; sku: string; quantity: number }[]
}
/** A basket whose tax is asked for: `net` is what a line costs after its discount. */
interface Taxable<Line> {
  currency: string
  address: Address
  lines: readonly Line[]
}

/** What decides the tax rate of goods. */
interface Kind {
  category: string
  tax_class?: TaxClass | null
}
interface TaxRate {
  category: string
  tax_class?: TaxClass
  rate_ppm: number
  country?: string
  region?: string
}
/** The tax on one line, as the events of an order carry it: amounts in major units. */
export interface TaxLine extends TaxRate {
  net: number
  tax: number
}

interface Discounts {
  discount: number
  shares: number[]
  freeShipping: boolean
  campaigns: { campaign_id: number; code?: string; amount: number }[]
  coupon: { code: string; valid: boolean; reason?: string } | null
}

interface Options {
  deadlineMs?: number
  /** How long answers are remembered that do not depend on the order; 0 for not at all. */
  rememberMs?: number
}

export const createOffers = (client: Clients, { rememberMs = second, ...options }: Options = {}) => {
  const product = client<ProductApi>('product', options)
  const promotion = client<PromotionApi>('promotion', options)
  const shipping = client<ShippingApi>('shipping', options)
  const tax = client<TaxApi>('tax', options)

  const askProducts = async (ids: readonly string[]): Promise<ReadonlyMap<string, CatalogProduct>> => {
    const { items } = await ask('product', product.api.products.batch.post({ ids: [...ids] }))
    return new Map(
      items.map(({ id, name, category, category_ids, tax_class, currency, price, sku, stock, status, variants }) => {
        const minor = (amount: number) => toMinor(amount, currency)
        const inMinor = variants.map(variant => ({ sku: variant.sku, price: minor(variant.price), stock: variant.stock }))
        const kind = { ...(category_ids && { category_ids }), ...(tax_class && { tax_class }) }
        return [id, { id, name, category, ...kind, currency, price: minor(price), sku, stock, status, variants: inMinor }]
      }),
    )
  }

  /** The currencies in which no automatic campaign was on a moment ago: a basket without a coupon gets no discount. */
  const withoutCampaigns = new LRUCache<string, true>({ max: 200, ttl: rememberMs })

  /** What shipping would cost without a subtotal, by option, and from which subtotal on it is free. */
  const shippingRates = rememberAnswers(
    async ({ currency, address, lines }: Shipped) => {
      const items = lines.map(({ product_id, sku, quantity }) => ({ product_id, sku, quantity }))
      const { options } = await ask('shipping', shipping.internal.quotes.post({ address, currency, items }))
      return options.map(({ option, price, free_over }) => ({
        option,
        price: toMinor(price, currency),
        freeOver: free_over === null ? Number.POSITIVE_INFINITY : toMinor(free_over, currency),
      }))
    },
    {
      keyOf: ({ currency, address, lines }) => keyOf(address, [currency, lines.map(({ sku, quantity }) => [sku, quantity])]),
      ms: rememberMs,
      most: mostAnswers,
    },
  )

  /** The tax rate of each kind of goods at an address, and that of the carriage. */
  const taxRates = rememberAnswers(
    async ({ currency, address, kinds }: { currency: string; address: Address; kinds: readonly Kind[] }) => {
      const lines = kinds.map(({ category, tax_class }) => ({ category, ...(tax_class && { tax_class }), amount: 0 }))
      const answer = await ask('tax', tax.internal.quotes.post({ address, currency, lines }))
      if (answer.lines.length !== kinds.length)
        throw new AppError('bad_gateway', 'bad_answer', 'The tax service left a line out of its answer; try again later.')
      return { ofKinds: answer.lines.map(rateOf), ofCarriage: answer.shipping_rate_ppm }
    },
    { keyOf: ({ address, kinds }) => keyOf(address, kinds.map(kindKey)), ms: rememberMs, most: mostAnswers },
  )

  return {
    /** The products with these ids; one that the catalog does not have is absent. */
    products: remember(askProducts, { ms: rememberMs, most: mostAnswers }),

    /** What campaigns and a coupon take off: in all, by line in `shares`, and by campaign, as the events of an order carry it. */
    async discounts({ currency, lines }: Basket, { userId, coupon, guesser }: Buyer): Promise<Discounts> {
      if (coupon === undefined && withoutCampaigns.has(currency))
        return { discount: 0, shares: lines.map(() => 0), freeShipping: false, campaigns: [], coupon: null }
      const items = lines.map(({ product_id, sku, quantity, price, category, category_ids: ids }) => {
        return { product_id, sku, quantity, price: toMajor(price, currency), category, ...(ids && { category_ids: [...ids] }) }
      })
      const by = {
        ...(userId !== undefined && { user_id: userId }),
        ...(coupon !== undefined && { coupon_code: coupon }),
        ...(guesser !== undefined && { guesser }),
      }
      const answer = await ask('promotion', promotion.internal.discounts.post({ ...by, currency, items }))
      if (rememberMs > 0 && answer.automatic === false) withoutCampaigns.set(currency, true)
      return {
        discount: toMinor(answer.discount, currency),
        shares: answer.lines.map(line => toMinor(line.discount, currency)),
        freeShipping: answer.free_shipping,
        campaigns: answer.campaigns,
        coupon: answer.coupon,
      }
    },

    /** The price of each shipping option for goods that cost `subtotal` after their discount. */
    async shippingPrices(goods: Shipped, subtotal: number): Promise<ReadonlyMap<string, number>> {
      const rates = await shippingRates(goods)
      return new Map(rates.map(({ option, price, freeOver }) => [option, subtotal >= freeOver ? 0 : price]))
    },

    /** The tax on all, and on each line. */
    async taxes<Line extends Kind & { net: number }>({ currency, address, lines }: Taxable<Line>, carriage: number) {
      const kinds = [...new Map(lines.map(line => [kindKey(line), line])).values()]
      const { ofKinds, ofCarriage } = await taxRates({ currency, address, kinds })
      const rates = new Map(kinds.map((kind, index) => [kindKey(kind), ofKinds[index]]))
      const taxed = lines.map(line => {
        const rate = rates.get(kindKey(line))
        if (!rate) throw new Error('every kind of goods has a rate')
        return { line, rate, tax: taxOf(line.net, rate.rate_ppm) }
      })
      const onCarriage = taxOf(carriage, ofCarriage)
      const inMajor = (net: number, tax: number) => ({ net: toMajor(net, currency), tax: toMajor(tax, currency) })
      const taxLines = taxed.map(({ line, rate, tax }): TaxLine => ({ ...rate, ...inMajor(line.net, tax) }))
      if (carriage > 0)
        taxLines.push({ category: 'shipping', rate_ppm: ofCarriage, ...placeOf(ofKinds[0]), ...inMajor(carriage, onCarriage) })
      return {
        tax: sumOf([...taxed.map(({ tax }) => tax), onCarriage]),
        lines: taxed.map(({ line, tax }) => ({ ...line, tax })),
        taxLines,
      }
    },
  }
}
export type Offers = ReturnType<typeof createOffers>

const mostAnswers = 2000

/** Of an address, only its place decides what carriage and tax are. */
const keyOf = (address: Address, about: unknown) => {
  const { country, region } = placeOfAddress(address)
  return JSON.stringify([country, region, about])
}

const kindKey = ({ category, tax_class }: Kind) => `${tax_class ?? ''} ${category}`

// Field by field: what another release of tax adds to its answer does not get into an event.
const placeOf = ({ country, region }: Pick<TaxLine, 'country' | 'region'> = {}) => ({
  ...(country !== undefined && { country }),
  ...(region !== undefined && { region }),
})
const rateOf = (line: TaxRate): TaxRate => ({
  category: line.category,
  ...(line.tax_class && { tax_class: line.tax_class }),
  rate_ppm: line.rate_ppm,
  ...placeOf(line),
})
