import type { Known, Levels } from './repository'

/** A product as the catalog shows it, in events and in its list. */
interface ShownProduct {
  id: string
  name: string
  description: string
  price: number
  currency: string
  category: string
  category_ids?: string[]
  sku: string
  stock: number
  attributes: Record<string, unknown>
  images: string[]
  tags: string[]
  variants: { sku: string; stock: number; attributes: Record<string, unknown> }[]
  status: string
  created_at: string
}

/** As much of a description as is searched and shown. */
const longestDescription = 4000
const mostImages = 5

/** What a product is, as in `wireless: true`, is a word of it; what it is not says nothing. */
const texts = (attributes: Record<string, unknown>) =>
  Object.entries(attributes).flatMap(([name, value]) => {
    if (value === true) return [name.replaceAll('_', ' ')]
    return typeof value === 'string' || typeof value === 'number' ? [String(value)] : []
  })

interface Shown {
  version: number
  product: ShownProduct
  /** Inventory's levels, where they are known; the stock of the product is a guess until then. */
  levels?: readonly { sku: string; available: number; version: number }[]
}

export const knownOf = ({ version, product, levels = [] }: Shown): Known => {
  const { id, variants, status } = product
  const shown = variants.length === 0 ? [{ sku: product.sku, stock: product.stock }] : variants
  const opening: Levels = Object.fromEntries(shown.map(({ sku, stock }) => [sku, [0, stock] as const]))
  return {
    id,
    version,
    sellable: shown.map(({ sku }) => sku),
    levels: { ...opening, ...Object.fromEntries(levels.map(({ sku, version, available }) => [sku, [version, available] as const])) },
    ...(status === 'active' && { product: storedOf(product) }),
  }
}

const storedOf = ({ category_ids = [], ...product }: ShownProduct): NonNullable<Known['product']> => ({
  id: product.id,
  name: product.name,
  description: product.description.slice(0, longestDescription).toWellFormed(),
  sku: product.sku,
  skus: product.variants.map(({ sku }) => sku),
  category: product.category,
  category_ids,
  tags: product.tags,
  attributes: [...new Set([product.attributes, ...product.variants.map(({ attributes }) => attributes)].flatMap(texts))],
  images: product.images.slice(0, mostImages),
  price: product.price,
  currency: product.currency,
  created_at: Date.parse(product.created_at),
})
