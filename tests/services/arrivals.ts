import { expect } from 'bun:test'
import fc from 'fast-check'

export interface Life {
  news: readonly (() => Promise<unknown>)[]
  /** What the service says in the end. */
  end: () => Promise<unknown>
}

/** Every two swapped, each ten times at once and again, and shuffles in which much comes again. */
const arrivals = (count: number): number[][] => {
  const straight = Array.from({ length: count }, (_, at) => at)
  const swaps = straight.flatMap(i => straight.slice(i + 1).map(j => straight.map(at => (at === i ? j : at === j ? i : at))))
  const tenTimes = straight.flatMap(at => Array.from({ length: 10 }, () => at))
  const shuffled = fc
    .tuple(fc.shuffledSubarray(straight, { minLength: count }), fc.array(fc.nat(count - 1), { maxLength: count }))
    .map(([all, again]) => [...again, ...all])
  return [[...straight].reverse(), tenTimes, ...swaps, ...fc.sample(shuffled, { numRuns: 8, seed: 4 })]
}

/** Lives that are told in all these orders end as the one that is told straight, which is answered. */
export const endsAlike = async (live: () => Promise<Life>) => {
  const straight = await live()
  for (const hear of straight.news) await hear()
  const expected = await straight.end()
  const queue = arrivals(straight.news.length).values()
  const lane = async () => {
    for (const arrival of queue) {
      const { news, end } = await live()
      for (const at of arrival) await news[at]?.()
      expect({ arrival, end: await end() }).toEqual({ arrival, end: expected })
    }
  }
  await Promise.all(Array.from({ length: 4 }, lane))
  return expected
}
