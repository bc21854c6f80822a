import type { ShippingApi } from '../../services/shipping/app'
import type { Address } from '../address'
import { ask, type Clients } from '../client'
import { AppError, invalid } from '../errors'
import { toMinor } from '../money'
import { rememberAnswers } from '../remember'
import { keyAt, mostAnswers, type OfferOptions } from './memory'

/** A basket whose carriage is asked for. */
interface Shipped {
  currency: string
  address: Address
  lines: readonly { product_id: string; sku: string; quantity: number }[]
}

interface Asked extends Shipped {
  /** What the goods cost after their discount. */
  subtotal: number
  freeShipping: boolean
  /** The option that the buyer asks for. */
  option: string | undefined
}
/** What shipping by one of the options costs the buyer. */
interface Carriage {
  option: string
  price: number
}

/** The option that is asked for; else standard shipping, or the first option where that is not offered. */
const chosenOf = (offered: readonly Carriage[], asked: string | undefined): Carriage => {
  const chosen = offered.find(({ option }) => option === (asked ?? 'standard'))
  if (chosen) return chosen
  const [first] = offered
  if (!first) throw new AppError('bad_gateway', 'bad_answer', 'The shipping service offers no option; try again later.')
  if (asked === undefined) return first
  throw invalid(
    'unknown_shipping_option',
    'This shipping option is not offered there; the quote of the cart, or of shipping, lists those that are.',
  )
}

/** What each shipping option costs for goods, and the option that is counted. */
export const carriageOf = (client: Clients, { rememberMs, ...options }: OfferOptions) => {
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
  return async ({ subtotal, freeShipping, option: asked, ...goods }: Asked) => {
    const full = await rates(goods)
    // Free shipping takes off the full price of standard shipping, even where the subtotal already makes standard free: buying more must
    // not make express dearer.
    const off = freeShipping ? (full.find(({ option }) => option === 'standard')?.price ?? 0) : 0
    const offered = full.map(({ option, price, freeOver }) => ({ option, price: subtotal >= freeOver ? 0 : Math.max(0, price - off) }))
    return { chosen: chosenOf(offered, asked), offered }
  }
}
