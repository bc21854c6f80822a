import Counter from 'prom-client/lib/counter'
import Gauge from 'prom-client/lib/gauge'
import Histogram from 'prom-client/lib/histogram'
import Registry from 'prom-client/lib/registry'
import type { ServiceName } from '../platform'

const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

const collecting = <I>(collect?: (instrument: I) => void | Promise<void>) =>
  collect && {
    collect(this: I) {
      return collect(this)
    },
  }

/** Makes the instruments of one service, in a registry of its own. With `collect`, a value is read when the metrics are. */
export const createInstruments = (service: ServiceName) => {
  const registry = new Registry()
  registry.setDefaultLabels({ service })
  const registers = [registry]
  const counter = (name: string, help: string, labelNames: string[] = [], collect?: (counter: Counter) => void) =>
    new Counter({
      name,
      help,
      labelNames,
      registers,
      ...collecting(collect),
    })
  const gauge = (name: string, help: string, labelNames: string[] = [], collect?: (gauge: Gauge) => void | Promise<void>) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      ...collecting(collect),
    })
  const histogram = (name: string, help: string, labelNames: string[]) => new Histogram({ name, help, labelNames, buckets, registers })
  return { registry, counter, gauge, histogram }
}
export type Instruments = ReturnType<typeof createInstruments>

/** Keeps the child of an instrument for each set of labels, since they repeat. Bounded, because clients choose the method. */
export const withLabels = (instrument: Histogram, limit = 2000) => {
  const children = new Map<string, { observe(seconds: number): void }>()
  return (labels: Record<string, string>, seconds: number) => {
    const key = Object.values(labels).join(' ')
    let child = children.get(key)
    if (!child) {
      if (children.size >= limit) return
      child = instrument.labels(labels)
      children.set(key, child)
    }
    child.observe(seconds)
  }
}
