import type { Filter, ObjectId } from 'mongodb'
import { isDuplicate, type Mongo } from '#shared/mongo'
import type { TaxClass } from '#shared/tax-class'
import { placeCategory, withDescendants } from './category-place'
import { type CategoryRow, categoriesOf, marksOf, type ProductRow, productsOf } from './database'
import { skuKey } from './domain'

const batchSize = 500

type OldRow = Pick<ProductRow, '_id' | 'category_id' | 'category' | 'skus'>

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

  /** The key of a SKU that another product has in another case says whose it is; a new one of either spelling is refused. */
  const ownKeys = (_id: ObjectId, skus: readonly string[]): Promise<string[]> =>
    Promise.all(
      skus.map(async sku => {
        const other = await products.findOne({ _id: { $ne: _id }, sku_keys: skuKey(sku) }, { projection: { _id: 1 } })
        return other ? `${skuKey(sku)} of ${_id.toHexString()}` : skuKey(sku)
      }),
    )

  const upgradeBatch = async (rows: readonly OldRow[]) => {
    const tree = new Map((await categories.find().toArray()).map(row => [row._id.toHexString(), row]))
    const find = (id: ObjectId): CategoryRow | undefined => tree.get(id.toHexString())
    const placeOf = async ({ category_id, category }: OldRow) => {
      const row = find(category_id) ?? { _id: category_id, name: category, key: '', slug: '', parent_id: null, products: 0 }
      const { _id: _, name: __, ...place } = await placeCategory(row, find)
      return place
    }
    const places = await Promise.all(
      rows.map(async row => {
        const filter = { _id: row._id, category_id: row.category_id, category_ids: { $exists: false } }
        return { updateOne: { filter, update: { $set: await placeOf(row) } } }
      }),
    )
    const keys = rows.map(({ _id, skus }) => {
      return {
        updateOne: { filter: { _id, skus, sku_keys: { $exists: false } }, update: { $set: { sku_keys: [...new Set(skus.map(skuKey))] } } },
      }
    })
    await products.bulkWrite(places, { ordered: false })
    await products.bulkWrite(keys, { ordered: false }).catch(async error => {
      if (!isDuplicate(error)) throw error
      for (const { _id, skus } of rows)
        await products.updateOne({ _id, skus, sku_keys: { $exists: false } }, { $set: { sku_keys: await ownKeys(_id, skus) } })
    })
  }

  const upgradeAll = async (find: Filter<ProductRow>, hint?: string) => {
    for (let full = true; full; ) {
      const projection = { category_id: 1, category: 1, skus: 1 }
      const rows = await products.find<OldRow>(find, { projection, limit: batchSize, ...(hint && { hint }) }).toArray()
      if (rows.length > 0) await upgradeBatch(rows)
      full = rows.length === batchSize
    }
  }
  const unplaced: Filter<ProductRow> = { shelf: { $in: ['in_stock', 'sold_out', 'archived'] }, category_ids: { $exists: false } }

  return {
    /** Before the service answers. It reads the whole collection, once. */
    async atStart(): Promise<void> {
      await classifyCategories()
      await upgradeAll({ $or: [{ category_ids: { $exists: false } }, { sku_keys: { $exists: false } }] })
    },
    /** What instances of the earlier release wrote since, by an index. */
    sweep: () => upgradeAll(unplaced, 'within_created_at'),
  }
}
