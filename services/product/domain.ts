import { conflict, invalid } from '#shared/errors'
import { defaultCurrency, toMajor, toMinor } from '#shared/money'
import { standardClass, type TaxClass } from '#shared/tax-class'

export type Attributes = Record<string, string | number | boolean>

export interface Variant {
  sku: string
  attributes: Attributes
  /** In minor units; absent while it is the product's own. */
  price?: number
}
/** The stock of a SKU in inventory's newest event. Version 0 is the opening balance, which every event replaces. */
export interface StockLevel {
  sku: string
  available: number
  version: number
}
/** What the reviews of a product add up to, by rating's newest event. Absent before the first. */
export interface ShownRating {
  average: number
  count: number
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
  /** Its own; without one it is that of its category. */
  tax_class?: TaxClass
  sku: string
  attributes: Attributes
  images: string[]
  tags: string[]
  variants: Variant[]
  levels: StockLevel[]
  rating?: ShownRating
  created_at: Date
  updated_at: Date
}

/** The input of an administrator; prices are in major units. */
export interface ProductInput {
  name: string
  description: string
  price: number
  currency?: string
  category: string
  tax_class?: TaxClass | null
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

/** A stored product knows the class of its category. */
type Classed = Pick<Product, 'tax_class'> & { category_tax_class?: TaxClass }
export const taxClassOf = ({ tax_class, category_tax_class = standardClass }: Classed): TaxClass => tax_class ?? category_tax_class

/** The SKUs that can be bought: those of the variants, or the product's own if it has none. */
export const sellableSkus = ({ sku, variants }: Pick<Product, 'sku' | 'variants'>): string[] =>
  variants.length === 0 ? [sku] : variants.map(variant => variant.sku)

/** A product with variants has a SKU of its own too, which no other product may use. */
export const allSkus = ({ sku, variants }: Pick<Product, 'sku' | 'variants'>): string[] => [sku, ...variants.map(variant => variant.sku)]

export const availableStock = ({ levels }: Pick<Product, 'levels'>, sku: string): number =>
  levels.find(level => level.sku === sku)?.available ?? 0

export const productStock = (product: Product): number => sellableSkus(product).reduce((sum, sku) => sum + availableStock(product, sku), 0)

/**
 * Differs whenever the stock of any SKU does: a piece less of one size and one more of another are not the same to a buyer. It differs with the
 * rating, too, which is shown beside the stock and raises the version as little.
 */
export const stockMark = (product: Product): string => {
  const skus = sellableSkus(product)
  const sum = String(productStock(product))
  const stock = skus.length === 1 ? sum : `${sum}.${Bun.hash.crc32(skus.map(sku => availableStock(product, sku)).join()).toString(36)}`
  return product.rating ? `${stock}~${product.rating.version}` : stock
}

export const skuTaken = () =>
  conflict('sku_taken', 'The SKU belongs to another product already, perhaps an archived one; choose a different SKU.')

/** SKUs that differ only in case are one SKU: people type them, and read them aloud. */
export const skuKey = (sku: string): string => sku.toLowerCase()

const requireDistinct = (skus: string[]) => {
  if (new Set(skus.map(skuKey)).size < skus.length) throw skuTaken()
}

/** Stock is counted by SKU that can be bought: a product with variants has none of its own, so its `stock` is 0 or the sum of theirs. */
const requireOpeningStock = ({ stock, variants = [] }: ProductInput) => {
  const sum = variants.reduce((total, variant) => total + (variant.stock ?? 0), 0)
  if (variants.length > 0 && stock !== undefined && stock !== 0 && stock !== sum)
    throw invalid(
      'stock_mismatch',
      `The stock of a product with variants is the sum of theirs, here ${sum}; give each variant its \`stock\`.`,
    )
}

const variantOf = ({ sku, attributes = {}, price }: VariantInput, productPrice: number, currency: string): Variant => {
  const own = price === undefined ? productPrice : toMinor(price, currency)
  return { sku, attributes, ...(own !== productPrice && { price: own }) }
}

export const newProduct = (input: ProductInput, now: Date): Product => {
  const { name, description, category, tax_class, sku, attributes = {}, images = [], tags = [], currency = defaultCurrency } = input
  const price = toMinor(input.price, currency)
  const variants = (input.variants ?? []).map(variant => variantOf(variant, price, currency))
  requireDistinct(allSkus({ sku, variants }))
  requireCategoryName(category)
  requireOpeningStock(input)
  const opening = variants.length === 0 ? [input] : (input.variants ?? [])
  return {
    version: 1,
    status: 'active',
    name,
    description,
    price,
    currency,
    category,
    ...(tax_class && { tax_class }),
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

/** Clients may send back the stock that they read, but no other value. */
const requireStockUntouched = (product: Product, { stock, variants = [] }: Partial<ProductInput>) => {
  const touched =
    (stock !== undefined && stock !== productStock(product)) ||
    variants.some(variant => variant.stock !== undefined && variant.stock !== availableStock(product, variant.sku))
  if (touched)
    throw invalid(
      'stock_is_inventorys',
      'Inventory owns the stock: change it with PUT /api/inventory/:product_id. A new variant starts with 0.',
    )
}

/** A SKU keeps the spelling that the product had it in first, because inventory and orders know it by that one. */
const inKnownSpelling = (product: Product, { sku, variants, ...change }: ProductChange): ProductChange => {
  const spellings = new Map([...product.levels.map(level => level.sku), ...allSkus(product)].map(known => [skuKey(known), known]))
  const spelled = (given: string) => spellings.get(skuKey(given)) ?? given
  return {
    ...change,
    ...(sku !== undefined && { sku: spelled(sku) }),
    ...(variants && { variants: variants.map(variant => ({ ...variant, sku: spelled(variant.sku) })) }),
  }
}

/** A price that is sent back as it was read stays the product's, whatever that becomes. */
const stillFollowing = ({ price, currency, variants }: Product, given: readonly VariantInput[]): VariantInput[] => {
  const following = new Set(variants.filter(variant => variant.price === undefined).map(({ sku }) => sku))
  return given.map(variant => {
    const { price: sent, ...priceless } = variant
    return sent === toMajor(price, currency) && following.has(variant.sku) ? priceless : variant
  })
}

/** A change of an existing product. `active` takes an archived product back into the catalog, and the other fields change with it. */
export type ProductChange = Partial<ProductInput> & { status?: 'active' }

/** Returns the same object if nothing changes. A new SKU starts without stock. */
export const changeProduct = (product: Product & Classed, given: ProductChange, now: Date): Product => {
  const change = inKnownSpelling(product, given)
  if (product.status === 'archived' && change.status !== 'active')
    throw conflict('product_archived', 'The product is archived. To change it, take it back with PATCH and `status: "active"`.')
  requireStockUntouched(product, change)
  if (change.category !== undefined) requireCategoryName(change.category)
  const { stock: _, variants: changedVariants, price: changedPrice, tax_class: changedClass, ...plain } = change
  const currency = change.currency ?? product.currency
  const price = toMinor(changedPrice ?? toMajor(product.price, product.currency), currency)
  const before = product.variants.map(
    ({ price, ...variant }): VariantInput => ({
      ...variant,
      ...(price !== undefined && { price: toMajor(price, product.currency) }),
    }),
  )
  const variants = (changedVariants ? stillFollowing(product, changedVariants) : before).map(variant => variantOf(variant, price, currency))
  const { tax_class, ...unclassed } = product
  const own = changedClass === undefined ? tax_class : changedClass
  const next: Product = { ...unclassed, ...(own && { tax_class: own }), ...plain, price, currency, variants }
  if (change.sku !== undefined || changedVariants) requireDistinct(allSkus(next))
  if (categoryKey(next.category) === categoryKey(product.category)) next.category = product.category
  // A class that is sent back as it was read stays that of the category.
  if (next.category === product.category && tax_class === undefined && own === product.category_tax_class) delete next.tax_class
  const withoutLevel = sellableSkus(next).filter(sku => !product.levels.some(level => level.sku === sku))
  next.levels = [...product.levels, ...withoutLevel.map(sku => ({ sku, available: 0, version: 0 }))]
  if (Bun.deepEquals(next, product, true)) return product
  return { ...next, version: product.version + 1, updated_at: now }
}

/** PUT resets what the input leaves out, except the currency, because that would change every price. */
export const productReplacement = (input: ProductInput): ProductInput => ({
  tax_class: null,
  attributes: {},
  images: [],
  tags: [],
  variants: [],
  ...input,
})

export const archiveProduct = (product: Product, now: Date): Product => ({
  ...product,
  status: 'archived',
  version: product.version + 1,
  updated_at: now,
})

/** Equal for names that look the same: in another case, spacing or Unicode form, or with characters that are not shown. */
export const categoryKey = (name: string): string =>
  name
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .trim()
    .replace(/\s+/g, ' ')
    .toLowerCase()

export const requireCategoryName = (name: string) => {
  if (categoryKey(name) === '') throw invalid('invalid_category', 'The name of the category has no visible character; give it one.')
}

export const slugOf = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '') || 'category'
