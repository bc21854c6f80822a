import { AppError, conflict, invalid, keyReused, notFound } from '#shared/errors'
import { toMajor } from '#shared/money'
import type { TaxClass } from '#shared/tax-class'

/** What a cart needs to know of a product of the catalog. Amounts are in minor units. */
export interface Product {
  id: string
  name: string
  price: number
  currency: string
  category: string
  category_ids?: readonly string[]
  tax_class?: TaxClass
  sku: string
  stock: number
  status: 'active' | 'archived'
  variants: readonly { sku: string; price: number; stock: number }[]
}

/** A line as it is stored: how many pieces, and the price of one when the line was added. */
export interface Line {
  product_id: string
  sku: string
  quantity: number
  price: number
  currency: string
  /** Lines are shown in this order. */
  position: number
}
export interface Cart {
  /** Grows with each change; 0 for a cart that never held anything. */
  version: number
  lines: Line[]
  coupon: string | undefined
}

/** A code as a cart stores it. */
export const normalCode = (code: string | undefined) => code?.trim().toUpperCase()

/** A SKU that may be added, with the name of its line in the cart. */
export interface Choice {
  line: string
  sku: string
  price: number
  currency: string
}

export const maxLines = 100
export const maxPieces = 10_000

/** A product without variants has one line; with variants it has one for each SKU. */
const nameOf = (product: Product, sku: string) => (product.variants.length > 0 ? `${product.id}:${sku}` : product.id)

interface SkuForSale {
  sku: string
  price: number
  stock: number
}
const skuOf = (product: Product | undefined, sku: string): SkuForSale | undefined => {
  if (product?.status !== 'active') return undefined
  const skus: readonly SkuForSale[] = product.variants.length > 0 ? product.variants : [product]
  return skus.find(each => each.sku === sku)
}

/** The SKU that a customer means. Only what is sold can be added. */
export const choose = (product: Product | undefined, sku: string | undefined): Choice => {
  if (!product) throw notFound('product')
  if (product.status !== 'active') throw conflict('product_unavailable', 'This product is no longer sold.')
  if (product.variants.length > 0 && sku === undefined) throw skuRequired()
  const chosen = skuOf(product, sku ?? product.sku)
  if (!chosen) throw invalid('unknown_sku', 'This product has no such SKU; the product lists its variants.')
  const { currency } = product
  return { line: nameOf(product, chosen.sku), sku: chosen.sku, price: chosen.price, currency }
}

export const skuRequired = () => invalid('sku_required', 'This product has variants; say which one by `sku`.')

/** Why a change was refused, by the word that the script answers. */
export const refusals: Record<string, () => AppError> = {
  stale: () => new AppError('stale', 'stale', 'The cart has changed since you read it. Read it again and repeat the change.'),
  sku_required: skuRequired,
  absent: () => notFound('cart_item'),
  full: () => conflict('cart_full', `A cart holds at most ${maxLines} lines; remove some first.`),
  too_many: () => conflict('too_many_pieces', `A line of a cart holds at most ${maxPieces} pieces.`),
  currency_mismatch: () => conflict('currency_mismatch', 'All lines of a cart must have one currency; order what is in it first.'),
  changed: () => conflict('cart_changed', 'The cart has changed, or is being ordered by another request. Read it again before you order.'),
  required: () =>
    conflict('cart_required', 'Put something into your cart first, or log in; a shared cart is copied into a cart that exists.'),
  empty: () => conflict('cart_empty', 'There is nothing in the cart.'),
  key_reused: keyReused,
}

export type Availability = 'in_stock' | 'insufficient_stock' | 'out_of_stock' | 'unavailable' | 'unknown'

/** A line with its price and stock now. Without an answer from the catalog these are unknown. */
export const currentLine = (line: Line, product: Product | undefined, catalogAnswered: boolean) => {
  const sold = skuOf(product, line.sku)
  const price = sold?.price
  const currency = product?.currency ?? line.currency
  const stock = sold?.stock
  const availability: Availability = !catalogAnswered
    ? 'unknown'
    : stock === undefined
      ? 'unavailable'
      : stock >= line.quantity
        ? 'in_stock'
        : stock > 0
          ? 'insufficient_stock'
          : 'out_of_stock'
  return {
    ...line,
    currency,
    name: product?.name,
    category: product?.category ?? '',
    ...(product?.category_ids && { category_ids: product.category_ids }),
    ...(product?.tax_class && { tax_class: product.tax_class }),
    /** Undefined when it is no longer sold, or unknown. */
    price,
    added_price: line.price,
    price_changed: price !== undefined && (price !== line.price || currency !== line.currency),
    stock,
    availability,
  }
}
export type CurrentLine = ReturnType<typeof currentLine>

/** The price that a cart showed last for a line; without a price when it showed that the line is no longer sold. */
export interface ShownPrice {
  price: number | undefined
  currency: string
}
/** By `shownKey`. A line that is not in it was last shown at the price at which it was added. */
export type ShownPrices = ReadonlyMap<string, ShownPrice>

/** With its position, so that a line that was removed and added again is another one. */
const shownKey = ({ product_id, sku, position }: Line) => `${product_id} ${sku} ${position}`
export const lastShown = (line: Line, shown: ShownPrices): ShownPrice => shown.get(shownKey(line)) ?? line

const isSamePrice = (a: ShownPrice, b: ShownPrice) => a.price === b.price && a.currency === b.currency

/** What to remember of the prices that are being shown; undefined when all of it is known. */
export const newlyShown = (stored: readonly Line[], current: readonly CurrentLine[], known: ShownPrices): ShownPrices | undefined => {
  const shown = new Map<string, ShownPrice>()
  let isKnown = true
  stored.forEach((line, index) => {
    const { price, currency } = current[index] ?? line
    isKnown &&= isSamePrice({ price, currency }, lastShown(line, known))
    if (!isSamePrice({ price, currency }, line)) shown.set(shownKey(line), { price, currency })
  })
  return isKnown ? undefined : shown
}

/** The lines that are still sold, if they have one currency; undefined if nothing can be priced. */
export const pricedLines = (lines: readonly CurrentLine[]) => {
  const priced = lines.flatMap(({ price, ...line }) => (price === undefined ? [] : [{ ...line, price }]))
  const [first] = priced
  return first && priced.every(line => line.currency === first.currency) ? { lines: priced, currency: first.currency } : undefined
}
export type PricedLines = NonNullable<ReturnType<typeof pricedLines>>

/** The code with which an order of a cart is refused that cannot have a quote. */
export type QuoteRefusal = 'currency_mismatch' | 'no_rate_for_currency' | 'product_unavailable'
/** Why lines cannot be priced. */
export const refusalOf = (lines: readonly CurrentLine[]): QuoteRefusal =>
  lines.every(({ price }) => price === undefined) ? 'product_unavailable' : 'currency_mismatch'

/** The most pieces that a merge may put into a line: what is in stock, but at least one, so that no line is lost. */
export const mostOf = (line: Pick<Line, 'sku'>, product: Product | undefined): number =>
  Math.min(maxPieces, Math.max(1, skuOf(product, line.sku)?.stock ?? 1))

/** What shipping by one of the options costs. */
interface Carriage {
  option: string
  price: number
}
interface Amounts {
  subtotal: number
  discount: number
  tax: number
}
interface Shipping {
  chosen: Carriage | undefined
  offered: readonly Carriage[]
}
export const quoteOf = (
  { subtotal, discount, tax }: Amounts,
  currency: string,
  { chosen, offered }: Shipping = { chosen: undefined, offered: [] },
) => {
  const shipping = chosen?.price ?? 0
  return {
    subtotal: toMajor(subtotal, currency),
    discount: toMajor(discount, currency),
    tax: toMajor(tax, currency),
    shipping: toMajor(shipping, currency),
    total: toMajor(subtotal - discount + tax + shipping, currency),
    currency,
    ...(chosen && { shipping_option: chosen.option }),
    shipping_options: offered.map(({ option, price }) => ({ option, price: toMajor(price, currency) })),
  }
}
export type Quote = ReturnType<typeof quoteOf>
