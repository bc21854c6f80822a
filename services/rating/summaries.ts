import type { ClientSession } from 'mongodb'
import { ratingSummaryUpdated } from '#shared/catalog'
import type { Publish } from '#shared/event'
import type { Mongo } from '#shared/mongo'
import { maxReadMs, summariesIn, totalsIn } from './database'
import type { Review } from './domain'
import { emptyTally, type Summary, summaryOf, tallyChange } from './domain-summary'

/** Enough that two products seldom share one, and few enough to be read with every summary. */
const parts = 32
export const partOf = (productId: string): number => Bun.hash.crc32(productId) % parts

const sumOf = (rows: readonly { count: number; sum: number }[]) =>
  rows.reduce((total, { count, sum }) => ({ count: total.count + count, sum: total.sum + sum }), { count: 0, sum: 0 })

/** What the ratings of a product, and of the shop, add up to. Both change in the transaction of the review, by whole numbers. */
export const summaryRepository = (mongo: Mongo) => {
  const summaries = summariesIn(mongo)
  const totals = totalsIn(mongo)

  return {
    async of(productId: string): Promise<Summary> {
      const [tally, shop] = await Promise.all([
        summaries.findOne({ _id: productId }, { maxTimeMS: maxReadMs }),
        totals.find({}, { maxTimeMS: maxReadMs }).toArray(),
      ])
      return summaryOf(tally ?? emptyTally, sumOf(shop))
    },

    /** A review of the product became another, appeared or went. */
    async move(
      session: ClientSession,
      publish: Publish,
      productId: string,
      { before, after }: { before?: Review | undefined; after?: Review | undefined },
    ): Promise<void> {
      const change = tallyChange(before, after)
      if (!change) return
      const { count, sum, histogram } = change
      const stars = Object.fromEntries(Object.entries(histogram).map(([rating, by]) => [`histogram.${rating}`, by]))
      const row = await summaries.findOneAndUpdate(
        { _id: productId },
        { $inc: { count, sum, version: 1, ...stars }, $set: { updated_at: new Date() } },
        { upsert: true, returnDocument: 'after', session },
      )
      if (!row) throw new Error('an upsert returned no document')
      await totals.updateOne({ _id: partOf(productId) }, { $inc: { count, sum } }, { upsert: true, session })
      // The score is that of this moment: it moves a little with the mean of the shop, of which no event tells.
      const { average, count: reviews, score } = summaryOf(row, sumOf(await totals.find({}, { session }).toArray()))
      publish(ratingSummaryUpdated({ id: productId, version: row.version }, { product_id: productId, average, count: reviews, score }))
    },
  }
}
export type Summaries = ReturnType<typeof summaryRepository>
