import { type AnyBulkWriteOperation, ObjectId } from 'mongodb'
import type { Mongo } from '#shared/mongo'
import { newestOf } from '#shared/newest'
import { type ProductRow, productsOf } from './database'
import type { ShownRating } from './domain'

interface Level {
  sku: string
  available: number
  version: number
}
/** What inventory or rating say of a product, for its pages to show. */
export type News = { productId: string } & ({ level: Level } | { rating: ShownRating })
type Update = AnyBulkWriteOperation<ProductRow>

/** Takes over a SKU's stock level unless a newer one is known. It is one conditional update, so events may arrive late or twice. */
const updateLevel = (_id: ObjectId, level: Level): Update => {
  const { sku, version } = level
  const sellable = { $cond: [{ $eq: ['$variants', []] }, ['$sku'], '$variants.sku'] }
  const counted = { $filter: { input: '$levels', cond: { $in: ['$$this.sku', sellable] } } }
  const others = { $filter: { input: '$levels', cond: { $ne: ['$$this.sku', { $literal: sku }] } } }
  const shelf = { $cond: [{ $eq: ['$status', 'archived'] }, 'archived', { $cond: [{ $gt: ['$stock', 0] }, 'in_stock', 'sold_out'] }] }
  return {
    updateOne: {
      filter: { _id, levels: { $not: { $elemMatch: { sku, version: { $gte: version } } } } },
      update: [
        { $set: { levels: { $concatArrays: [others, [{ $literal: level }]] } } },
        { $set: { stock: { $sum: { $map: { input: counted, in: '$$this.available' } } } } },
        { $set: { shelf } },
      ],
    },
  }
}

/** Takes over a rating unless a newer one is known. Like the stock it changes the tag of the product and not its version. */
const updateRating = (_id: ObjectId, rating: ShownRating): Update => ({
  updateOne: { filter: { _id, 'rating.version': { $not: { $gte: rating.version } } }, update: { $set: { rating } } },
})

/** Nobody waits for what is learnt, so the news of some time are one write, with the newest of each SKU and rating. */
export const learn = (mongo: Mongo, groupIntervalMs: number) => {
  const products = productsOf(mongo)
  return mongo.many<News>(
    async all => {
      const updates = newestOf(all, { keyOf, versionOf }).map(news => {
        const id = new ObjectId(news.productId)
        return 'level' in news ? updateLevel(id, news.level) : updateRating(id, news.rating)
      })
      await products.bulkWrite(updates, { ordered: false })
    },
    { groupIntervalMs },
  )
}
const keyOf = (news: News) => `${news.productId} ${'level' in news ? `of ${news.level.sku}` : 'rating'}`
const versionOf = (news: News) => ('level' in news ? news.level.version : news.rating.version)
