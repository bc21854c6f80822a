import { type IndexDescription, MongoError, type ObjectId } from 'mongodb'
import { toMajor } from '#shared/money'
import { isDuplicate, type Mongo } from '#shared/mongo'
import type { TaxClass } from '#shared/tax-class'
import { second } from '#shared/time'
import type { CategoryPlace, PlacedCategory } from './category-place'
import { allSkus, type Product, productStock, skuKey, skuTaken } from './domain'

/** A stored product, with the fields that lists are filtered and sorted by. */
export interface ProductRow extends Product, CategoryPlace {
  _id: ObjectId
  category_id: ObjectId
  stock: number
  /** Every SKU that it has ever had, because orders and stock movements still refer to them. */
  skus: string[]
  /** The same in lower case: no two products share one. Those that did in an earlier release have a key of their own for it. */
  sku_keys: string[]
  /** How lists show the product. Most changes of stock keep it, and so leave the list indexes alone. */
  shelf: 'in_stock' | 'sold_out' | 'archived'
  shown_price: number
  name_key: string
}

export interface CategoryRow {
  _id: ObjectId
  name: string
  key: string
  slug: string
  parent_id: ObjectId | null
  /** Its own; without one it is that of its parent. */
  tax_class?: TaxClass
  /** Active products directly in it. Adding or removing one writes it, and so conflicts with a change or removal of the category. */
  products: number
  /** Increases with each change of what its products show of it; absent while there was none. */
  version?: number
  /** Some of its products still show an earlier version. */
  outdated?: boolean
}

export const rowOf = (
  _id: ObjectId,
  product: Product,
  { _id: category_id, name: category, category_ids, category_tax_class, category_version }: PlacedCategory,
  earlier: Pick<ProductRow, 'skus' | 'sku_keys'> = { skus: [], sku_keys: [] },
): ProductRow => {
  const stock = productStock(product)
  const newSkus = allSkus(product).filter(sku => !earlier.skus.includes(sku))
  return {
    ...product,
    _id,
    category,
    category_id,
    category_ids,
    category_tax_class,
    category_version,
    stock,
    skus: [...earlier.skus, ...newSkus],
    sku_keys: [...new Set([...earlier.sku_keys, ...newSkus.map(skuKey)])],
    shelf: product.status === 'archived' ? 'archived' : stock > 0 ? 'in_stock' : 'sold_out',
    shown_price: toMajor(product.price, product.currency),
    name_key: product.name.toLowerCase(),
  }
}

const listIndexes = (name: string, prefix: Record<string, 1>): IndexDescription[] =>
  ['shown_price', 'name_key', 'created_at'].map(key => ({ name: `${name}_${key}`, key: { shelf: 1, ...prefix, [key]: 1, _id: 1 } }))

export const indexes: Record<string, IndexDescription[]> = {
  products: [
    { name: 'skus', key: { skus: 1 }, unique: true },
    { name: 'sku_keys', key: { sku_keys: 1 }, unique: true, partialFilterExpression: { sku_keys: { $exists: true } } },
    { name: 'category_versions', key: { category_id: 1, category_version: 1 } },
    ...listIndexes('all', {}),
    ...listIndexes('within', { category_ids: 1 }),
    ...listIndexes('tag', { tags: 1 }),
  ],
  categories: [
    { name: 'category_key', key: { key: 1 }, unique: true },
    { name: 'category_slug', key: { slug: 1 }, unique: true },
    { name: 'parent', key: { parent_id: 1 } },
    { name: 'outdated', key: { outdated: 1 }, sparse: true },
  ],
}

/** No read may occupy the database for longer; the client gets 503. */
export const maxReadMs = 2 * second

/** By any spelling of these SKUs. */
export const havingSkus = (skus: readonly string[]) => ({ $or: [{ skus: { $in: [...skus] } }, { sku_keys: { $in: skus.map(skuKey) } }] })

export const productsOf = (mongo: Mongo) => mongo.collection<ProductRow>('products')
export const categoriesOf = (mongo: Mongo) => mongo.collection<CategoryRow>('categories')
/** A transaction that must run alone, or only once, writes a mark, so it conflicts with every other one that does. */
export const marksOf = (mongo: Mongo) =>
  mongo.collection<{ _id: 'category-tree' | 'demo-catalog' | 'tax-classes'; changes: number }>('marks')

const duplicateIndex = (error: unknown) =>
  error instanceof MongoError && isDuplicate(error) ? /index: (\w+)/.exec(error.message)?.[1] : undefined
export const isDuplicateSlug = (error: unknown) => duplicateIndex(error) === 'category_slug'
export const isDuplicateCategory = (error: unknown) => duplicateIndex(error) === 'category_key'

/** Reports a duplicate SKU as a conflict. Any other duplicate is a category that was created meanwhile, which the next attempt finds. */
export const catalogTransaction =
  (mongo: Mongo): Mongo['transaction'] =>
  async work => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await mongo.transaction(work)
      } catch (error) {
        const index = duplicateIndex(error)
        if (index === 'skus' || index === 'sku_keys') throw skuTaken()
        if (index === undefined || attempt === 5) throw error
      }
    }
  }
