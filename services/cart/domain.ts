import { AppError, conflict, invalid, notFound } from '#shared/errors'
import { toMajor } from '#shared/money'

/** A product as the catalog shows it, as far as a cart cares; prices in minor units. */
export interface Product {
  id: string
  name: string
  price: number
  currency: string
  category: string
  sku: string
  stock: number
  status: 'active' | 'archived'
  variants: readonly { sku: string; price: number; stock: number }[]
}

/** What is kept of a line: how many, and what one cost when it was put in, in minor units. */
export interface Line {
  product_id: string
  sku: string
  quantity: number
  price: number
  currency: string
}
export interface Cart {
  /** Grows with each change; 0 of a cart that nobody put anything into. */
  version: number
  lines: Line[]
  coupon: string | undefined
}

/** A SKU that may be put in, under the name that its line has in the cart. */
export interface Choice {
  line: string
  sku: string
  price: number
  currency: string
}

export const maxLines = 100
export const maxPieces = 10_000

/** A line of a product with variants is named by its SKU as well. */
const nameOf = (product: Product, sku: string) => (product.variants.length > 0 ? `${product.id}:${sku}` : product.id)

interface Offer {
  sku: string
  price: number
  stock: number
}
const offerOf = (product: Product | undefined, sku: string): Offer | undefined => {
  if (product?.status !== 'active') return undefined
  const offers: readonly Offer[] = product.variants.length > 0 ? product.variants : [product]
  return offers.find(offer => offer.sku === sku)
}

/** Which SKU of a product is meant. Only what is on sale can be put in. */
export const choose = (product: Product | undefined, sku: string | undefined): Choice => {
  if (!product) throw notFound('product')
  if (product.status !== 'active') throw conflict('product_unavailable', 'This product is not sold any more.')
  if (product.variants.length > 0 && sku === undefined) throw skuRequired()
  const offer = offerOf(product, sku ?? product.sku)
  if (!offer) throw invalid('unknown_sku', 'This product has no such SKU; the product lists its variants.')
  const { currency } = product
  return { line: nameOf(product, offer.sku), sku: offer.sku, price: offer.price, currency }
}

export const skuRequired = () => invalid('sku_required', 'This product has variants: name the one you mean by its sku.')

/** Why a change was not made, by the word that the store says. */
export const refusals: Record<string, () => AppError> = {
  stale: () => new AppError('stale', 'stale', 'The cart has changed since you read it. Read it again and repeat the change.'),
  sku_required: skuRequired,
  absent: () => notFound('cart_item'),
  full: () => conflict('cart_full', `A cart holds at most ${maxLines} lines; take some out first.`),
  too_many: () => conflict('too_many_pieces', `A cart holds at most ${maxPieces} pieces of a kind.`),
  currency_mismatch: () => conflict('currency_mismatch', 'All that is in a cart must have one currency; order what is in it first.'),
  empty: () => conflict('cart_empty', 'There is nothing in the cart yet.'),
}

export type Availability = 'in_stock' | 'insufficient_stock' | 'out_of_stock' | 'unavailable' | 'unknown'

/** A line as it stands now. Without an answer from the catalog it is what it was when it was put in. */
export const lineNow = (line: Line, product: Product | undefined, catalogAnswered: boolean) => {
  const offer = offerOf(product, line.sku)
  const price = offer?.price
  const currency = product?.currency ?? line.currency
  const stock = offer?.stock
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
    /** Missing when it isn't sold any more, or nobody knows. */
    price,
    added_price: line.price,
    price_changed: price !== undefined && (price !== line.price || currency !== line.currency),
    stock,
    availability,
  }
}
export type LineNow = ReturnType<typeof lineNow>

/** What of the cart can be priced: lines on sale, of one currency. */
export const pricedLines = (lines: readonly LineNow[]) => {
  const priced = lines.flatMap(({ price, ...line }) => (price === undefined ? [] : [{ ...line, price }]))
  const [first] = priced
  return first && priced.every(line => line.currency === first.currency) ? { lines: priced, currency: first.currency } : undefined
}

/** How many of a line may come together in a merge: what is in stock, but never none, so that no line is lost. */
export const capOf = (line: Pick<Line, 'sku'>, product: Product | undefined): number =>
  Math.min(maxPieces, Math.max(1, offerOf(product, line.sku)?.stock ?? 1))

export interface Amounts {
  subtotal: number
  discount: number
  tax: number
  shipping: number
}
/** Exactly: subtotal − discount + tax + shipping. */
export const quoteOf = ({ subtotal, discount, tax, shipping }: Amounts, currency: string) => ({
  subtotal: toMajor(subtotal, currency),
  discount: toMajor(discount, currency),
  tax: toMajor(tax, currency),
  shipping: toMajor(shipping, currency),
  total: toMajor(subtotal - discount + tax + shipping, currency),
  currency,
})
