import type { Channel, Options } from 'amqplib'
import { delayQueue, type EventInfo, type TimerInfo, type Topology, type Values } from '../event'
import type { ServiceName } from '../platform'
import { isMismatch } from './amqp'

interface TopologyOptions {
  events: Topology
  /** The prefix of every name, so that several platforms may share a broker. */
  prefix: string
  retryDelaysMs: readonly number[]
}
export interface BrokerOptions extends TopologyOptions {
  url: string
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

/** Where the messages of events with values are delivered from: RabbitMQ compares their headers with the `when` of each consumer. */
const byValue = 'events-by-value'
/** Takes the messages that have no values, as instances of an earlier release publish them, to every consumer of their type. */
const withoutValues = 'events-without-values'
/**
 * An exchange without queues. Every message with values also reaches it, so one that no consumer wants still counts as routed and does not
 * fall through to the alternate exchange.
 */
const anyValue = 'events-with-values'

interface Exchange extends Options.AssertExchange {
  type: 'topic' | 'fanout' | 'headers'
}
interface Binding {
  /** The queue, or the exchange. */
  to: string
  exchange: string
  routingKey: string
  arguments?: Record<string, unknown>
}

/** All exchanges, queues and bindings of the platform. A queue comes after the queue that it leads to. */
export const brokerTopology = ({ events, prefix, retryDelaysMs }: TopologyOptions) => {
  const exchanges = new Map<string, Exchange>([
    [prefix + anyValue, { type: 'fanout' }],
    [prefix + withoutValues, { type: 'topic' }],
    [prefix + byValue, { type: 'headers', alternateExchange: prefix + withoutValues }],
  ])
  const queues = new Map<string, Options.AssertQueue>()
  const bindings: Binding[] = []
  const exchangeBindings: Binding[] = []
  /** Those of an earlier release, under which a consumer received what it does not want. */
  const outdated: Binding[] = []
  const binding = (to: string, exchange: string, routingKey: string, values?: Values): Binding => ({
    to: prefix + to,
    exchange: prefix + exchange,
    routingKey,
    ...(values && { arguments: { 'x-match': 'all', ...values } }),
  })

  for (const queue of consumerQueues(events)) {
    // A classic queue: reading and requeueing its messages does not count as a delivery.
    queues.set(prefix + deadLetterQueue(queue), { arguments: { 'x-queue-type': 'classic' } })
    queues.set(prefix + queue, quorum({ leadsTo: prefix + deadLetterQueue(queue), arguments: { 'x-delivery-limit': deliveryLimit } }))
  }
  for (const delayMs of retryDelaysMs) {
    const name = retryName(delayMs)
    exchanges.set(prefix + name, { type: 'fanout' })
    // An expired message goes to the queue that its routing key names.
    queues.set(prefix + name, quorum({ messageTtl: delayMs }))
    bindings.push(binding(name, name, ''))
  }
  for (const event of events) {
    if (event.kind === 'timer') {
      for (const term of event.terms) queues.set(prefix + delayQueue(event, term), quorum({ leadsTo: prefix + event.type }))
      continue
    }
    const { exchange, type, to, when } = event
    exchanges.set(prefix + exchange, { type: 'topic' })
    if (!event.valuesOf) {
      for (const service of to) bindings.push(binding(queueOf(service, event), exchange, type))
      continue
    }
    exchangeBindings.push(binding(byValue, exchange, type), binding(anyValue, byValue, '', { type }))
    for (const service of to) {
      const queue = queueOf(service, event)
      bindings.push(binding(queue, withoutValues, type))
      for (const values of when[service] ?? [{}]) bindings.push(binding(queue, byValue, '', { type, ...values }))
      outdated.push(binding(queue, exchange, type))
    }
  }
  return { exchanges, queues, bindings, exchangeBindings, outdated }
}

const quorum = ({ leadsTo, arguments: more, ...options }: Options.AssertQueue & { leadsTo?: string }): Options.AssertQueue => ({
  ...options,
  overflow: 'reject-publish',
  deadLetterExchange: '',
  ...(leadsTo !== undefined && { deadLetterRoutingKey: leadsTo }),
  arguments: { 'x-queue-type': 'quorum', 'x-dead-letter-strategy': 'at-least-once', ...more },
})

/** What a service is concerned with: the events that it publishes, with all of their consumers, and what it receives itself. */
const concerning = (service: ServiceName, events: Topology): Topology =>
  events.flatMap((event): Topology => {
    if (event.kind === 'timer') return event.owner === service ? [event] : []
    if (event.from === service) return [event]
    return event.to.includes(service) ? [{ ...event, to: [service] }] : []
  })

/**
 * Declares every exchange, the service's own queues, and those that its events go to: so every consumer's queue exists before the first
 * message, in whichever order services start. (If each declared everything, a start of all of them would take a seventh longer.)
 *
 * What exists is kept. A binding that left the catalog stays, too: during a rolling deploy the version before needs it, and consumers
 * ignore unknown types. Bindings that the headers exchange has replaced are removed last. An older instance that reconnects declares them
 * again, which is harmless: handlers ignore what they do not want.
 */
export const declareTopology = async (channel: Channel, service: ServiceName, options: TopologyOptions) => {
  const { exchanges } = brokerTopology(options)
  const { queues, bindings, exchangeBindings, outdated } = brokerTopology({ ...options, events: concerning(service, options.events) })
  for (const [name, settings] of queues) {
    try {
      await channel.assertQueue(name, { durable: true, ...settings })
    } catch (error) {
      throw isMismatch(error) ? new TopologyError(name, error) : error
    }
  }
  for (const [name, { type, ...settings }] of exchanges) await channel.assertExchange(name, type, { durable: true, ...settings })
  for (const { to, exchange, routingKey, arguments: values } of bindings) await channel.bindQueue(to, exchange, routingKey, values)
  for (const { to, exchange, routingKey, arguments: values } of exchangeBindings)
    await channel.bindExchange(to, exchange, routingKey, values)
  for (const { to, exchange, routingKey } of outdated) await channel.unbindQueue(to, exchange, routingKey)
}

/** Trying again does not help: an operator must delete the queue when it is empty, or choose another prefix. */
export class TopologyError extends Error {
  override readonly name = 'TopologyError'
  constructor(queue: string, cause: Error) {
    super(`the broker has a queue ${queue} with other settings than this release declares: ${cause.message}`, { cause })
  }
}
