import { conflict, invalid } from '#shared/errors'
import { defaultCurrency, toMajor, toMinor } from '#shared/money'

export type Attributes = Record<string, string | number | boolean>

export interface Variant {
  sku: string
  attributes: Attributes
  /** In minor units; absent while it is the product's own. */
  price?: number
}
/** What inventory last said of a SKU. Version 0 is the opening balance: whatever inventory says is newer. */
export interface Level {
  sku: string
  available: number
  version: number
}
export interface Product {
  version: number
  status: 'active' | 'archived'
  name: string
  description: string
  /** In minor units. */
  price: number
  currency: string
  category: string
  sku: string
  attributes: Attributes
  images: string[]
  tags: string[]
  variants: Variant[]
  levels: Level[]
  created_at: Date
  updated_at: Date
}

/** What an admin sends; prices in major units. */
export interface ProductInput {
  name: string
  description: string
  price: number
  currency?: string
  category: string
  stock?: number
  sku: string
  attributes?: Attributes
  images?: string[]
  tags?: string[]
  variants?: VariantInput[]
}
export interface VariantInput {
  sku: string
  attributes?: Attributes
  price?: number
  stock?: number
}

/** What can be bought: the variants, or the product itself when it has none. */
export const sellableSkus = ({ sku, variants }: Pick<Product, 'sku' | 'variants'>): string[] =>
  variants.length === 0 ? [sku] : variants.map(variant => variant.sku)

/** A product with variants keeps an article number of its own; nobody else may use that either. */
export const skusOf = ({ sku, variants }: Pick<Product, 'sku' | 'variants'>): string[] => [sku, ...variants.map(variant => variant.sku)]

export const availableOf = ({ levels }: Pick<Product, 'levels'>, sku: string): number =>
  levels.find(level => level.sku === sku)?.available ?? 0

export const stockOf = (product: Product): number => sellableSkus(product).reduce((sum, sku) => sum + availableOf(product, sku), 0)

export const skuTaken = () =>
  conflict('sku_taken', 'A SKU is in use already; each belongs to one product for good, archived ones included.')

const requireDistinct = (skus: string[]) => {
  if (new Set(skus).size < skus.length) throw skuTaken()
}

const variantOf = ({ sku, attributes = {}, price }: VariantInput, productPrice: number, currency: string): Variant => {
  const own = price === undefined ? productPrice : toMinor(price, currency)
  return { sku, attributes, ...(own !== productPrice && { price: own }) }
}

/** A new product. With variants its stock is the sum of theirs. */
export const opened = (input: ProductInput, now: Date): Product => {
  const { name, description, category, sku, attributes = {}, images = [], tags = [], currency = defaultCurrency } = input
  const price = toMinor(input.price, currency)
  const variants = (input.variants ?? []).map(variant => variantOf(variant, price, currency))
  requireDistinct(skusOf({ sku, variants }))
  const opening = variants.length === 0 ? [input] : (input.variants ?? [])
  return {
    version: 1,
    status: 'active',
    name,
    description,
    price,
    currency,
    category,
    sku,
    attributes,
    images,
    tags,
    variants,
    levels: opening.map(({ sku, stock = 0 }) => ({ sku, available: stock, version: 0 })),
    created_at: now,
    updated_at: now,
  }
}

/** Repeating what is shown is fine: clients send back what they read. */
const requireStockUntouched = (product: Product, { stock, variants = [] }: Partial<ProductInput>) => {
  const touched =
    (stock !== undefined && stock !== stockOf(product)) ||
    variants.some(variant => variant.stock !== undefined && variant.stock !== availableOf(product, variant.sku))
  if (touched)
    throw invalid(
      'stock_is_inventorys',
      'Stock is kept by inventory; change it by PUT /api/inventory/:product_id. New variants begin with 0.',
    )
}

/** The same object when nothing changes. A SKU that is new begins with no stock. */
export const changed = (product: Product, change: Partial<ProductInput>, now: Date): Product => {
  if (product.status === 'archived') throw conflict('product_archived', 'The product is archived and cannot be changed any more.')
  requireStockUntouched(product, change)
  const { stock: _, variants: changedVariants, price: changedPrice, ...plain } = change
  const currency = change.currency ?? product.currency
  const price = toMinor(changedPrice ?? toMajor(product.price, product.currency), currency)
  const before = product.variants.map(
    ({ price, ...variant }): VariantInput => ({
      ...variant,
      ...(price !== undefined && { price: toMajor(price, product.currency) }),
    }),
  )
  const variants = (changedVariants ?? before).map(variant => variantOf(variant, price, currency))
  const next: Product = { ...product, ...plain, price, currency, variants }
  requireDistinct(skusOf(next))
  if (categoryKey(next.category) === categoryKey(product.category)) next.category = product.category
  const unmet = sellableSkus(next).filter(sku => !product.levels.some(level => level.sku === sku))
  next.levels = [...product.levels, ...unmet.map(sku => ({ sku, available: 0, version: 0 }))]
  if (Bun.deepEquals(next, product, true)) return product
  return { ...next, version: product.version + 1, updated_at: now }
}

/** PUT: what is left out goes back to its beginning, but never the currency, which would change every price. */
export const replacement = (input: ProductInput): ProductInput => ({ attributes: {}, images: [], tags: [], variants: [], ...input })

export const archived = (product: Product, now: Date): Product => ({
  ...product,
  status: 'archived',
  version: product.version + 1,
  updated_at: now,
})

/** Names that people take for the same category are the same. */
export const categoryKey = (name: string): string => name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase()

export const slugOf = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '') || 'category'
