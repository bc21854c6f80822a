import { driftOf } from '#shared/drift'
import type { Mongo } from '#shared/mongo'
import { second } from '#shared/time'
import { reviewsIn, summariesIn, totalsIn } from './database'
import { emptyTally, summaryOf, type Tally } from './domain-summary'

const mostProducts = 5000
const maxMs = 5 * second

const sameTally = (a: Tally, b: Tally) =>
  a.count === b.count &&
  a.sum === b.sum &&
  ['1', '2', '3', '4', '5'].every(stars => (a.histogram[stars] ?? 0) === (b.histogram[stars] ?? 0))

/** Compares what is counted with the reviews themselves, both as of one moment. */
export const summaryDrift = (mongo: Mongo) => (since: Date, until: Date) =>
  mongo.transaction(async session => {
    const options = { session, maxTimeMS: maxMs }
    const window = { updated_at: { $gte: since, $lt: until } }
    const changed = await summariesIn(mongo).find(window, options).limit(mostProducts).toArray()
    const written = await reviewsIn(mongo)
      .aggregate<{ _id: string }>([{ $match: window }, { $group: { _id: '$product_id' } }, { $limit: mostProducts }], options)
      .toArray()
    const products = [...new Set([...changed, ...written].map(({ _id }) => _id))].slice(0, mostProducts)
    const kept = new Map(
      (
        await summariesIn(mongo)
          .find({ _id: { $in: products } }, options)
          .toArray()
      ).map(row => [row._id, row]),
    )
    const counted = new Map<string, Tally>()
    const groups = reviewsIn(mongo).aggregate<{ _id: { product: string; rating: number }; count: number }>(
      [
        { $match: { product_id: { $in: products }, status: 'published' } },
        { $group: { _id: { product: '$product_id', rating: '$rating' }, count: { $sum: 1 } } },
      ],
      options,
    )
    for (const { _id, count } of await groups.toArray()) {
      const { count: before, sum, histogram } = counted.get(_id.product) ?? emptyTally
      const tally = { count: before + count, sum: sum + count * _id.rating, histogram: { ...histogram, [_id.rating]: count } }
      counted.set(_id.product, tally)
    }
    const differing = products.filter(id => !sameTally(kept.get(id) ?? emptyTally, counted.get(id) ?? emptyTally))

    const sums = [{ $group: { _id: null, count: { $sum: '$count' }, sum: { $sum: '$sum' } } }]
    const [all] = await summariesIn(mongo).aggregate<{ count: number; sum: number }>(sums, options).toArray()
    const [shop] = await totalsIn(mongo).aggregate<{ count: number; sum: number }>(sums, options).toArray()
    const totalsDiffer = (all?.count ?? 0) !== (shop?.count ?? 0) || (all?.sum ?? 0) !== (shop?.sum ?? 0)

    const shown = products.map(id => {
      const { average, count } = summaryOf(kept.get(id) ?? emptyTally, emptyTally)
      return [id, { average, count }] as const
    })
    return { summaries: driftOf([...differing, ...(totalsDiffer ? ['all products'] : [])]), ratings: Object.fromEntries(shown) }
  })
export type SummaryDrift = ReturnType<typeof summaryDrift>
