import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { emptyTally, priorReviews, summaryOf, type Tally, tallyChange } from './domain-summary'

const add = (tally: Tally, change: Tally | undefined): Tally => {
  if (!change) return tally
  const histogram = { ...tally.histogram }
  for (const [stars, by] of Object.entries(change.histogram)) histogram[stars] = (histogram[stars] ?? 0) + (by ?? 0)
  return { count: tally.count + change.count, sum: tally.sum + change.sum, histogram }
}
const review = fc.record({
  status: fc.constantFrom('published' as const, 'waiting' as const, 'rejected' as const),
  rating: fc.integer({ min: 1, max: 5 }),
})

test('whatever becomes of reviews, the changes add up to those that are published at the end', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.option(review, { nil: undefined }), { maxLength: 6 }), { maxLength: 10 }), lives => {
      let tally = emptyTally
      for (const life of lives) for (const [at, now] of life.entries()) tally = add(tally, tallyChange(life[at - 1], now))
      const ratings = lives.flatMap(life => life.at(-1) ?? []).flatMap(({ status, rating }) => (status === 'published' ? [rating] : []))
      expect(tally.count).toBe(ratings.length)
      expect(tally.sum).toBe(ratings.reduce((sum, rating) => sum + rating, 0))
      for (const stars of [1, 2, 3, 4, 5]) expect(tally.histogram[stars] ?? 0).toBe(ratings.filter(rating => rating === stars).length)
    }),
  )
})

test('nothing changes while a review counts the same', () => {
  expect(tallyChange({ status: 'published', rating: 4 }, { status: 'published', rating: 4 })).toBeUndefined()
  expect(tallyChange({ status: 'waiting', rating: 4 }, { status: 'rejected', rating: 1 })).toBeUndefined()
  expect(tallyChange(undefined, { status: 'waiting', rating: 4 })).toBeUndefined()
})

test('the score lies between the average of the product and that of the shop, nearer to the product’s with each review', () => {
  const shop = { count: 1000, sum: 4200 }
  const rated = (count: number) => summaryOf({ count, sum: count * 5, histogram: { 5: count } }, shop)
  expect(summaryOf(emptyTally, shop)).toEqual({ average: 0, count: 0, histogram: { '1': 0, '2': 0, '3': 0, '4': 0, '5': 0 }, score: 4.2 })
  expect(rated(priorReviews).score).toBe(4.6)
  for (const count of [1, 10, 100]) expect(rated(count + 1).score).toBeGreaterThan(rated(count).score)
  expect(summaryOf({ count: 3, sum: 14, histogram: {} }, shop).average).toBe(4.67)
})
