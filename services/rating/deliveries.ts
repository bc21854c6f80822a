import type { Message } from '#shared/event'
import type { Mongo } from '#shared/mongo'
import { purchasesIn, reviewsIn, rowOf } from './database'
import type { People } from './people'

interface Delivered {
  user_id: number
  items: readonly { product_id: string }[]
}

interface Ports {
  mongo: Mongo
  people: People
  /** How far apart groups of events begin. */
  groupIntervalMs?: number | undefined
}

/**
 * Who got a product delivered has purchased it: a review that is there already becomes verified, and one that comes later finds the purchase.
 * Both write the person, so that neither misses the other.
 */
export const recordDelivery = ({
  mongo,
  people,
  groupIntervalMs = 0,
}: Ports): ((message: Message, delivered: Delivered) => Promise<void>) =>
  mongo.onceMany<Delivered>(
    async (session, arrivals) => {
      const bought: { user_id: number; product_id: string; at: Date }[] = []
      for (const { message, item } of arrivals) {
        const at = new Date(message.time)
        if (!(await people.noteAct(session, item.user_id, at))) continue
        for (const product_id of new Set(item.items.map(({ product_id }) => product_id)))
          bought.push({ user_id: item.user_id, product_id, at })
      }
      if (bought.length === 0) return
      const delivered = bought.map(({ user_id, product_id, at }) => ({
        updateOne: { filter: { user_id, product_id }, update: { $min: { delivered_at: at } }, upsert: true },
      }))
      await purchasesIn(mongo).bulkWrite(delivered, { session })
      const unverified = { verified_purchase: false, $or: bought.map(({ user_id, product_id }) => ({ user_id, product_id })) }
      for (const row of await reviewsIn(mongo).find(unverified, { session }).toArray()) {
        const verified = rowOf({ ...row, verified_purchase: true, version: row.version + 1 })
        await reviewsIn(mongo).replaceOne({ _id: row._id }, verified, { session })
      }
    },
    { groupIntervalMs },
  )
export type RecordDelivery = ReturnType<typeof recordDelivery>
