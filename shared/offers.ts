import type { ProductApi } from '../services/product/app'
import type { PromotionApi } from '../services/promotion/app'
import type { ShippingApi } from '../services/shipping/app'
import type { TaxApi } from '../services/tax/app'
import type { Address } from './address'
import { ask, type Clients } from './client'
import { AppError } from './errors'
import { toMajor, toMinor } from './money'
import type { TaxClass } from './tax-class'

/**
 * What a basket costs: product knows the prices, promotion the discounts, shipping the carriage, and tax the tax. Order and cart ask all
 * four here, and only here do these amounts change between our minor units and the major units of the wire.
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

/** The tax on one line, as the events of an order carry it: amounts in major units. */
export interface TaxLine {
  category: string
  tax_class?: TaxClass
  rate_ppm: number
  net: number
  tax: number
  country?: string
  region?: string
}

export const createOffers = (client: Clients, options: { deadlineMs?: number } = {}) => {
  const product = client<ProductApi>('product', options)
  const promotion = client<PromotionApi>('promotion', options)
  const shipping = client<ShippingApi>('shipping', options)
  const tax = client<TaxApi>('tax', options)

  return {
    /** The products with these ids; one that the catalog does not have is absent. */
    async products(ids: readonly string[]): Promise<ReadonlyMap<string, CatalogProduct>> {
      const { items } = await ask('product', product.api.products.batch.post({ ids: [...ids] }))
      return new Map(
        items.map(({ id, name, category, category_ids, tax_class, currency, price, sku, stock, status, variants }) => {
          const minor = (amount: number) => toMinor(amount, currency)
          const inMinor = variants.map(variant => ({ sku: variant.sku, price: minor(variant.price), stock: variant.stock }))
          const kind = { ...(category_ids && { category_ids }), ...(tax_class && { tax_class }) }
          return [id, { id, name, category, ...kind, currency, price: minor(price), sku, stock, status, variants: inMinor }]
        }),
      )
    },

    /** What campaigns and a coupon take off: in all, by line in `shares`, and by campaign, as the events of an order carry it. */
    async discounts({ currency, lines }: Basket, { userId, coupon, guesser }: Buyer) {
      const items = lines.map(({ product_id, sku, quantity, price, category, category_ids: ids }) => {
        return { product_id, sku, quantity, price: toMajor(price, currency), category, ...(ids && { category_ids: [...ids] }) }
      })
      const by = {
        ...(userId !== undefined && { user_id: userId }),
        ...(coupon !== undefined && { coupon_code: coupon }),
        ...(guesser !== undefined && { guesser }),
      }
      const answer = await ask('promotion', promotion.internal.discounts.post({ ...by, currency, items }))
      return {
        discount: toMinor(answer.discount, currency),
        shares: answer.lines.map(line => toMinor(line.discount, currency)),
        freeShipping: answer.free_shipping,
        campaigns: answer.campaigns,
        coupon: answer.coupon,
      }
    },

    /** The price of each shipping option for goods that cost `subtotal` after their discount. */
    async shippingPrices({ currency, address, lines }: Shipped, subtotal: number): Promise<ReadonlyMap<string, number>> {
      const items = lines.map(({ product_id, sku, quantity }) => ({ product_id, sku, quantity }))
      const question = { address, currency, subtotal: toMajor(subtotal, currency), items }
      const { options } = await ask('shipping', shipping.internal.quotes.post(question))
      return new Map(options.map(({ option, price }) => [option, toMinor(price, currency)]))
    },

    /** The tax on all, and on each line. */
    async taxes<Line extends { category: string; tax_class?: TaxClass | null; net: number }>(
      { currency, address, lines }: Taxable<Line>,
      carriage: number,
    ) {
      const priced = lines.map(({ category, tax_class, net }) => ({
        category,
        ...(tax_class && { tax_class }),
        amount: toMajor(net, currency),
      }))
      const question = { address, currency, lines: priced, shipping: toMajor(carriage, currency) }
      const answer = await ask('tax', tax.internal.quotes.post(question))
      const taxed = lines.map((line, index) => {
        const quoted = answer.lines[index]
        if (!quoted) throw new AppError('bad_gateway', 'bad_answer', 'The tax service left a line out of its answer; try again later.')
        return { ...line, tax: toMinor(quoted.tax, currency) }
      })
      const taxLines = answer.lines.map(taxLine)
      if (carriage > 0) taxLines.push(carriageLine(answer))
      return { tax: toMinor(answer.tax, currency), lines: taxed, taxLines }
    },
  }
}
export type Offers = ReturnType<typeof createOffers>

// Field by field: what another release of tax adds to its answer does not get into an event.
const placeOf = ({ country, region }: Pick<TaxLine, 'country' | 'region'> = {}) => ({
  ...(country !== undefined && { country }),
  ...(region !== undefined && { region }),
})
const taxLine = (line: TaxLine): TaxLine => ({
  category: line.category,
  ...(line.tax_class && { tax_class: line.tax_class }),
  rate_ppm: line.rate_ppm,
  net: line.net,
  tax: line.tax,
  ...placeOf(line),
})
const carriageLine = (quote: {
  lines: readonly TaxLine[]
  shipping_rate_ppm: number
  shipping_net: number
  shipping_tax: number
}): TaxLine => ({
  category: 'shipping',
  rate_ppm: quote.shipping_rate_ppm,
  net: quote.shipping_net,
  tax: quote.shipping_tax,
  ...placeOf(quote.lines[0]),
})
