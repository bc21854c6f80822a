import type { ChannelModel } from 'amqplib'
import { brokerUnavailable, openChannel } from './bus/amqp'
import { type Consumer, createConsumer } from './bus/consume'
import { createDeadLetters, type DeadLetters } from './bus/dead-letters'
import type { BusMetrics } from './bus/delivery'
import { type BusLog, type Link, openLink } from './bus/link'
import { createPublisher } from './bus/publish'
import { type BrokerQueue, brokerQueues } from './bus/queues'
import { createRouting, type Routed } from './bus/routing'
import { openTap } from './bus/tap'
import { type BrokerOptions, consumerQueues, declareTopology, queueOf } from './bus/topology'
import { within } from './deadline'
import type { Handler, Message, Topology } from './event'
import type { OutgoingMessage, Publisher } from './outbox'
import type { ServiceName } from './platform'
import { second } from './time'
import { noTracer, type Tracer } from './trace'

export type { DeadLetter, DeadLetterQueue, DeadLetters } from './bus/dead-letters'
export type { BrokerQueue } from './bus/queues'
export { waitingMessages } from './bus/waiting'

/** `events` is the whole catalog: every service declares all of it, so that the order of starting does not matter. */
export interface BusOptions extends BrokerOptions {
  service: ServiceName
  log: BusLog
  metrics: BusMetrics
  tracer?: Tracer
  /** How many handlers of each queue run side by side, so the order of messages must not matter to them. */
  prefetch: number
  startWithinMs: number
  /** How long a stop waits for the handlers that run. */
  finishWithinMs?: number
}

export interface Bus extends Publisher {
  /** To be called once. */
  consume(handlers: readonly Handler[]): Promise<void>
  deadLetters: DeadLetters
  /** Every queue with its length, over a connection of its own. */
  queues(): Promise<BrokerQueue[]>
  /** A copy of every event until it is closed: see bus/tap.ts. */
  tap(onMessage: (message: Message) => void): Promise<{ close(): Promise<void> }>
  ping(): Promise<void>
  /** Receives no more messages and waits for the handlers that run; publishing still works. */
  stopConsuming(): Promise<void>
  close(): Promise<void>
}

/**
 * Connects to the broker, declares what the service needs, and reconnects by itself. If the broker does not answer within `startWithinMs`, connecting
 * continues in the background: until then publishing fails, and messages stay in the outbox.
 */
export const openBus = async (options: BusOptions): Promise<Bus> => {
  const { url, service, events, prefix, retryDelaysMs, log, metrics, tracer = noTracer } = options
  const { prefetch, startWithinMs, finishWithinMs = 10 * second } = options
  const publisher = createPublisher()
  const routed = createRouting(events)
  const declare = async (model: ChannelModel) => {
    const channel = await openChannel(model)
    await declareTopology(channel, service, options)
    await channel.close()
  }
  // Two connections: a broker that throttles publishers must not throttle consumers.
  const publishing = await openLink({
    url,
    purpose: 'publishing',
    log,
    startWithinMs,
    onLost: publisher.lost,
    setup: async model => {
      await declare(model)
      await publisher.open(model)
    },
  })
  let consuming: Link | undefined
  let consumer: Consumer | undefined

  let stopped: Promise<void> | undefined
  const stop = async () => {
    await consumer?.stop()
    await consuming?.close()
  }
  const stopConsuming = () => {
    stopped ??= stop()
    return stopped
  }

  return {
    publish: messages => publisher.publish(messages.map(message => outbound(prefix, message, routed(message)))),
    async consume(handlers) {
      if (consumer) throw new Error('consume is called once')
      for (const { event } of handlers) if (!isFor(service, event)) throw new Error(`the catalog does not send ${event.type} to ${service}`)
      const read = new Set(handlers.map(({ event }) => queueOf(service, event)))
      for (const event of events)
        if (isFor(service, event) && !read.has(queueOf(service, event)))
          log.warn({ type: event.type }, 'this service has no handler for an event that is sent to it: the queue fills')
      const created = createConsumer({
        service,
        prefix,
        retryDelaysMs,
        handlers,
        prefetch,
        finishWithinMs,
        publish: publisher.publish,
        log,
        metrics,
        tracer,
      })
      consumer = created
      let first = true
      consuming = await openLink({
        url,
        purpose: 'consuming',
        log,
        startWithinMs,
        onLost: () => {},
        setup: async model => {
          // After a reconnect, what was declared at the start may be gone.
          if (!first) await declare(model)
          first = false
          await created.subscribe(model)
        },
      })
    },
    deadLetters: createDeadLetters({ url, prefix, queues: consumerQueues(events) }),
    queues: () => brokerQueues(options),
    tap: onMessage => openTap({ url, prefix, events, log, startWithinMs, onMessage }),
    async ping() {
      const { channel, blocked } = publisher.state
      const answer =
        channel && !blocked
          ? await within(
              2000,
              channel.prefetch(0).catch(() => undefined),
            )
          : undefined
      if (!answer) throw brokerUnavailable()
    },
    stopConsuming,
    async close() {
      await stopConsuming()
      await publisher.drain(5000)
      await publishing.close()
    },
  }
}

const isFor = (service: ServiceName, event: Topology[number]) =>
  event.kind === 'event' ? event.to.includes(service) : event.owner === service

const outbound = (
  prefix: string,
  { exchange, routingKey, body, messageId, type, headers, expirationMs }: OutgoingMessage,
  { values, isWanted }: Routed,
) => ({
  exchange: exchange && prefix + exchange,
  // On the default exchange the routing key is the name of a queue.
  routingKey: exchange ? routingKey : prefix + routingKey,
  content: Buffer.from(body),
  properties: {
    messageId,
    type,
    contentType: 'application/json',
    headers: { ...headers, ...values },
    mandatory: isWanted,
    ...(expirationMs !== undefined && { expiration: String(Math.round(expirationMs)) }),
  },
})
