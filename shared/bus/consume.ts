import { newContext, withContext } from '../context'
import { within } from '../deadline'
import type { Handler } from '../event'
import type { Outcome } from '../outbox'
import type { ServiceName } from '../platform'
import type { Tracer } from '../trace'
import type { BusMetrics, Delivery } from './delivery'
import type { BusLog } from './link'
import { parseMessage } from './message'
import type { Outbound } from './publish'
import { createReplacements } from './replace'
import { createSubscription } from './subscription'
import { queueOf } from './topology'
import { untilHandled } from './until-handled'

interface Options {
  service: ServiceName
  prefix: string
  retryDelaysMs: readonly number[]
  handlers: readonly Handler[]
  /** How many messages of each queue are handled side by side. */
  prefetch: number
  finishWithinMs: number
  publish: (messages: Outbound[]) => Promise<Outcome[]>
  log: BusLog
  metrics: BusMetrics
  tracer: Tracer
}

/**
 * Handlers of a queue run side by side, each for one message. Those that call `onceMany` meet in one transaction: see outbox/groups.ts.
 */
export const createConsumer = (options: Options) => {
  const { service, prefix, retryDelaysMs, handlers, prefetch, finishWithinMs, publish, log, metrics, tracer } = options
  const queues = new Map<string, Map<string, Handler>>()
  for (const handler of handlers) {
    const queue = prefix + queueOf(service, handler.event)
    const byType = queues.get(queue) ?? new Map<string, Handler>()
    queues.set(queue, byType.set(handler.event.type, handler))
  }
  const underWay = new Set<Promise<void>>()
  const stop = new AbortController()
  const stopping = stop.signal
  const receive = (delivery: Delivery) => {
    delivery.acknowledgements.received(delivery.raw)
    const work = handle(delivery)
      .catch(error => log.error({ err: error, queue: delivery.queue }, 'a message could not be settled; the broker delivers it again'))
      .finally(() => {
        underWay.delete(work)
        metrics.setUnderWay(underWay.size)
      })
    underWay.add(work)
    metrics.setUnderWay(underWay.size)
  }
  const { subscribe, isOpen, ack, cancel, close } = createSubscription({ queues: [...queues.keys()], prefetch, stopping, receive })
  const replacements = createReplacements({ prefix, retryDelaysMs, publish, isOpen, ack, stopping, log, metrics })
  const keepTrying = untilHandled({ isOpen, replacements, stopping, log, metrics, tracer })

  const handle = async (delivery: Delivery) => {
    const { queue, raw } = delivery
    const message = parseMessage(raw.content)
    if (typeof message === 'string') return replacements.deadLetter(delivery, `malformed: ${message}`, 'unknown')
    const handler = queues.get(queue)?.get(message.type)
    // An event of a newer producer: a consumer ignores types that it does not know.
    if (!handler) return ack(delivery)
    const problem = handler.event.problem(message.data)
    if (problem) return replacements.deadLetter(delivery, `malformed: data${problem}`, message.type)
    const handled = await withContext(newContext(message.request_id, message.traceparent), () => keepTrying(delivery, handler, message))
    if (!handled) return
    metrics.countHandled(message.type)
    ack(delivery)
  }

  return {
    subscribe,
    /** Receives no more messages, and resolves when those that are being handled are finished. */
    async stop() {
      // First, so that no new connection begins to receive, and what waits for a store is handed back at once.
      stop.abort()
      await cancel()
      await within(finishWithinMs, Promise.allSettled(underWay))
      await close()
    },
  }
}
export type Consumer = ReturnType<typeof createConsumer>
