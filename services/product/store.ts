import { type IndexDescription, MongoError, type ObjectId } from 'mongodb'
import { toMajor } from '#shared/money'
import { isDuplicate, type Mongo } from '#shared/mongo'
import { type Product, skusOf, skuTaken, stockOf } from './domain'

/** A product at rest: itself, and what lists are filtered and ordered by. */
export interface ProductRow extends Product {
  _id: ObjectId
  category_id: ObjectId
  stock: number
  /** Every SKU it ever had: orders and stock movements name them for good. */
  skus: string[]
  /** Where a shopper finds it; changes only when stock runs out or comes back, so that orders seldom touch an index. */
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
  /** Active products directly in it. Every product that comes or goes writes it, and so meets a rename or removal of the category. */
  products: number
  /** Its products do not all show the new name yet. */
  renamed?: boolean
}

export const rowOf = (
  _id: ObjectId,
  product: Product,
  category: Pick<CategoryRow, '_id' | 'name'>,
  earlierSkus: string[] = [],
): ProductRow => {
  const stock = stockOf(product)
  return {
    ...product,
    _id,
    category: category.name,
    category_id: category._id,
    stock,
    skus: [...new Set([...earlierSkus, ...skusOf(product)])],
    shelf: product.status === 'archived' ? 'archived' : stock > 0 ? 'in_stock' : 'sold_out',
    shown_price: toMajor(product.price, product.currency),
    name_key: product.name.toLowerCase(),
  }
}

const listed = (name: string, prefix: Record<string, 1>): IndexDescription[] =>
  ['shown_price', 'name_key', 'created_at'].map(key => ({ name: `${name}_${key}`, key: { shelf: 1, ...prefix, [key]: 1, _id: 1 } }))

export const indexes: Record<string, IndexDescription[]> = {
  products: [
    { name: 'skus', key: { skus: 1 }, unique: true },
    { name: 'category_names', key: { category_id: 1, category: 1 } },
    ...listed('all', {}),
    ...listed('category', { category_id: 1 }),
    ...listed('tag', { tags: 1 }),
  ],
  categories: [
    { name: 'category_key', key: { key: 1 }, unique: true },
    { name: 'category_slug', key: { slug: 1 }, unique: true },
    { name: 'parent', key: { parent_id: 1 } },
    { name: 'renamed', key: { renamed: 1 }, sparse: true },
  ],
}

export const productsOf = (mongo: Mongo) => mongo.collection<ProductRow>('products')
export const categoriesOf = (mongo: Mongo) => mongo.collection<CategoryRow>('categories')
/** What must happen one at a time, or once, writes its mark in the same transaction. */
export const marksOf = (mongo: Mongo) => mongo.collection<{ _id: 'category-tree' | 'demo-catalog'; changes: number }>('marks')

const brokenIndex = (error: unknown) =>
  error instanceof MongoError && isDuplicate(error) ? /index: (\w+)/.exec(error.message)?.[1] : undefined
export const isSlugTaken = (error: unknown) => brokenIndex(error) === 'category_slug'
export const isCategoryTaken = (error: unknown) => brokenIndex(error) === 'category_key'

/** A transaction in the shop's words. A category that another has made meanwhile is there on the next look. */
export const changing =
  (mongo: Mongo): Mongo['transaction'] =>
  async work => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await mongo.transaction(work)
      } catch (error) {
        const index = brokenIndex(error)
        if (index === 'skus') throw skuTaken()
        if (index === undefined || attempt === 5) throw error
      }
    }
  }

/** Lets work on one thing follow each other here, where side by side they would only make each other begin again. */
export const turns = () => {
  const last = new Map<string, Promise<unknown>>()
  return async <T>(thing: string, work: () => Promise<T>): Promise<T> => {
    const mine = (last.get(thing) ?? Promise.resolve()).then(work, work)
    last.set(thing, mine)
    try {
      return await mine
    } finally {
      if (last.get(thing) === mine) last.delete(thing)
    }
  }
}
