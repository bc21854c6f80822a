import type { Mongo } from '#shared/mongo'
import { updatedEvent } from './repository'
import { categoriesOf, changing, productsOf } from './store'

const batch = 100

/**
 * Products show their category's name, and others keep it from their events: a rename reaches them in bounded steps,
 * the first at once, the rest by a sweep. The mark goes with the last step, so that a crash in between loses nothing.
 */
export const spreadRenames = (mongo: Mongo) => {
  const products = productsOf(mongo)
  const categories = categoriesOf(mongo)
  const transaction = changing(mongo)

  const step = () =>
    transaction(async (session, publish) => {
      const category = await categories.findOne({ renamed: true }, { session })
      if (!category) return false
      const { _id, name } = category
      const rows = await products
        .find({ category_id: _id, category: { $ne: name }, shelf: { $ne: 'archived' } }, { session, limit: batch, hint: 'category_names' })
        .toArray()
      const updated_at = new Date()
      const next = rows.map(row => ({ ...row, category: name, version: row.version + 1, updated_at }))
      if (next.length > 0)
        await products.bulkWrite(
          next.map(({ _id, category, version }) => ({
            updateOne: { filter: { _id }, update: { $set: { category, version, updated_at } } },
          })),
          { session },
        )
      publish(...next.map(updatedEvent))
      if (rows.length < batch) await categories.updateOne({ _id }, { $unset: { renamed: '' } }, { session })
      return true
    })

  return async (steps = 10): Promise<void> => {
    if (!(await categories.findOne({ renamed: true }))) return
    for (let done = 0; done < steps && (await step()); done++);
  }
}
export type SpreadRenames = ReturnType<typeof spreadRenames>
