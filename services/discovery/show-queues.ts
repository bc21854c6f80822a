import type { Bus } from '#shared/bus'
import { second } from '#shared/time'
import { queueRates } from './domain-queues'
import type { MetricSamples } from './metric-samples'

interface Deps {
  queues: Bus['queues']
  samples: Pick<MetricSamples, 'last' | 'watch'>
  clock: () => Date
}

/** An answer is given again for so long, since it takes a connection and a question for each queue. */
const freshMs = 2 * second

/** Every queue with its length and how fast it is emptied. Callers that ask at the same time share one answer. */
export const showQueues = ({ queues, samples, clock }: Deps) => {
  const ask = async () => {
    const [found, sample] = await Promise.all([queues(), samples.last().catch(() => undefined), samples.watch().catch(() => undefined)])
    return { checkedAt: clock(), queues: queueRates(found, sample?.handled ?? {}) }
  }
  let known: { at: number; answer: ReturnType<typeof ask> } | undefined
  return () => {
    const now = clock().getTime()
    if (known && now - known.at < freshMs) return known.answer
    const asked = { at: now, answer: ask() }
    known = asked
    asked.answer.catch(() => {
      if (known === asked) known = undefined
    })
    return asked.answer
  }
}
