import { expect } from 'bun:test'
import fc from 'fast-check'

export interface Scenario {
  /** What the service receives, each by one call, in the order in which it was published. */
  messages: readonly (() => Promise<unknown>)[]
  /** What the service shows after them. */
  outcome: () => Promise<unknown>
}

/** Reversed, each message ten times, every pair swapped, and shuffles in which many messages come twice. */
const wrongOrders = (count: number): number[][] => {
  const published = Array.from({ length: count }, (_, at) => at)
  const swapped = published.flatMap(i => published.slice(i + 1).map(j => published.map(at => (at === i ? j : at === j ? i : at))))
  const tenTimes = published.flatMap(at => Array.from({ length: 10 }, () => at))
  const shuffled = fc
    .tuple(fc.shuffledSubarray(published, { minLength: count }), fc.array(fc.nat(count - 1), { maxLength: count }))
    .map(([all, again]) => [...again, ...all])
  return [published.toReversed(), tenTimes, ...swapped, ...fc.sample(shuffled, { numRuns: 8, seed: 4 })]
}

/** Begins the scenario anew for every wrong order of arrival, and expects the outcome that the right order has, which it returns. */
export const outcomeInAnyOrder = async (begin: () => Promise<Scenario>) => {
  const { messages, outcome } = await begin()
  for (const arrive of messages) await arrive()
  const expected = await outcome()
  const left = wrongOrders(messages.length).values()
  const runInTurn = async () => {
    for (const order of left) {
      const scenario = await begin()
      for (const at of order) await scenario.messages[at]?.()
      expect({ order, outcome: await scenario.outcome() }).toEqual({ order, outcome: expected })
    }
  }
  await Promise.all(Array.from({ length: 4 }, runInTurn))
  return expected
}
