import { createInstruments, withLabels } from './metrics/instruments'
import { measureProcess } from './metrics/process'
import { measureStores } from './metrics/stores'
import type { ServiceName } from './platform'

/** The metrics that every service has, in a registry of its own: several services may run in one process. */
export const createMetrics = (service: ServiceName) => {
  const instruments = createInstruments(service)
  const { registry, counter, gauge, histogram } = instruments

  const observeRequest = withLabels(
    histogram('http_request_duration_seconds', 'Requests answered, by route template', ['method', 'route', 'status']),
  )
  const observeCall = withLabels(histogram('http_client_duration_seconds', 'Calls of other services, by outcome', ['callee', 'outcome']))
  const handling = gauge('events_being_handled', 'Messages that were received and are neither handled nor given back yet')
  handling.set(0)
  const held = gauge('events_held', 'Messages that wait because something that their handler needs is unavailable')
  held.set(0)
  const handled = counter('events_handled_total', 'Messages whose handler succeeded', ['type'])
  const retried = counter('events_retried_total', 'Messages sent to a delay after their handler failed', ['type'])
  const deadLettered = counter('events_dead_lettered_total', 'Messages given up', ['type'])
  const breakers = gauge('breakers_open', 'Instances of another service that are not called at present', ['callee'])
  const lag = measureProcess(instruments)

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
    ...measureStores(instruments),
    /** Ten samples of the event loop's lag a second would be most of what wakes a quiet process. */
    watchLag: (watched: boolean) => void (watched ? lag.enable() : lag.disable()),
    text: () => registry.metrics(),
    contentType: registry.contentType,
    close: () => lag.disable(),
  }
}
export type Metrics = ReturnType<typeof createMetrics>
