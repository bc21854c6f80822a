import type { Redis } from '#shared/redis'
import { hour, minute, second } from '#shared/time'
import { type Point, pointOf } from './domain-history'
import type { Figures, Reading } from './domain-metrics'
import sampleDue from './sample-due.lua' with { type: 'text' }

/** The last sample. The figures are missing until there are two readings of an instance. */
export interface Sample {
  at: number
  readings: Record<string, Reading>
  instances: Record<string, Figures>
  services: Record<string, Figures>
  /** The messages that each service handles in a second, by type. */
  handled: Record<string, Record<string, number>>
}
export interface HistoryRow {
  at: number
  services: Record<string, Point>
}

/** How often a sample is taken while somebody watches the control room, and otherwise. */
export const sampling = { watchedMs: 5 * second, unwatchedMs: 30 * second }
const keptMs = hour
/** An hour of samples while somebody watches, and some room. */
const mostRows = 1000

/** The samples of all instances of discovery: whichever takes one leaves it to the others, and so they outlive a restart. */
export const metricSamples = ({ client, key, script }: Pick<Redis, 'client' | 'key' | 'script'>) => {
  const keys = { due: key('sampled'), watched: key('watched'), last: key('sample'), history: key('history') }
  const due = script<number>(sampleDue)

  return {
    /** Whether the caller is to take a sample now. No other instance takes the same one. */
    isDue: async () => (await due([keys.due, keys.watched], [sampling.watchedMs, sampling.unwatchedMs])) === 1,
    /** Somebody watches: for the next minute, samples are taken more often. */
    async watch() {
      await client.set(keys.watched, '1', 'PX', minute)
    },
    async last(): Promise<Sample | undefined> {
      const text = await client.get(keys.last)
      const sample: Sample | undefined = text ? JSON.parse(text) : undefined
      return sample
    },
    async add(sample: Sample) {
      const points = Object.entries(sample.services).map(([service, figures]) => [service, pointOf(figures)])
      const row: HistoryRow = { at: sample.at, services: Object.fromEntries(points) }
      await Promise.all([
        client.set(keys.last, JSON.stringify(sample), 'PX', 10 * minute),
        client.xadd(keys.history, 'MINID', '~', sample.at - keptMs, '*', 'row', JSON.stringify(row)),
        client.pexpire(keys.history, 2 * keptMs),
      ])
    },
    async since(at: number): Promise<HistoryRow[]> {
      const entries = await client.xrange(keys.history, at, '+', 'COUNT', mostRows)
      return entries.map(([, [, text = '']]) => {
        const row: HistoryRow = JSON.parse(text)
        return row
      })
    },
  }
}
export type MetricSamples = ReturnType<typeof metricSamples>
