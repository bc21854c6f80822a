import type { ShippingApi } from '../../services/shipping/app'
import type { Address } from '../address'
import { ask, type Clients } from '../client'
import { toMinor } from '../money'
import { rememberAnswers } from '../remember'
import { keyAt, mostAnswers, type OfferOptions } from './memory'

/** A basket whose carriage is asked for. */
interface Shipped {
  currency: string
  address: Address
  lines: readonly { product_id: string; sku: string; quantity: number }[]
}

/** The price of each shipping option for goods that cost `subtotal` after their discount. */
export const carriagePrices = (client: Clients, { rememberMs, ...options }: OfferOptions) => {
  const { internal } = client<ShippingApi>('shipping', options)
  /** What shipping would cost without a subtotal, by option, and from which subtotal on it is free. */
  const rates = rememberAnswers(
    async ({ currency, address, lines }: Shipped) => {
      const items = lines.map(({ product_id, sku, quantity }) => ({ product_id, sku, quantity }))
      const { options } = await ask('shipping', internal.quotes.post({ address, currency, items }))
      return options.map(({ option, price, free_over }) => ({
        option,
        price: toMinor(price, currency),
        freeOver: free_over === null ? Number.POSITIVE_INFINITY : toMinor(free_over, currency),
      }))
    },
    {
      keyOf: ({ currency, address, lines }) => keyAt(address, [currency, lines.map(({ sku, quantity }) => [sku, quantity])]),
      ms: rememberMs,
      most: mostAnswers,
    },
  )
  return async (goods: Shipped, subtotal: number): Promise<ReadonlyMap<string, number>> =>
    new Map((await rates(goods)).map(({ option, price, freeOver }) => [option, subtotal >= freeOver ? 0 : price]))
}
