import type { Address } from '#shared/address'
import { toMajor } from '#shared/money'
import { type Amounts, type PricedLine, totalOf } from './domain-pricing'

/** Parts of an order's events. Their amounts are in major units, as all amounts on the wire. */

export const amountsData = (amounts: Amounts, currency: string) => {
  const { subtotal, discount, tax, shipping } = amounts
  return {
    subtotal: toMajor(subtotal, currency),
    discount: toMajor(discount, currency),
    tax: toMajor(tax, currency),
    shipping: toMajor(shipping, currency),
    total_amount: toMajor(totalOf(amounts), currency),
  }
}

export const lineData = ({ product_id, sku, quantity, price, category, category_ids, tax_class }: PricedLine, currency: string) => {
  const kind = { category, ...(category_ids && { category_ids: [...category_ids] }), ...(tax_class && { tax_class }) }
  return { product_id, sku, quantity, price: toMajor(price, currency), ...kind }
}

/** Events carry no address: only as much of it as decides about tax and carriage. */
export const destinationData = (address: Address): { country?: string; region?: string } => {
  if (typeof address === 'string') return {}
  const { country, region } = address
  return { country, ...(region !== undefined && { region }) }
}
