import { type Clients, unwrap } from '#shared/client'
import { toMajor, toMinor } from '#shared/money'
import type { ProductApi } from '../product/app'
import type { PromotionApi } from '../promotion/app'
import type { ShippingApi } from '../shipping/app'
import type { TaxApi } from '../tax/app'
import type { Product } from './domain'

interface PricedLine {
  product_id: string
  sku: string
  quantity: number
  /** In minor units, as are all amounts here. */
  price: number
  category: string
}
export interface Basket {
  currency: string
  lines: readonly PricedLine[]
  coupon: string | undefined
  userId: number | undefined
}

/** Where a cart is priced to before an address is known: the default zone. */
const somewhere = 'address not known yet'
const deadlineMs = 1000

/** What a cart asks of others. A cart waits for nobody long. */
export const neighbours = (client: Clients) => {
  const product = client<ProductApi>('product', { deadlineMs })
  const promotion = client<PromotionApi>('promotion', { deadlineMs })
  const shipping = client<ShippingApi>('shipping', { deadlineMs })
  const tax = client<TaxApi>('tax', { deadlineMs })

  return {
    async products(ids: string[]): Promise<ReadonlyMap<string, Product>> {
      const { items } = await unwrap(product.api.products.batch.post({ ids }))
      return new Map(
        items.map(({ id, name, currency, category, sku, stock, status, ...item }) => {
          const variants = item.variants.map(variant => ({
            sku: variant.sku,
            stock: variant.stock,
            price: toMinor(variant.price, currency),
          }))
          return [id, { id, name, currency, category, sku, stock, status, price: toMinor(item.price, currency), variants }]
        }),
      )
    },

    async discounts({ currency, lines, coupon, userId }: Basket) {
      const items = lines.map(({ product_id, sku, quantity, price, category }) => ({
        product_id,
        sku,
        quantity,
        price: toMajor(price, currency),
        category,
      }))
      const question = { currency, items, ...(coupon && { coupon_code: coupon }), ...(userId !== undefined && { user_id: userId }) }
      const answer = await unwrap(promotion.internal.discounts.post(question))
      return {
        discount: toMinor(answer.discount, currency),
        shares: answer.lines.map(line => toMinor(line.discount, currency)),
        freeShipping: answer.free_shipping,
        coupon: answer.coupon,
      }
    },

    /** What the standard way costs. */
    async carriage({ currency, lines }: Basket, subtotal: number): Promise<number> {
      const items = lines.map(({ product_id, sku, quantity }) => ({ product_id, sku, quantity }))
      const { options } = await unwrap(
        shipping.internal.quotes.post({ address: somewhere, currency, subtotal: toMajor(subtotal, currency), items }),
      )
      const usual = options.find(({ option }) => option === 'standard') ?? options[0]
      return usual ? toMinor(usual.price, currency) : 0
    },

    async tax({ currency, lines }: Basket, net: readonly number[], carriage: number): Promise<number> {
      const taxed = lines.map(({ category }, at) => ({ amount: toMajor(net[at] ?? 0, currency), ...(category && { category }) }))
      const answer = await unwrap(
        tax.internal.quotes.post({ address: somewhere, currency, lines: taxed, shipping: toMajor(carriage, currency) }),
      )
      return toMinor(answer.tax, currency)
    },
  }
}
export type Neighbours = ReturnType<typeof neighbours>
