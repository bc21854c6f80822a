import { type ClientSession, ObjectId } from 'mongodb'
import { batchingLoader } from '#shared/batching-loader'
import { productCreated, productDeleted, productUpdated } from '#shared/catalog'
import { notFound } from '#shared/errors'
import { keyedMutex } from '#shared/keyed-mutex'
import type { Mongo } from '#shared/mongo'
import type { Page } from '#shared/page'
import { addProductsToCategory, type Categories, removeProductsFromCategory, returnProductToCategory } from './categories'
import type { PlacedCategory } from './category-place'
import { catalogTransaction, havingSkus, maxReadMs, type ProductRow, productsOf, rowOf } from './database'
import { archiveProduct, availableStock, categoryKey, type Product, sellableSkus } from './domain'
import { hiddenFields, type ListQuery, listPlan, productLists } from './list'
import { type PricedProduct, pricedFields, productView } from './model'

const aggregateOf = (row: ProductRow) => ({ id: row._id.toHexString(), version: row.version })

export const createdEvent = (row: ProductRow) =>
  productCreated(aggregateOf(row), {
    ...productView(row),
    opening_stock: sellableSkus(row).map(sku => ({ sku, quantity: availableStock(row, sku) })),
  })
export const updatedEvent = (row: ProductRow) => productUpdated(aggregateOf(row), productView(row))

export const productRepository = (mongo: Mongo, categories: Categories) => {
  const products = productsOf(mongo)
  const transaction = catalogTransaction(mongo)
  const lists = productLists(mongo)
  /** By category, because adding or archiving a product writes the category's count. */
  const inTurn = keyedMutex()

  const read = async (ids: readonly string[]): Promise<ProductRow[]> =>
    products.find({ _id: { $in: ids.map(id => new ObjectId(id)) } }, { projection: hiddenFields, maxTimeMS: maxReadMs }).toArray()
  const readOne = batchingLoader(async ids => new Map((await read(ids)).map(row => [row._id.toHexString(), row])))

  const repository = {
    /** Finds archived products too, because orders still refer to them. */
    async byId(id: string): Promise<ProductRow> {
      const row = await readOne(id)
      if (!row) throw notFound('product')
      return row
    },

    async bySku(sku: string): Promise<ProductRow> {
      const { skus: _, ...hidden } = hiddenFields
      const rows = await products.find(havingSkus([sku]), { projection: hidden, maxTimeMS: maxReadMs }).toArray()
      const row = rows.find(({ skus }) => skus.includes(sku)) ?? rows[0]
      if (!row) throw notFound('product')
      return row
    },

    byIds: read,

    pricesOf: (ids: readonly string[]) =>
      products
        .find({ _id: { $in: ids.map(id => new ObjectId(id)) } })
        .project<PricedProduct>(pricedFields)
        .maxTimeMS(maxReadMs)
        .toArray(),

    /** Everything in the order of ids, a page at a time. */
    catalogAfter: (after: string | undefined, limit: number): Promise<ProductRow[]> =>
      products
        .find(after === undefined ? {} : { _id: { $gt: new ObjectId(after) } }, {
          sort: { _id: 1 },
          limit,
          projection: hiddenFields,
          maxTimeMS: maxReadMs,
        })
        .toArray(),

    countActive: (): Promise<number> =>
      products.countDocuments({ shelf: { $in: ['in_stock', 'sold_out'] } }, { hint: 'all_created_at', maxTimeMS: maxReadMs }),

    /** The stock that is shown for each SKU; a SKU that no product ever had is left out. */
    async shownStock(skus: readonly string[]): Promise<Record<string, number>> {
      const requested = new Set(skus)
      const rows = await products.find({ skus: { $in: [...skus] } }, { projection: { levels: 1 }, maxTimeMS: maxReadMs }).toArray()
      return Object.fromEntries(
        rows.flatMap(row => row.levels.flatMap(({ sku, available }) => (requested.has(sku) ? [[sku, available]] : []))),
      )
    },

    async list(query: ListQuery): Promise<Page<ProductRow>> {
      if (query.category === undefined) return lists.page(listPlan(query))
      const category = await categories.idOf(query.category)
      return category ? lists.page(listPlan(query, category)) : { items: [], total: 0 }
    },

    async add(product: Product, stored: (session: ClientSession, row: ProductRow) => Promise<void> = async () => {}): Promise<ProductRow> {
      const _id = new ObjectId()
      return inTurn(categoryKey(product.category), () =>
        transaction(async (session, publish) => {
          const row = rowOf(_id, product, await addProductsToCategory(mongo, session, product.category))
          await products.insertOne(row, { session })
          publish(createdEvent(row))
          await stored(session, row)
          return row
        }),
      ).finally(categories.forget)
    },

    /** Archiving an archived product changes nothing. */
    async archive(id: string, check: (product: ProductRow) => void): Promise<void> {
      const { category } = await repository.byId(id)
      await inTurn(categoryKey(category), () =>
        repository.change(id, product => {
          check(product)
          return product.status === 'archived' ? product : archiveProduct(product, new Date())
        }),
      )
    },

    /** `decide` runs again if another change came first. Returning the same product changes nothing. */
    async change(id: string, decide: (product: ProductRow) => Product): Promise<ProductRow> {
      const _id = new ObjectId(id)
      return transaction(async (session, publish) => {
        const before = await products.findOne({ _id }, { session })
        if (!before) throw notFound('product')
        const product = decide(before)
        if (product === before) return before
        const category = await moveCategory(mongo, session, before, product)
        const row = rowOf(_id, product, category, before)
        await products.replaceOne({ _id }, row, { session })
        publish(
          row.status === 'archived' ? productDeleted(aggregateOf(row), { product_id: id, skus: sellableSkus(row) }) : updatedEvent(row),
        )
        return row
      }).finally(categories.forget)
    },

    /** The ratings that are shown; a product without one is left out. */
    async shownRatings(ids: readonly string[]): Promise<Record<string, { average: number; count: number }>> {
      const rows = await products
        .find({ _id: { $in: ids.map(id => new ObjectId(id)) } }, { projection: { rating: 1 }, maxTimeMS: maxReadMs })
        .toArray()
      return Object.fromEntries(
        rows.flatMap(({ _id, rating }) => (rating ? [[_id.toHexString(), { average: rating.average, count: rating.count }]] : [])),
      )
    },
  }
  return repository
}
export type Products = ReturnType<typeof productRepository>

/** The category of the changed product, after updating the counts. An archived product counts in no category. */
export const moveCategory = async (mongo: Mongo, session: ClientSession, before: ProductRow, product: Product): Promise<PlacedCategory> => {
  const here = { ...before, _id: before.category_id, name: before.category }
  const stays = categoryKey(product.category) === categoryKey(before.category)
  if (before.status === 'archived' && product.status === 'active') {
    const known = stays ? await returnProductToCategory(mongo, session, before.category_id) : undefined
    return known ?? addProductsToCategory(mongo, session, product.category)
  }
  const leaves = product.status === 'archived' || !stays
  if (leaves) await removeProductsFromCategory(mongo, session, before.category_id)
  return leaves && product.status === 'active' ? addProductsToCategory(mongo, session, product.category) : here
}
