import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib'
import { newContext, withContext } from '../context'
import { within } from '../deadline'
import { isUnavailable } from '../errors'
import type { Handler, Message } from '../event'
import type { Outcome } from '../outbox'
import type { ServiceName } from '../platform'
import type { Tracer } from '../trace'
import type { BusLog } from './link'
import { attemptsOf, copyOf, parseMessage, reasonOf } from './message'
import type { Outbound } from './publish'
import { deadLetterQueue, queueOf, retryName } from './topology'

/** What is counted, by type of message. */
export interface BusMetrics {
  handled(type: string): void
  retried(type: string): void
  deadLettered(type: string): void
}

export interface ConsumerOptions {
  service: ServiceName
  prefix: string
  retryDelaysMs: readonly number[]
  handlers: readonly Handler[]
  /** So many messages of a queue are worked on at once. */
  prefetch: number
  publish: (messages: Outbound[]) => Promise<Outcome[]>
  log: BusLog
  metrics: BusMetrics
  tracer: Tracer
}

/** Below the 30 minutes after which the broker takes a message without an answer away. */
const holdMs = 10 * 60_000
const finishWithinMs = 10_000

interface Delivery {
  queue: string
  channel: Channel
  raw: ConsumeMessage
}

export const createConsumer = (options: ConsumerOptions) => {
  const { service, prefix, retryDelaysMs, handlers, prefetch, publish, log, metrics, tracer } = options
  const queues = new Map<string, Map<string, Handler>>()
  for (const handler of handlers) {
    const queue = prefix + queueOf(service, handler.event)
    const byType = queues.get(queue) ?? new Map<string, Handler>()
    queues.set(queue, byType.set(handler.event.type, handler))
  }
  const open = new Set<Channel>()
  const underWay = new Set<Promise<void>>()
  const stopped = Promise.withResolvers<void>()
  let current: { channel: Channel; tags: string[] } | undefined
  let stopping = false
  let held = 0

  const subscribe = async (model: ChannelModel) => {
    const channel = await model.createChannel()
    const tags: string[] = []
    channel.on('error', () => {})
    open.add(channel)
    // Closed by the broker (a queue was deleted, an answer took too long): a new connection declares and subscribes anew.
    channel.on('close', () => {
      if (open.delete(channel)) model.close().catch(() => {})
    })
    await channel.prefetch(prefetch)
    for (const queue of queues.keys()) {
      const { consumerTag } = await channel.consume(queue, raw => {
        if (raw) take({ queue, channel, raw })
        else model.close().catch(() => {})
      })
      tags.push(consumerTag)
    }
    current = { channel, tags }
  }

  const take = (delivery: Delivery) => {
    const work = workOn(delivery)
      .catch(error => log.error({ err: error, queue: delivery.queue }, 'a message could not be answered; the broker sends it again'))
      .finally(() => underWay.delete(work))
    underWay.add(work)
  }

  const ack = ({ channel, raw }: Delivery) => {
    // On a channel that is gone the message comes again, to a handler that knows it.
    if (open.has(channel)) channel.ack(raw)
  }

  const workOn = async (delivery: Delivery) => {
    const { queue, raw } = delivery
    const message = parseMessage(raw.content)
    if (typeof message === 'string') return deadLetter(delivery, `malformed: ${message}`, 'unknown')
    const handler = queues.get(queue)?.get(message.type)
    // A newer producer's event: a consumer ignores what it doesn't know.
    if (!handler) return ack(delivery)
    const problem = handler.event.problem(message.data)
    if (problem) return deadLetter(delivery, `malformed: data${problem}`, message.type)
    const outcome = await withContext(newContext(message.request_id, message.traceparent), () => attempt(delivery, handler, message))
    if (outcome === 'handled') {
      metrics.handled(message.type)
      ack(delivery)
    }
  }

  /** Runs the handler until it succeeds or has failed; a store that is down is waited for, and is no failure of the message. */
  const attempt = async (delivery: Delivery, handler: Handler, message: Message): Promise<'handled' | 'elsewhere'> => {
    const since = Date.now()
    const context = { type: message.type, message_id: message.id, queue: delivery.queue }
    let waiting = false
    try {
      for (let pauseMs = 100; ; pauseMs = Math.min(1000, pauseMs * 2)) {
        try {
          await tracer.span(`handle ${message.type}`, { kind: 'consumer' }, () => handler.handle(message))
          return 'handled'
        } catch (error) {
          if (!isUnavailable(error)) {
            await retryLater(delivery, error, context)
            return 'elsewhere'
          }
          if (!waiting && held++ === 0) log.warn({ ...context, err: error }, 'consuming pauses: what a handler needs is away')
          waiting = true
          if (!open.has(delivery.channel)) return 'elsewhere'
          if (stopping || Date.now() - since > holdMs) {
            await handBack(delivery)
            return 'elsewhere'
          }
          await within(pauseMs * (0.5 + Math.random() / 2), stopped.promise)
        }
      }
    } finally {
      if (waiting && --held === 0) log.info('consuming goes on')
    }
  }

  /** Publishes what is to take the message's place, then acks it; without a broker the message simply comes again. */
  const replaceBy = async (delivery: Delivery, copy: Outbound) => {
    for (let pauseMs = 50; open.has(delivery.channel); pauseMs = Math.min(1000, pauseMs * 2)) {
      const [outcome] = await publish([copy])
      if (outcome === 'confirmed') {
        ack(delivery)
        return true
      }
      if (outcome === 'unroutable') {
        // Somebody deleted the queue it should go to: a new connection declares everything anew, and the message comes again.
        log.error({ queue: delivery.queue, to: copy.routingKey }, 'a queue is missing')
        await delivery.channel.close().catch(() => {})
        return false
      }
      if (stopping) return false
      await within(pauseMs, stopped.promise)
    }
    return false
  }

  const retryLater = async (delivery: Delivery, error: unknown, context: { type: string }) => {
    const attempts = attemptsOf(delivery.raw) + 1
    const delayMs = retryDelaysMs[attempts - 1]
    if (delayMs === undefined) return deadLetter(delivery, reasonOf(error), context.type, attempts)
    log.warn({ ...context, err: error, attempts, delay_ms: delayMs }, 'a message is tried again later')
    const copy = copyOf(delivery.raw, {
      exchange: prefix + retryName(delayMs),
      routingKey: delivery.queue,
      headers: { 'x-attempt': attempts },
    })
    if (await replaceBy(delivery, copy)) metrics.retried(context.type)
  }

  /** By way of the longest delay and without counting an attempt: given back to the broker it would count as a delivery. */
  const handBack = async (delivery: Delivery) => {
    const exchange = prefix + retryName(stopping ? retryDelaysMs[0]! : retryDelaysMs.at(-1)!)
    await replaceBy(delivery, copyOf(delivery.raw, { exchange, routingKey: delivery.queue, headers: {} }))
  }

  const deadLetter = async (delivery: Delivery, reason: string, type: string, attempts = attemptsOf(delivery.raw)) => {
    const headers = { 'x-reason': reason, 'x-attempts': attempts, 'x-failed-at': new Date().toISOString(), 'x-queue': delivery.queue }
    const copy = copyOf(delivery.raw, { exchange: '', routingKey: deadLetterQueue(delivery.queue), headers })
    if (!(await replaceBy(delivery, copy))) return
    metrics.deadLettered(type)
    log.error({ type, message_id: delivery.raw.properties.messageId, queue: delivery.queue, reason, attempts }, 'a message is given up')
  }

  return {
    subscribe,
    /** Takes nothing more, and returns when what is under way is done. */
    async stop() {
      if (current && open.has(current.channel)) {
        const { channel, tags } = current
        await within(2000, Promise.allSettled(tags.map(tag => channel.cancel(tag))))
      }
      stopping = true
      stopped.resolve()
      await within(finishWithinMs, Promise.allSettled(underWay))
      const channel = current?.channel
      if (channel && open.delete(channel))
        await within(
          2000,
          channel.close().catch(() => {}),
        )
    },
  }
}
export type Consumer = ReturnType<typeof createConsumer>
