import type { Mongo } from '#shared/mongo'
import { placeCategory } from './category-place'
import { catalogTransaction, categoriesOf, productsOf } from './database'
import { updatedEvent } from './repository'

const batchSize = 100

/**
 * Writes what changed about a category (its name, its place in the tree, its tax class) into its products, and publishes each of them, in
 * batches. The category stays marked as outdated until its last batch, so a sweep completes what a crash interrupts.
 */
export const propagateCategoryChanges = (mongo: Mongo) => {
  const products = productsOf(mongo)
  const categories = categoriesOf(mongo)
  const transaction = catalogTransaction(mongo)

  const propagateBatch = () =>
    transaction(async (session, publish) => {
      const row = await categories.findOne({ outdated: true }, { session })
      if (!row) return false
      const { _id: category_id, name: category, ...place } = await placeCategory(row, _id => categories.findOne({ _id }, { session }))
      const rows = await products
        .find(
          { category_id, category_version: { $ne: place.category_version }, shelf: { $ne: 'archived' } },
          { session, limit: batchSize, hint: 'category_versions' },
        )
        .toArray()
      const updated_at = new Date()
      const changed = rows.map(row => ({ ...row, category, ...place, version: row.version + 1, updated_at }))
      if (changed.length > 0)
        await products.bulkWrite(
          changed.map(({ _id, version }) => ({
            updateOne: { filter: { _id }, update: { $set: { category, ...place, version, updated_at } } },
          })),
          { session },
        )
      publish(...changed.map(updatedEvent))
      if (rows.length < batchSize) await categories.updateOne({ _id: category_id }, { $unset: { outdated: '' } }, { session })
      return true
    })

  return async (maxBatches = 10): Promise<void> => {
    if (!(await categories.findOne({ outdated: true }))) return
    for (let done = 0; done < maxBatches && (await propagateBatch()); done++);
  }
}
