import type { AmountsOf } from './parts/amounts'
import type { ShippingOption } from './types'

type Offered = Pick<ShippingOption, 'option' | 'price'>

/** The option that is ordered: the wanted one where the place has it, else the first. */
export const offeredOf = <Option extends Offered>(options: readonly Option[], wanted: string): Option | undefined =>
  options.find(({ option }) => option === wanted) ?? options[0]

/**
 * What a cart costs with an option, by the order's own rule. The cart's price contains the standard option, or the first where there is none;
 * free shipping takes off what standard costs, whichever option is chosen.
 */
export const amountsWith = (quote: AmountsOf, options: readonly Offered[], chosen: Offered | undefined): AmountsOf => {
  const base = offeredOf(options, 'standard')
  if (!base || !chosen) return quote
  const isFree = quote.shipping === 0 && base.price > 0
  const free = isFree && base.option === 'standard' ? base.price : 0
  const shipping = Math.max(0, chosen.price - free)
  return { ...quote, shipping, total: quote.total - quote.shipping + shipping }
}
