import { type Clients, unwrap } from '#shared/client'
import { AppError, unavailable } from '#shared/errors'
import { toMajor, toMinor } from '#shared/money'
import type { ServiceName } from '#shared/platform'
import type { Address } from '#shared/schema'
import type { CartApi } from '../cart/app'
import type { ProductApi } from '../product/app'
import type { PromotionApi } from '../promotion/app'
import type { ShippingApi } from '../shipping/app'
import type { TaxApi } from '../tax/app'
import type { Amounts, PricedLine } from './domain-pricing'

export interface Priced {
  currency: string
  lines: readonly PricedLine[]
  /** After discount, in minor units, line by line. */
  net: readonly number[]
  address: Address
}

/** A callee that fails is a callee that is away; what it refuses reaches the client in its own words. */
const ask = async <R extends { data: unknown; error: unknown }>(callee: ServiceName, call: Promise<R>) => {
  try {
    return await unwrap(call)
  } catch (error) {
    const refused = error instanceof AppError && ['invalid', 'not_found', 'conflict', 'unprocessable', 'too_many'].includes(error.kind)
    if (refused) throw error
    throw unavailable(`${callee}_unavailable`, `The ${callee} service does not answer; try again in a moment.`, error)
  }
}

/** What order asks of others. Here, and only here, amounts change between our minor units and the wire's major ones. */
export const neighbours = (client: Clients) => {
  const product = client<ProductApi>('product')
  const promotion = client<PromotionApi>('promotion')
  const shipping = client<ShippingApi>('shipping')
  const tax = client<TaxApi>('tax')
  const cart = client<CartApi>('cart')

  return {
    products: async (ids: string[]) => {
      const { items } = await ask('product', product.api.products.batch.post({ ids }))
      return new Map(items.map(item => [item.id, item]))
    },

    cart: (userId: number) => ask('cart', cart.internal.carts({ user_id: userId }).get()),

    async discounts(currency: string, lines: readonly PricedLine[], { user_id, coupon }: { user_id: number; coupon: string | undefined }) {
      const items = lines.map(({ product_id, sku, quantity, price, category }) => {
        return { product_id, sku, quantity, price: toMajor(price, currency), category }
      })
      const question = { user_id, currency, items, ...(coupon !== undefined && { coupon_code: coupon }) }
      const answer = await ask('promotion', promotion.internal.discounts.post(question))
      return {
        ...answer,
        discount: toMinor(answer.discount, currency),
        shares: answer.lines.map(({ discount }) => toMinor(discount, currency)),
      }
    },

    async shippingOptions({ currency, lines, address }: Priced, subtotal: number) {
      const items = lines.map(({ product_id, sku, quantity }) => ({ product_id, sku, quantity }))
      const question = { address, currency, subtotal: toMajor(subtotal, currency), items }
      const { options } = await ask('shipping', shipping.internal.quotes.post(question))
      return new Map(options.map(({ option, price }) => [String(option), toMinor(price, currency)]))
    },

    async taxes({ currency, lines, net, address }: Priced, carriage: number) {
      const asked = lines.map(({ category }, line) => ({ category, amount: toMajor(net[line]!, currency) }))
      const question = { address, currency, lines: asked, shipping: toMajor(carriage, currency) }
      const answer = await ask('tax', tax.internal.quotes.post(question))
      const { shipping_net, shipping_tax, shipping_rate_ppm: rate_ppm } = answer
      const { category: _, ...place } = answer.lines[0]!
      const carriageLine = { ...place, category: 'shipping', rate_ppm, net: shipping_net, tax: shipping_tax }
      return {
        tax: toMinor(answer.tax, currency),
        perLine: answer.lines.map(line => toMinor(line.tax, currency)),
        taxLines: [...answer.lines, ...(carriage > 0 ? [carriageLine] : [])],
      }
    },

    /** Shipping's promise that nothing more of this order leaves the house; it may be asked again. */
    voidShipment: (orderId: number) => ask('shipping', shipping.internal.orders({ id: orderId }).void.post()),
  }
}
export type Neighbours = ReturnType<typeof neighbours>

export const placeOf = (address: Address): { country?: string; region?: string } => {
  if (typeof address === 'string') return {}
  const { country, region } = address
  return { country, ...(region !== undefined && { region }) }
}

/** Amounts as an event tells them. */
export const majorAmounts = ({ subtotal, discount, tax, shipping }: Amounts, total: number, currency: string) => ({
  subtotal: toMajor(subtotal, currency),
  discount: toMajor(discount, currency),
  tax: toMajor(tax, currency),
  shipping: toMajor(shipping, currency),
  total_amount: toMajor(total, currency),
})
