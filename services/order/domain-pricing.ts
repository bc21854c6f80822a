import { AppError, conflict, type Fault, invalid } from '#shared/errors'
import { allocate, sumOf, times, toMinor } from '#shared/money'
import type { TaxClass } from '#shared/tax-class'

/** Amounts are in minor units, but for the one that a customer sends. */

/** A line as a customer asks for it; `price` is the one that they were shown, in major units of `currency`. */
export interface WantedLine {
  product_id: string
  sku?: string
  quantity: number
  price?: number
  currency?: string
  /** Its place in what the customer sees, when lines before it were left out. */
  index?: number
}
/** A product as the catalog has it now. */
export interface ProductForSale {
  id: string
  name: string
  price: number
  currency: string
  category: string
  category_ids?: readonly string[]
  tax_class?: TaxClass
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
  category_ids?: readonly string[]
  tax_class?: TaxClass
  quantity: number
  price: number
}
export interface DiscountedLine extends PricedLine {
  discount: number
  /** What the line costs after its discount. */
  net: number
}
export interface Amounts {
  subtotal: number
  discount: number
  tax: number
  shipping: number
}

const maxQuantity = 2 ** 31 - 1

/** The product itself, or the one of its variants that the line names. */
const skuFor = ({ sku }: WantedLine, product: ProductForSale, path: Fault['path']) => {
  if (product.variants.length === 0) {
    if (sku === undefined || sku === product.sku) return product
  } else {
    if (sku === undefined) throw invalid('sku_required', 'A product of this order has variants; say which one by `sku`.')
    const variant = product.variants.find(each => each.sku === sku)
    if (variant) return variant
  }
  const errors: Fault[] = [{ path: `${path}/sku`, message: `“${product.name}” has no such SKU` }]
  throw invalid('unknown_sku', 'A line names a SKU that its product does not have.', errors)
}

/** The lines with their products; a refusal names every line that is no longer sold, so that the customer can take them all out. */
const soldLines = (wanted: readonly WantedLine[], products: ReadonlyMap<string, ProductForSale>) => {
  const errors: Fault[] = []
  const lines = wanted.flatMap((want, index) => {
    const product = products.get(want.product_id)
    const path = `/items/${want.index ?? index}` as const
    if (product?.status === 'active') return [{ want, product, path }]
    errors.push({ path: `${path}/product_id`, message: product ? `“${product.name}” is no longer sold` : 'is not sold here' })
    return []
  })
  if (errors.length === 0) return lines
  const detail = 'Some products of this order are no longer sold; take out the lines that `errors` names.'
  throw new AppError('conflict', 'product_unavailable', detail, { errors })
}

/** Lines at the catalog's prices, in the order in which they were asked for; lines of one SKU are added up. */
export const priceLines = (
  wanted: readonly WantedLine[],
  products: ReadonlyMap<string, ProductForSale>,
  wantedCurrency: string | undefined,
): { currency: string; lines: PricedLine[] } => {
  const lines = new Map<string, PricedLine & { stock: number }>()
  let currency = wantedCurrency
  for (const { want, product, path } of soldLines(wanted, products)) {
    currency ??= product.currency
    if (product.currency !== currency)
      throw conflict('currency_mismatch', 'All lines of an order must be priced in one currency, the one that was asked for.')
    const { sku, price, stock } = skuFor(want, product, path)
    const isOtherCurrency = want.currency !== undefined && want.currency !== currency
    if (isOtherCurrency || (want.price !== undefined && toMinor(want.price, currency) !== price))
      throw new AppError('conflict', 'price_changed', 'A price has changed since it was shown; look at the product or the cart again.', {
        errors: [{ path: `${path}/price`, message: `the price of “${product.name}” has changed` }],
      })
    const { name, category, category_ids, tax_class } = product
    const kind = { category, ...(category_ids && { category_ids }), ...(tax_class && { tax_class }) }
    const quantity = (lines.get(sku)?.quantity ?? 0) + want.quantity
    lines.set(sku, { product_id: want.product_id, sku, name, ...kind, quantity, price, stock })
  }
  for (const { quantity, stock } of lines.values()) {
    if (quantity > maxQuantity) throw invalid('invalid_quantity', 'The lines of one SKU add up to more than 2^31 - 1 pieces.')
    if (quantity > stock) throw conflict('out_of_stock', 'There is less of a product in stock than the order asks for.')
  }
  return { currency: currency ?? '', lines: [...lines.values()].map(({ stock: _, ...line }) => line) }
}

export const worthOf = ({ price, quantity }: Pick<PricedLine, 'price' | 'quantity'>) => times(price, quantity)

/**
 * Puts a discount on the lines: by promotion's `shares` if they add up to it and fit, else in proportion to what the lines are worth.
 * No line gets more off than it is worth, and all of them together get the discount.
 */
export const discountLines = (lines: readonly PricedLine[], discount: number, shares: readonly number[]): DiscountedLine[] => {
  const worths = lines.map(worthOf)
  const fits = shares.length === lines.length && sumOf(shares) === discount && worths.every((worth, index) => (shares[index] ?? 0) <= worth)
  const discounts = fits ? shares : allocate(Math.min(discount, sumOf(worths)), worths)
  return lines.map((line, index) => {
    const share = discounts[index] ?? 0
    return { ...line, discount: share, net: worthOf(line) - share }
  })
}

export const totalOf = ({ subtotal, discount, tax, shipping }: Amounts) => sumOf([subtotal, -discount, tax, shipping])
