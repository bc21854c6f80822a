import type { ObjectId } from 'mongodb'
import { isDuplicate, type Mongo } from '#shared/mongo'
import type { TaxClass } from '#shared/tax-class'
import { placeCategory, withDescendants } from './category-place'
import { type CategoryRow, categoriesOf, marksOf, productsOf } from './database'

const batchSize = 500

/** Earlier releases taxed goods by the names of these categories. */
const classesByName: readonly (readonly [TaxClass, readonly string[]])[] = [
  ['books', ['books']],
  ['food', ['food', 'groceries']],
  ['newspapers', ['newspapers', 'magazines']],
  ['medicine', ['medicine']],
  ['baby', ['baby food']],
  ['water', ['water']],
]

/** Gives what an earlier release stored the fields that this one reads. It publishes nothing, because only what is derived is added. */
export const upgradeCatalog = (mongo: Mongo) => {
  const products = productsOf(mongo)
  const categories = categoriesOf(mongo)

  /** Once, because an administrator may remove a class again. */
  const classifyCategories = async () => {
    const marks = marksOf(mongo)
    if (await marks.findOne({ _id: 'tax-classes' })) return
    await mongo
      .transaction(async session => {
        await marks.insertOne({ _id: 'tax-classes', changes: 1 }, { session })
        const rows = await categories.find({}, { session }).toArray()
        for (const [tax_class, names] of classesByName) {
          const named = rows.filter(row => row.tax_class === undefined && names.includes(row.key))
          const within = named.flatMap(({ _id }) => withDescendants(rows, _id))
          await categories.updateMany({ _id: { $in: named.map(({ _id }) => _id) } }, { $set: { tax_class } }, { session })
          await categories.updateMany({ _id: { $in: within } }, { $set: { outdated: true }, $inc: { version: 1 } }, { session })
        }
      })
      .catch(error => {
        // Another instance was first.
        if (!isDuplicate(error)) throw error
      })
  }

  const placeProducts = async (): Promise<boolean> => {
    const rows = await products
      .find(
        { shelf: { $in: ['in_stock', 'sold_out', 'archived'] }, category_ids: { $exists: false } },
        { projection: { category_id: 1, category: 1 }, hint: 'within_created_at', limit: batchSize },
      )
      .toArray()
    if (rows.length === 0) return false
    const tree = new Map((await categories.find().toArray()).map(row => [row._id.toHexString(), row]))
    const find = (id: ObjectId): CategoryRow | undefined => tree.get(id.toHexString())
    const placed = rows.map(async ({ _id, category_id, category }) => {
      const row = find(category_id) ?? { _id: category_id, name: category, key: '', slug: '', parent_id: null, products: 0 }
      const { _id: _, name: __, ...place } = await placeCategory(row, find)
      return { updateOne: { filter: { _id, category_id, category_ids: { $exists: false } }, update: { $set: place } } }
    })
    await products.bulkWrite(await Promise.all(placed), { ordered: false })
    return rows.length === batchSize
  }

  return async (): Promise<void> => {
    await classifyCategories()
    while (await placeProducts());
  }
}
