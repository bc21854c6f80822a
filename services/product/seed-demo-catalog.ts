import { ObjectId } from 'mongodb'
import { isDuplicate, type Mongo } from '#shared/mongo'
import { standardClass } from '#shared/tax-class'
import { addProductsToCategory } from './categories'
import { categoriesOf, marksOf, type ProductRow, productsOf, rowOf } from './database'
import { demoCatalog, demoTaxClasses } from './demo-catalog'
import { newProduct } from './domain'
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
      for (const [name, products] of Map.groupBy(demoCatalog, ({ category }) => category)) {
        const category = await addProductsToCategory(mongo, session, name, products.length)
        const { [name]: tax_class = category.category_tax_class } = demoTaxClasses
        if (tax_class !== standardClass) await categoriesOf(mongo).updateOne({ _id: category._id }, { $set: { tax_class } }, { session })
        const placed = { ...category, category_tax_class: tax_class }
        rows.push(...products.map(({ id, ...input }) => rowOf(new ObjectId(id), newProduct(input, now), placed)))
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
