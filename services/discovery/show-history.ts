import { minute } from '#shared/time'
import { historyOf } from './domain-history'
import type { MetricSamples } from './metric-samples'

interface Deps {
  samples: Pick<MetricSamples, 'since' | 'watch'>
  clock: () => Date
}

/** The figures of the last minutes, until now. */
export const showHistory =
  ({ samples, clock }: Deps) =>
  async ({ minutes, points }: { minutes: number; points: number }) => {
    const to = clock().getTime()
    const from = to - minutes * minute
    await samples.watch()
    return historyOf(await samples.since(from), { from, to, points })
  }
