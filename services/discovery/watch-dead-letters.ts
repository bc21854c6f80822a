import type { DeadLetters } from '#shared/bus'
import type { Metrics } from '#shared/metrics'

interface Deps {
  deadLetters: Pick<DeadLetters, 'counts'>
  metrics: Pick<Metrics, 'gauge'>
}

/**
 * Counts the dead letters where they lie. Services count those that they give up themselves, but the broker tells nobody of a message that
 * it gave up. While the broker does not answer, the last figures stay.
 */
export const watchDeadLetters = ({ deadLetters, metrics }: Deps) => {
  const waiting = metrics.gauge('dead_letters', 'Messages that were given up and are neither replayed nor removed', ['queue'])
  return async () => {
    for (const [queue, count] of await deadLetters.counts()) waiting.set({ queue }, count)
  }
}
