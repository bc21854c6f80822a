import { delayQueue, type Topology } from '../event'
import type { ServiceName } from '../platform'
import { type QueueLength, queueLengths } from './queue-lengths'
import { type BrokerOptions, deadLetterQueue, queueOf, retryName } from './topology'

/**
 * `events` and `timer` are what a service receives, `dead_letters` what it gave up, `delay` where its timers wait, and `retry` where messages
 * of all services wait to be tried again.
 */
export type QueueKind = 'events' | 'timer' | 'dead_letters' | 'delay' | 'retry'
interface DescribedQueue {
  queue: string
  kind: QueueKind
  service?: ServiceName
  /** What arrives there. */
  types: string[]
}
export type BrokerQueue = DescribedQueue & QueueLength

/** Every queue of the platform, with what it is for. */
const describedQueues = (events: Topology, retryDelaysMs: readonly number[]): DescribedQueue[] => {
  const queues = new Map<string, DescribedQueue>()
  const add = (queue: string, kind: QueueKind, type: string, service: ServiceName) => {
    const known = queues.get(queue)
    if (known) known.types.push(type)
    else queues.set(queue, { queue, kind, service, types: [type] })
  }
  for (const event of events) {
    for (const service of event.kind === 'event' ? event.to : [event.owner]) {
      const queue = queueOf(service, event)
      add(queue, event.kind === 'event' ? 'events' : 'timer', event.type, service)
      add(deadLetterQueue(queue), 'dead_letters', event.type, service)
    }
    if (event.kind === 'timer') for (const term of event.terms) add(delayQueue(event, term), 'delay', event.type, event.owner)
  }
  const retries = retryDelaysMs.map((ms): DescribedQueue => ({ queue: retryName(ms), kind: 'retry', types: [] }))
  return [...queues.values(), ...retries]
}

/** For operators: every queue with its length. A queue that is gone is left out. */
export const brokerQueues = async ({ url, prefix, events, retryDelaysMs }: BrokerOptions): Promise<BrokerQueue[]> => {
  const queues = describedQueues(events, retryDelaysMs)
  const lengths = await queueLengths(
    url,
    queues.map(({ queue }) => prefix + queue),
  )
  return queues.flatMap(described => {
    const length = lengths.get(prefix + described.queue)
    return length ? [{ ...described, ...length }] : []
  })
}
