import type { Channel, Options } from 'amqplib'
import { delayQueue, type EventInfo, type TimerInfo, type Topology } from '../event'
import type { ServiceName } from '../platform'

export interface TopologyOptions {
  events: Topology
  /** The prefix of every name, so that several platforms may share a broker. */
  prefix: string
  retryDelaysMs: readonly number[]
}

/**
 * After this many deliveries without an acknowledgement the broker itself gives a message up. The broker cannot tell which message ended
 * the process, so it may give up others that were delivered with it. None is lost: all become dead letters and can be replayed.
 */
const deliveryLimit = 20

export const retryName = (delayMs: number) => `retry.${delayMs % 1000 === 0 ? `${delayMs / 1000}s` : `${delayMs}ms`}`
export const deadLetterQueue = (queue: string) => `${queue}.dlq`

/** The queue from which a service receives an event or its own timer. */
export const queueOf = (service: ServiceName, event: EventInfo | TimerInfo) =>
  event.kind === 'event' ? `${service}.${event.exchange}` : event.type

/** The queues that have a consumer. Each has a queue of dead letters. */
export const consumerQueues = (events: Topology): string[] => [
  ...new Set(events.flatMap(event => (event.kind === 'event' ? event.to.map(service => queueOf(service, event)) : [event.type]))),
]

/** All exchanges, queues and bindings of the platform. A queue comes after the queue that it leads to. */
export const brokerTopology = ({ events, prefix, retryDelaysMs }: TopologyOptions) => {
  const exchanges = new Map<string, 'topic' | 'fanout'>()
  const queues = new Map<string, Options.AssertQueue>()
  const bindings: { queue: string; exchange: string; routingKey: string }[] = []
  const bind = (queue: string, exchange: string, routingKey: string) =>
    bindings.push({ queue: prefix + queue, exchange: prefix + exchange, routingKey })

  for (const queue of consumerQueues(events)) {
    // A classic queue: reading and requeueing its messages does not count as a delivery.
    queues.set(prefix + deadLetterQueue(queue), { arguments: { 'x-queue-type': 'classic' } })
    queues.set(prefix + queue, quorum({ leadsTo: prefix + deadLetterQueue(queue), arguments: { 'x-delivery-limit': deliveryLimit } }))
  }
  for (const delayMs of retryDelaysMs) {
    const name = retryName(delayMs)
    exchanges.set(prefix + name, 'fanout')
    // An expired message goes to the queue that its routing key names.
    queues.set(prefix + name, quorum({ messageTtl: delayMs }))
    bind(name, name, '')
  }
  for (const event of events) {
    if (event.kind === 'event') {
      exchanges.set(prefix + event.exchange, 'topic')
      for (const service of event.to) bind(queueOf(service, event), event.exchange, event.type)
    } else for (const term of event.terms) queues.set(prefix + delayQueue(event, term), quorum({ leadsTo: prefix + event.type }))
  }
  return { exchanges, queues, bindings }
}

/** A message that the queue passes on stays in it until the next queue has confirmed it; this strategy needs reject-publish. */
const quorum = ({ leadsTo, arguments: more, ...options }: Options.AssertQueue & { leadsTo?: string }): Options.AssertQueue => ({
  ...options,
  overflow: 'reject-publish',
  deadLetterExchange: '',
  ...(leadsTo !== undefined && { deadLetterRoutingKey: leadsTo }),
  arguments: { 'x-queue-type': 'quorum', 'x-dead-letter-strategy': 'at-least-once', ...more },
})

/**
 * Declares everything, so that every consumer's queue exists before the first message, in whichever order services start. What exists is
 * kept. A binding that left the catalog stays, too: during a rolling deploy the version before needs it, and consumers ignore unknown
 * types.
 */
export const declareTopology = async (channel: Channel, options: TopologyOptions) => {
  const { exchanges, queues, bindings } = brokerTopology(options)
  for (const [name, settings] of queues) {
    try {
      await channel.assertQueue(name, { durable: true, ...settings })
    } catch (error) {
      throw isMismatch(error) ? new TopologyError(name, error) : error
    }
  }
  for (const [name, type] of exchanges) await channel.assertExchange(name, type, { durable: true })
  for (const { queue, exchange, routingKey } of bindings) await channel.bindQueue(queue, exchange, routingKey)
}

const isMismatch = (error: unknown): error is Error => error instanceof Error && 'code' in error && error.code === 406

/** Trying again does not help: an operator must delete the queue when it is empty, or choose another prefix. */
export class TopologyError extends Error {
  override readonly name = 'TopologyError'
  constructor(queue: string, cause: Error) {
    super(`the broker has a queue ${queue} with other settings than this release declares: ${cause.message}`, { cause })
  }
}
