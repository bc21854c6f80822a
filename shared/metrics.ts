import { monitorEventLoopDelay } from 'node:perf_hooks'
import Counter from 'prom-client/lib/counter'
import Gauge from 'prom-client/lib/gauge'
import Histogram from 'prom-client/lib/histogram'
import Registry from 'prom-client/lib/registry'
import type { Backlog } from './outbox'
import type { ServiceName } from './platform'
import type { PoolState } from './sql/pool'

const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** A service's own registry with the instruments that every service has; several services may live in one process. */
export const createMetrics = (service: ServiceName) => {
  const registry = new Registry()
  registry.setDefaultLabels({ service })
  const registers = [registry]

  const counter = (name: string, help: string, labelNames: string[] = []) => new Counter({ name, help, labelNames, registers })
  /** A value that is looked up when somebody asks for it. */
  const gauge = (name: string, help: string, labelNames: string[] = [], collect?: (gauge: Gauge) => void | Promise<void>) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      ...(collect && {
        collect() {
          return collect(this)
        },
      }),
    })
  const histogram = (name: string, help: string, labelNames: string[]) => new Histogram({ name, help, labelNames, buckets, registers })

  const requests = histogram('http_request_duration_seconds', 'Requests answered, by route template', ['method', 'route', 'status'])
  const calls = histogram('http_client_duration_seconds', 'Calls of other services, by outcome', ['callee', 'outcome'])
  const handled = counter('events_handled_total', 'Messages whose handler succeeded', ['type'])
  const retried = counter('events_retried_total', 'Messages sent to a delay after their handler failed', ['type'])
  const deadLettered = counter('events_dead_lettered_total', 'Messages given up', ['type'])
  const breakers = gauge('breakers_open', 'Instances of another service that are not called for now', ['callee'])

  /** Label sets repeat: an instrument bound to its labels is made once. Bounded, since a method is the client's word. */
  const bound = (instrument: Histogram, labels: readonly string[], limit = 2000) => {
    const known = new Map<string, { observe(seconds: number): void }>()
    return (values: string[], seconds: number) => {
      const key = values.join(' ')
      let child = known.get(key)
      if (!child) {
        if (known.size >= limit) return
        child = instrument.labels(Object.fromEntries(labels.map((label, index) => [label, values[index]!])))
        known.set(key, child)
      }
      child.observe(seconds)
    }
  }
  const observeRequest = bound(requests, ['method', 'route', 'status'])
  const observeCall = bound(calls, ['callee', 'outcome'])

  // Ten looks a second: enough to see a loop that is held up, too few to keep an idle process busy.
  const lag = monitorEventLoopDelay({ resolution: 100 })
  lag.enable()
  gauge('event_loop_lag_seconds', 'How late the event loop was since the last look', ['quantile'], gauge => {
    const seconds = (nanoseconds: number) => (Number.isFinite(nanoseconds) ? nanoseconds / 1e9 : 0)
    gauge.set({ quantile: '0.5' }, seconds(lag.percentile(50)))
    gauge.set({ quantile: '0.99' }, seconds(lag.percentile(99)))
    gauge.set({ quantile: '1' }, seconds(lag.max))
    lag.reset()
  })
  gauge('process_resident_memory_bytes', 'Resident memory', [], gauge => gauge.set(process.memoryUsage.rss()))
  gauge('process_start_time_seconds', 'Start of the process').set(Math.round(Date.now() / 1000 - process.uptime()))
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time, user and system',
    registers,
    collect() {
      const { user, system } = process.cpuUsage()
      this.reset()
      this.inc((user + system) / 1e6)
    },
  })

  return {
    counter,
    gauge,
    request: ({ method, route, status, seconds }: { method: string; route: string; status: number; seconds: number }) =>
      observeRequest([method, route, String(status)], seconds),
    call: (callee: ServiceName, outcome: string, seconds: number) => observeCall([callee, outcome], seconds),
    handled: (type: string) => handled.inc({ type }),
    retried: (type: string) => retried.inc({ type }),
    deadLettered: (type: string) => deadLettered.inc({ type }),
    breakersOpen: (callee: ServiceName, count: number) => breakers.set({ callee }, count),

    /** What waits to be published, and for how long. A store that is down leaves the last figures, and the other metrics, standing. */
    outbox(look: () => Promise<Backlog>) {
      let pending: Promise<Backlog | undefined> | undefined
      const lookOnce = () => {
        pending ??= look()
          .catch(() => undefined)
          .finally(() => {
            pending = undefined
          })
        return pending
      }
      gauge('outbox_waiting', 'Messages not yet published', [], async waiting => {
        const backlog = await lookOnce()
        if (backlog) waiting.set(backlog.count)
      })
      gauge('outbox_oldest_age_seconds', 'Age of the oldest message not yet published', [], async age => {
        const backlog = await lookOnce()
        if (backlog) age.set(backlog.oldest ? Math.max(0, (Date.now() - backlog.oldest.getTime()) / 1000) : 0)
      })
    },
    pool(store: string, look: () => PoolState) {
      gauge('pool_connections', 'Connections of a store by state', ['store', 'state'], connections => {
        const { size, inUse, waiting } = look()
        connections.set({ store, state: 'open' }, size)
        connections.set({ store, state: 'in_use' }, inUse)
        connections.set({ store, state: 'awaited' }, waiting)
      })
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
    close: () => lag.disable(),
  }
}
export type Metrics = ReturnType<typeof createMetrics>
