import { conflict, invalid } from '#shared/errors'
import { allocate, sumOf, times, toMinor } from '#shared/money'

/** What is asked for, and what the catalog says of it. Amounts of the catalog are in major units, all others in minor. */
export interface Wanted {
  product_id: string
  sku?: string
  quantity: number
  price?: number
}
export interface OnSale {
  id: string
  name: string
  price: number
  currency: string
  category: string
  stock: number
  sku: string
  variants: readonly { sku: string; price: number; stock: number }[]
  status: string
}
export interface PricedLine {
  product_id: string
  sku: string
  name: string
  category: string
  quantity: number
  price: number
}

const maxQuantity = 2 ** 31 - 1

/** The very thing that a line means. A product with variants is none by itself. */
const meant = ({ sku }: Wanted, product: OnSale) => {
  if (product.variants.length === 0) {
    if (sku === undefined || sku === product.sku) return product
  } else {
    if (sku === undefined) throw invalid('sku_required', 'A product of this order has variants; say which one by `sku`.')
    const variant = product.variants.find(one => one.sku === sku)
    if (variant) return variant
  }
  throw invalid('unknown_sku', 'A line names a SKU that its product does not have.')
}

/** Lines at the catalog's prices, those of one SKU summed, in the order asked. */
export const priceLines = (
  wanted: readonly Wanted[],
  products: ReadonlyMap<string, OnSale>,
  currencyAsked: string | undefined,
): { currency: string; lines: PricedLine[] } => {
  const lines = new Map<string, PricedLine & { stock: number }>()
  let currency = currencyAsked
  for (const want of wanted) {
    const product = products.get(want.product_id)
    if (product?.status !== 'active') throw conflict('product_unavailable', 'A product of this order is not sold any more; take it out.')
    currency ??= product.currency
    if (product.currency !== currency)
      throw conflict('currency_mismatch', 'All lines of an order must be priced in one currency, the one asked for.')
    const { sku, price: asShown, stock } = meant(want, product)
    const price = toMinor(asShown, currency)
    if (want.price !== undefined && toMinor(want.price, currency) !== price)
      throw conflict('price_changed', 'A price has changed since it was shown; look at the product again.')
    const { name, category } = product
    const quantity = (lines.get(sku)?.quantity ?? 0) + want.quantity
    lines.set(sku, { product_id: want.product_id, sku, name, category, quantity, price, stock })
  }
  for (const { quantity, stock } of lines.values()) {
    if (quantity > maxQuantity) throw invalid('invalid_quantity', 'Lines of one SKU ask for more than 2^31 - 1 together.')
    if (quantity > stock) throw conflict('out_of_stock', 'There is less of a product than the order asks for.')
  }
  return { currency: currency ?? '', lines: [...lines.values()].map(({ stock: _, ...line }) => line) }
}

export const worthOf = (lines: readonly PricedLine[]) => lines.map(({ price, quantity }) => times(price, quantity))

/** A discount is never more than what it is on; the shares over the lines sum to it exactly. */
export const shareDiscount = (worth: readonly number[], discount: number, shares: readonly number[]): number[] => {
  const fits = shares.length === worth.length && sumOf(shares) === discount && shares.every((share, line) => share <= worth[line]!)
  return fits ? [...shares] : allocate(Math.min(discount, sumOf(worth)), worth)
}

export interface Amounts {
  subtotal: number
  discount: number
  tax: number
  shipping: number
}
export const totalOf = ({ subtotal, discount, tax, shipping }: Amounts) => sumOf([subtotal, -discount, tax, shipping])
