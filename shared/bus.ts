import { type BusMetrics, type Consumer, createConsumer } from './bus/consume'
import type { DeadLetters } from './bus/dead-letters'
import { createDeadLetters } from './bus/dead-letters'
import { type BusLog, type Link, openLink } from './bus/link'
import { createPublisher } from './bus/publish'
import { consumerQueues, declareTopology, queueOf } from './bus/topology'
import { within } from './deadline'
import { unavailable } from './errors'
import type { Handler, Topology } from './event'
import type { OutgoingMessage, Publisher } from './outbox'
import type { ServiceName } from './platform'
import { noTracer, type Tracer } from './trace'

export type { DeadLetter, DeadLetterQueue, DeadLetters } from './bus/dead-letters'

export interface BusOptions {
  url: string
  service: ServiceName
  /** The catalog: all of it is declared, whoever starts first. */
  events: Topology
  log: BusLog
  metrics: BusMetrics
  tracer?: Tracer
  /** Put before every name, so that several platforms may share a broker. */
  prefix?: string
  retryDelaysMs?: readonly number[]
  startWithinMs?: number
}

export interface Bus extends Publisher {
  /** Called once. Handlers run side by side, up to `prefetch` of a queue: they must not care for the order. */
  consume(handlers: readonly Handler[], options?: { prefetch?: number }): Promise<void>
  deadLetters: DeadLetters
  ping(): Promise<void>
  /** Takes no more messages and waits for the handlers that run; publishing still works. */
  stopConsuming(): Promise<void>
  close(): Promise<void>
}

/** Waits for the broker (up to `startWithinMs`), declares everything, and from then on comes back by itself after every loss. */
export const openBus = async (options: BusOptions): Promise<Bus> => {
  const { url, service, events, log, metrics, tracer = noTracer, prefix = '', startWithinMs = 30_000 } = options
  const retryDelaysMs = options.retryDelaysMs ?? [1000, 5000, 30_000]
  const publisher = createPublisher()
  const declare = async (model: Parameters<typeof publisher.open>[0]) => {
    const channel = await model.createChannel()
    channel.on('error', () => {})
    await declareTopology(channel, { events, prefix, retryDelaysMs })
    await channel.close()
  }
  // Two connections: a broker that slows down who publishes doesn't slow down who consumes.
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

  const stopConsuming = async () => {
    const link = consuming
    consuming = undefined
    await consumer?.stop()
    await link?.close()
  }

  return {
    publish: messages => publisher.publish(messages.map(message => outbound(prefix, message))),
    async consume(handlers, { prefetch = 32 } = {}) {
      if (consumer) throw new Error('consume is called once')
      for (const { event } of handlers) if (!isFor(service, event)) throw new Error(`the catalog doesn't send ${event.type} to ${service}`)
      const read = new Set(handlers.map(({ event }) => queueOf(service, event)))
      for (const event of events)
        if (isFor(service, event) && !read.has(queueOf(service, event)))
          log.warn({ type: event.type }, 'nothing reads the queue of this: it fills')
      const created = createConsumer({
        service,
        prefix,
        retryDelaysMs,
        handlers,
        prefetch,
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
          // What was declared a moment ago may be gone when the broker comes back.
          if (!first) await declare(model)
          first = false
          await created.subscribe(model)
        },
      })
    },
    deadLetters: createDeadLetters({ url, prefix, queues: consumerQueues(events) }),
    async ping() {
      const { channel, blocked } = publisher.state
      const answer =
        channel && !blocked
          ? await within(
              2000,
              channel.prefetch(0).catch(() => undefined),
            )
          : undefined
      if (!answer) throw unavailable('broker_unavailable', 'The message broker does not answer.')
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

const outbound = (prefix: string, { exchange, routingKey, body, messageId, type, headers, expirationMs }: OutgoingMessage) => ({
  exchange: exchange && prefix + exchange,
  // By the default exchange a routing key is a queue's name.
  routingKey: exchange ? routingKey : prefix + routingKey,
  content: Buffer.from(body),
  properties: {
    messageId,
    type,
    contentType: 'application/json',
    ...(headers && { headers }),
    ...(expirationMs !== undefined && { expiration: String(Math.round(expirationMs)) }),
  },
})
