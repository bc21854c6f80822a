import { second } from '#shared/time'
import type { Figures } from './domain-metrics'

const measures = ['requests', 'errors', 'p50_ms', 'p99_ms', 'cpu', 'memory_bytes', 'handled', 'failed', 'outbox'] as const
type Measure = (typeof measures)[number]
/** The figures of a service at one moment, in the order of `measures`: a row without names is a sixth as large. */
export type Point = (number | null)[]
type Series = Record<Measure, (number | null)[]>

/** Four digits are enough for a plot. */
const short = (value: number) => Number(value.toPrecision(4))

export const pointOf = (figures: Figures): Point => {
  const failed = figures.retried + figures.dead_lettered
  return measures.map(measure => {
    const value = measure === 'failed' ? failed : figures[measure]
    return value === null ? null : short(value)
  })
}

/** Of these the worst of a step is shown, of the others the mean. */
const worst = new Set<Measure>(['p99_ms', 'outbox'])

const joined = (measure: Measure, values: readonly (number | null | undefined)[]): number | null => {
  const known = values.filter(value => value !== null && value !== undefined)
  if (known.length === 0) return null
  return worst.has(measure) ? Math.max(...known) : known.reduce((sum, value) => sum + value, 0) / known.length
}

interface Row {
  at: number
  services: Record<string, Point>
}

/** The samples between two times as series for a plot, in steps of equal length. A step without a sample is null: it is a gap, not a zero. */
export const historyOf = (rows: readonly Row[], { from, to, points }: { from: number; to: number; points: number }) => {
  const step = (to - from) / points
  const services = [...new Set(rows.flatMap(row => Object.keys(row.services)))].sort()
  const steps = Array.from({ length: points }, (_, index) =>
    rows.filter(({ at }) => at > from + index * step && at <= from + (index + 1) * step),
  )
  const seriesOf = (service: string): Series => {
    const series = (measure: Measure) => {
      const place = measures.indexOf(measure)
      return steps.map(inStep =>
        joined(
          measure,
          inStep.map(row => row.services[service]?.[place]),
        ),
      )
    }
    return {
      requests: series('requests'),
      errors: series('errors'),
      p50_ms: series('p50_ms'),
      p99_ms: series('p99_ms'),
      cpu: series('cpu'),
      memory_bytes: series('memory_bytes'),
      handled: series('handled'),
      failed: series('failed'),
      outbox: series('outbox'),
    }
  }
  return {
    /** The end of each step, in seconds of Unix time. */
    times: steps.map((_, index) => Math.round((from + (index + 1) * step) / second)),
    services: Object.fromEntries(services.map(service => [service, seriesOf(service)])),
  }
}
