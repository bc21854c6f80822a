import { monitorEventLoopDelay } from 'node:perf_hooks'
import Counter from 'prom-client/lib/counter'
import Gauge from 'prom-client/lib/gauge'
import Histogram from 'prom-client/lib/histogram'
import Registry from 'prom-client/lib/registry'
import type { Backlog } from './outbox'
import type { ServiceName } from './platform'
import type { PoolState } from './sql/pool'

const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** The metrics that every service has, in a registry of its own: several services may run in one process. */
export const createMetrics = (service: ServiceName) => {
  const registry = new Registry()
  registry.setDefaultLabels({ service })
  const registers = [registry]

  const counter = (name: string, help: string, labelNames: string[] = []) => new Counter({ name, help, labelNames, registers })
  /** With `collect`, the value is read when the metrics are. */
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
  const handling = gauge('events_being_handled', 'Messages that were received and are neither handled nor given back yet')
  handling.set(0)
  const held = gauge('events_held', 'Messages that wait because something that their handler needs is unavailable')
  held.set(0)
  const handled = counter('events_handled_total', 'Messages whose handler succeeded', ['type'])
  const retried = counter('events_retried_total', 'Messages sent to a delay after their handler failed', ['type'])
  const deadLettered = counter('events_dead_lettered_total', 'Messages given up', ['type'])
  const breakers = gauge('breakers_open', 'Instances of another service that are not called at present', ['callee'])

  /** Keeps the child of an instrument for each set of labels, since they repeat. Bounded, because clients choose the method. */
  const withLabels = (instrument: Histogram, limit = 2000) => {
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
  const observeRequest = withLabels(requests)
  const observeCall = withLabels(calls)

  const lag = monitorEventLoopDelay({ resolution: 100 })
  lag.enable()
  gauge('event_loop_lag_seconds', 'How late the event loop was since the last reading', ['quantile'], gauge => {
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
      observeRequest({ method, route, status: String(status) }, seconds),
    call: (callee: ServiceName, outcome: string, seconds: number) => observeCall({ callee, outcome }, seconds),
    /** The series of these types begin with 0: a first event would otherwise be no increase. */
    consuming(types: readonly string[]) {
      for (const type of types) for (const counted of [handled, deadLettered]) counted.inc({ type }, 0)
    },
    setUnderWay: (count: number) => handling.set(count),
    setHeld: (count: number) => held.set(count),
    countHandled: (type: string) => handled.inc({ type }),
    countRetried: (type: string) => retried.inc({ type }),
    countDeadLettered: (type: string) => deadLettered.inc({ type }),
    breakersOpen: (callee: ServiceName, count: number) => breakers.set({ callee }, count),

    /** While the store is down, the last figures stay, and the other metrics are still served. */
    outbox(read: () => Promise<Backlog>) {
      let pending: Promise<Backlog | undefined> | undefined
      const readOnce = () => {
        pending ??= read()
          .catch(() => undefined)
          .finally(() => {
            pending = undefined
          })
        return pending
      }
      gauge('outbox_waiting', 'Messages not yet published', [], async waiting => {
        const backlog = await readOnce()
        if (backlog) waiting.set(backlog.count)
      })
      gauge('outbox_oldest_age_seconds', 'Age of the oldest message not yet published', [], async age => {
        const backlog = await readOnce()
        if (backlog) age.set(backlog.oldest ? Math.max(0, (Date.now() - backlog.oldest.getTime()) / 1000) : 0)
      })
    },
    pool(store: string, read: () => PoolState) {
      gauge('pool_connections', 'Connections of a store by state', ['store', 'state'], connections => {
        const { size, inUse, waiting } = read()
        connections.set({ store, state: 'open' }, size)
        connections.set({ store, state: 'in_use' }, inUse)
        connections.set({ store, state: 'awaited' }, waiting)
      })
    },
    /** Ten samples of the event loop's lag a second would be most of what wakes a quiet process. */
    watchLag: (watched: boolean) => void (watched ? lag.enable() : lag.disable()),
    text: () => registry.metrics(),
    contentType: registry.contentType,
    close: () => lag.disable(),
  }
}
export type Metrics = ReturnType<typeof createMetrics>
