import type { Mongo } from '#shared/mongo'
import { catalogTransaction, categoriesOf, productsOf } from './database'
import { updatedEvent } from './repository'

const batchSize = 100

/**
 * Writes a category's new name into its products, and publishes each of them, in batches. The category stays marked as renamed until
 * its last batch, so a sweep completes what a crash interrupts.
 */
export const propagateCategoryRenames = (mongo: Mongo) => {
  const products = productsOf(mongo)
  const categories = categoriesOf(mongo)
  const transaction = catalogTransaction(mongo)

  const propagateBatch = () =>
    transaction(async (session, publish) => {
      const category = await categories.findOne({ renamed: true }, { session })
      if (!category) return false
      const { _id, name } = category
      const rows = await products
        .find(
          { category_id: _id, category: { $ne: name }, shelf: { $ne: 'archived' } },
          { session, limit: batchSize, hint: 'category_names' },
        )
        .toArray()
      const updated_at = new Date()
      const renamed = rows.map(row => ({ ...row, category: name, version: row.version + 1, updated_at }))
      if (renamed.length > 0)
        await products.bulkWrite(
          renamed.map(({ _id, category, version }) => ({
            updateOne: { filter: { _id }, update: { $set: { category, version, updated_at } } },
          })),
          { session },
        )
      publish(...renamed.map(updatedEvent))
      if (rows.length < batchSize) await categories.updateOne({ _id }, { $unset: { renamed: '' } }, { session })
      return true
    })

  return async (maxBatches = 10): Promise<void> => {
    if (!(await categories.findOne({ renamed: true }))) return
    for (let done = 0; done < maxBatches && (await propagateBatch()); done++);
  }
}
