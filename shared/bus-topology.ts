import type { Channel } from 'amqplib'
import { delayQueue, type EventInfo, type TimerInfo, type Topology } from './events'
import type { ServiceName } from './services'

export interface TopologyOptions {
  events: Topology
  /** Put before every name, so that several platforms may share a broker. */
  prefix: string
  retryDelaysMs: readonly number[]
}

/** After so many deliveries without an answer the broker itself gives up on a message. */
const deliveryLimit = 20

export const retryName = (delayMs: number) => `retry.${delayMs % 1000 === 0 ? `${delayMs / 1000}s` : `${delayMs}ms`}`
export const deadLetterQueue = (queue: string) => `${queue}.dlq`

/** The queue in which a service finds an event or its own timer. */
export const queueOf = (service: ServiceName, event: EventInfo | TimerInfo) =>
  event.kind === 'event' ? `${service}.${event.exchange}` : event.type

/** Every queue that has a consumer: each has its dead letters beside it. */
export const consumerQueues = (events: Topology): string[] => [
  ...new Set(events.flatMap(event => (event.kind === 'event' ? event.to.map(service => queueOf(service, event)) : [event.type]))),
]

/**
 * Declares all of the platform: whoever publishes first, every consumer's queue is there. Declaring what exists changes nothing. A binding that
 * left the catalog stays: during a rolling deploy the version before still needs it, and the consumer ignores what it doesn't know.
 */
export const declareTopology = async (channel: Channel, { events, prefix, retryDelaysMs }: TopologyOptions) => {
  const assertQueue = async (name: string, options: Parameters<Channel['assertQueue']>[1]) => {
    try {
      await channel.assertQueue(prefix + name, { durable: true, ...options })
    } catch (error) {
      throw isMismatch(error) ? new TopologyError(prefix + name, error) : error
    }
  }
  // What a quorum queue passes on stays in it until the next queue has confirmed it; this strategy needs reject-publish.
  const quorum = (deadLetterRoutingKey: string | undefined, more: object = {}) => ({
    overflow: 'reject-publish',
    deadLetterExchange: '',
    ...(deadLetterRoutingKey !== undefined && { deadLetterRoutingKey: prefix + deadLetterRoutingKey }),
    arguments: { 'x-queue-type': 'quorum', 'x-dead-letter-strategy': 'at-least-once', ...more },
  })

  for (const queue of consumerQueues(events)) {
    // A classic queue: looking at it by get and requeue costs a message none of its deliveries.
    await assertQueue(deadLetterQueue(queue), { arguments: { 'x-queue-type': 'classic' } })
    await assertQueue(queue, quorum(deadLetterQueue(queue), { 'x-delivery-limit': deliveryLimit }))
  }
  for (const delayMs of retryDelaysMs) {
    const name = retryName(delayMs)
    await channel.assertExchange(prefix + name, 'fanout', { durable: true })
    // Without a routing key of its own, what expires goes to the queue that the message's routing key names.
    await assertQueue(name, { ...quorum(undefined), messageTtl: delayMs })
    await channel.bindQueue(prefix + name, prefix + name, '')
  }
  for (const exchange of new Set(events.flatMap(event => (event.kind === 'event' ? [event.exchange] : []))))
    await channel.assertExchange(prefix + exchange, 'topic', { durable: true })
  for (const event of events) {
    if (event.kind === 'event')
      for (const service of event.to) await channel.bindQueue(prefix + queueOf(service, event), prefix + event.exchange, event.type)
    else for (const term of event.terms) await assertQueue(delayQueue(event, term), quorum(event.type))
  }
}

const isMismatch = (error: unknown): error is Error => error instanceof Error && 'code' in error && error.code === 406

/** Trying again does not help: somebody must delete the queue (when it is empty) or take another prefix. */
export class TopologyError extends Error {
  override readonly name = 'TopologyError'
  constructor(queue: string, cause: Error) {
    super(`the broker has a queue ${queue} with other settings than this release declares: ${cause.message}`, { cause })
  }
}
