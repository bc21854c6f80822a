import type { Review } from './domain'

/** What is counted of a product's published reviews. All of it is whole numbers, so that nothing drifts. */
export interface Tally {
  count: number
  sum: number
  /** By stars; a number that never occurred is absent. */
  histogram: Partial<Record<string, number>>
}
export const emptyTally: Tally = { count: 0, sum: 0, histogram: {} }

type Counted = Pick<Review, 'status' | 'rating'>
const countedRating = (review: Counted | undefined) => (review?.status === 'published' ? review.rating : undefined)

/** What a tally changes by when a review becomes another, appears or goes; undefined when it stays. */
export const tallyChange = (before: Counted | undefined, after: Counted | undefined): Tally | undefined => {
  const [from, to] = [countedRating(before), countedRating(after)]
  if (from === to) return undefined
  return {
    count: Number(to !== undefined) - Number(from !== undefined),
    sum: (to ?? 0) - (from ?? 0),
    histogram: { ...(from !== undefined && { [from]: -1 }), ...(to !== undefined && { [to]: 1 }) },
  }
}

/** To so many reviews of the shop's average the reviews of a product are added, so that one review of five stars does not beat a hundred. */
export const priorReviews = 8
/** The shop's mean before its first review: the middle of the stars. */
const middle = { count: 1, sum: 3 }

const rounded = (numerator: number, denominator: number, digits: number): number => {
  const scale = 10 ** digits
  return Math.round((numerator * scale) / denominator) / scale
}

export interface Summary {
  average: number
  count: number
  histogram: Record<'1' | '2' | '3' | '4' | '5', number>
  score: number
}

export const summaryOf = ({ count, sum, histogram }: Tally, shop: Pick<Tally, 'count' | 'sum'>): Summary => {
  const prior = shop.count > 0 ? shop : middle
  const of = (stars: string) => histogram[stars] ?? 0
  return {
    average: count === 0 ? 0 : rounded(sum, count, 2),
    count,
    histogram: { '1': of('1'), '2': of('2'), '3': of('3'), '4': of('4'), '5': of('5') },
    // (C · m + sum) / (C + n) with m = prior.sum / prior.count, divided once.
    score: rounded(priorReviews * prior.sum + sum * prior.count, prior.count * (priorReviews + count), 4),
  }
}
