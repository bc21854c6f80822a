import type { Message } from '#shared/event'
import type { Mongo } from '#shared/mongo'
import { purchasesIn, reviewsIn, rowOf } from './database'
import type { People } from './people'

interface Delivered {
  user_id: number
  items: readonly { product_id: string }[]
}

/**
 * Who got a product delivered has purchased it: a review that is there already becomes verified, and one that comes later finds the purchase.
 * Both write the person, so that neither misses the other.
 */
export const recordDelivery =
  ({ mongo, people }: { mongo: Mongo; people: People }) =>
  async (message: Message, { user_id, items }: Delivered): Promise<void> => {
    const at = new Date(message.time)
    await mongo.once(message, async session => {
      if (!(await people.noteAct(session, user_id, at))) return
      const products = [...new Set(items.map(({ product_id }) => product_id))]
      const delivered = products.map(product_id => ({
        updateOne: { filter: { user_id, product_id }, update: { $min: { delivered_at: at } }, upsert: true },
      }))
      await purchasesIn(mongo).bulkWrite(delivered, { session })
      const unverified = { user_id, product_id: { $in: products }, verified_purchase: false }
      for (const row of await reviewsIn(mongo).find(unverified, { session }).toArray()) {
        const verified = rowOf({ ...row, verified_purchase: true, version: row.version + 1 })
        await reviewsIn(mongo).replaceOne({ _id: row._id }, verified, { session })
      }
    })
  }
export type RecordDelivery = ReturnType<typeof recordDelivery>
