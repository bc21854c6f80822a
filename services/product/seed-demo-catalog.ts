import { ObjectId } from 'mongodb'
import { isDuplicate, type Mongo } from '#shared/mongo'
import { addProductsToCategory } from './categories'
import { categoriesOf, marksOf, type ProductRow, productsOf, rowOf } from './database'
import { demoCatalog, demoCategories } from './demo-catalog'
import { categoryKey, newProduct, slugOf } from './domain'
import { createdEvent } from './repository'

/** Stores the whole demo catalog, once, even if several instances start together and whatever happens to its products later. */
export const seedDemoCatalog = (mongo: Mongo) => async (): Promise<boolean> => {
  const marks = marksOf(mongo)
  if (await marks.findOne({ _id: 'demo-catalog' })) return false
  try {
    return await mongo.transaction(async (session, publish) => {
      await marks.insertOne({ _id: 'demo-catalog', changes: 1 }, { session })
      const now = new Date()
      const rows: ProductRow[] = []
      const categories = categoriesOf(mongo)
      for (const [name, { id, tax_class }] of Object.entries(demoCategories)) {
        const key = categoryKey(name)
        const row = { _id: new ObjectId(id), name, key, slug: slugOf(name), parent_id: null, products: 0, ...(tax_class && { tax_class }) }
        if (!(await categories.findOne({ key }, { session }))) await categories.insertOne(row, { session })
      }
      for (const [name, products] of Map.groupBy(demoCatalog, ({ category }) => category)) {
        const category = await addProductsToCategory(mongo, session, name, products.length)
        rows.push(...products.map(({ id, ...input }) => rowOf(new ObjectId(id), newProduct(input, now), category)))
      }
      await productsOf(mongo).insertMany(rows, { session })
      publish(...rows.map(createdEvent))
      return true
    })
  } catch (error) {
    // Another instance was first, or the shop already has products with these SKUs and needs no demo catalog.
    if (isDuplicate(error)) return false
    throw error
  }
}
