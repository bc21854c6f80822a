import type { Channel, ChannelModel } from 'amqplib'
import { newContext, withContext } from '../context'
import { sleep, within } from '../deadline'
import { isUnavailable } from '../errors'
import type { Handler, Message } from '../event'
import type { Outcome } from '../outbox'
import type { ServiceName } from '../platform'
import { minute, second } from '../time'
import type { Tracer } from '../trace'
import { type Acknowledgements, createAcknowledgements } from './acknowledge'
import { openChannel } from './amqp'
import type { BusMetrics, Delivery } from './delivery'
import type { BusLog } from './link'
import { parseMessage } from './message'
import type { Outbound } from './publish'
import { createReplacements } from './replace'
import { queueOf } from './topology'

export interface ConsumerOptions {
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

/** How long a message waits for a store that is down. The broker takes a message back that is not acknowledged within 30 minutes. */
const holdMs = 10 * minute
const answerWithinMs = 2 * second

/**
 * Handlers of a queue run side by side, each for one message. Those that call `onceMany` meet in one transaction: see outbox/groups.ts.
 */
export const createConsumer = (options: ConsumerOptions) => {
  const { service, prefix, retryDelaysMs, handlers, prefetch, finishWithinMs, publish, log, metrics, tracer } = options
  const queues = new Map<string, Map<string, Handler>>()
  for (const handler of handlers) {
    const queue = prefix + queueOf(service, handler.event)
    const byType = queues.get(queue) ?? new Map<string, Handler>()
    queues.set(queue, byType.set(handler.event.type, handler))
  }
  const openChannels = new Set<Channel>()
  const underWay = new Set<Promise<void>>()
  const stopping = new AbortController()
  let subscription: { channel: Channel; tags: string[]; acknowledgements: Acknowledgements } | undefined
  let held = 0
  const countHeld = (change: 1 | -1) => {
    held += change
    metrics.setHeld(held)
    return held
  }

  const isOpen = ({ channel }: Delivery) => openChannels.has(channel)
  const ack = (delivery: Delivery) => {
    // After its channel closed, the broker delivers the message again, and the inbox knows it.
    if (isOpen(delivery)) delivery.acknowledgements.done(delivery.raw)
  }
  const replacements = createReplacements({
    prefix,
    retryDelaysMs,
    publish,
    isOpen,
    ack,
    stopping: stopping.signal,
    log,
    metrics,
  })

  const subscribe = async (model: ChannelModel) => {
    if (stopping.signal.aborted) return
    const channel = await openChannel(model)
    const acknowledgements = createAcknowledgements(channel, { prefetch })
    const tags: string[] = []
    openChannels.add(channel)
    // The broker closed the channel, as when a message was not acknowledged in time: a new connection declares and subscribes anew.
    channel.on('close', () => {
      acknowledgements.drop()
      if (openChannels.delete(channel)) model.close().catch(() => {})
    })
    await channel.prefetch(prefetch)
    for (const queue of queues.keys()) {
      const { consumerTag } = await channel.consume(queue, raw => {
        if (raw) receive({ queue, channel, acknowledgements, raw })
        // The broker cancelled this consumer, as when its queue was deleted: a new connection declares the queue and subscribes anew.
        else model.close().catch(() => {})
      })
      tags.push(consumerTag)
    }
    subscription = { channel, tags, acknowledgements }
  }

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

  const handle = async (delivery: Delivery) => {
    const { queue, raw } = delivery
    const message = parseMessage(raw.content)
    if (typeof message === 'string') return replacements.deadLetter(delivery, `malformed: ${message}`, 'unknown')
    const handler = queues.get(queue)?.get(message.type)
    // An event of a newer producer: a consumer ignores types that it does not know.
    if (!handler) return ack(delivery)
    const problem = handler.event.problem(message.data)
    if (problem) return replacements.deadLetter(delivery, `malformed: data${problem}`, message.type)
    const handled = await withContext(newContext(message.request_id, message.traceparent), () => untilHandled(delivery, handler, message))
    if (!handled) return
    metrics.countHandled(message.type)
    ack(delivery)
  }

  /**
   * Whether the handler succeeded. If not, a copy has taken the message's place, or the channel has closed and the broker delivers the message
   * again. A store that is down causes no failed attempt.
   */
  const untilHandled = async (delivery: Delivery, handler: Handler, message: Message): Promise<boolean> => {
    const since = Date.now()
    const context = { type: message.type, message_id: message.id, queue: delivery.queue }
    let waiting = false
    try {
      for (let pauseMs = 100; ; pauseMs = Math.min(1000, pauseMs * 2)) {
        try {
          await tracer.span(`handle ${message.type}`, { kind: 'consumer' }, () => handler.handle(message))
          return true
        } catch (error) {
          if (!isUnavailable(error)) {
            await replacements.retryOrGiveUp(delivery, error, context)
            return false
          }
          if (!waiting && countHeld(1) === 1)
            log.warn({ ...context, err: error }, 'consuming pauses: something that a handler needs is down')
          waiting = true
          if (!isOpen(delivery)) return false
          if (stopping.signal.aborted || Date.now() - since > holdMs) {
            await replacements.handBack(delivery)
            return false
          }
          await sleep(pauseMs * (0.5 + Math.random() / 2), stopping.signal)
        }
      }
    } finally {
      if (waiting && countHeld(-1) === 0) log.info('consuming continues')
    }
  }

  return {
    subscribe,
    /** Receives no more messages, and resolves when those that are being handled are finished. */
    async stop() {
      stopping.abort()
      if (subscription && openChannels.has(subscription.channel)) {
        const { channel, tags } = subscription
        await within(answerWithinMs, Promise.allSettled(tags.map(tag => channel.cancel(tag))))
      }
      await within(finishWithinMs, Promise.allSettled(underWay))
      if (!subscription || !openChannels.has(subscription.channel)) return
      const { channel, acknowledgements } = subscription
      acknowledgements.flush({ all: true })
      openChannels.delete(channel)
      const closed = channel.close().catch(() => {})
      await within(answerWithinMs, closed)
    },
  }
}
export type Consumer = ReturnType<typeof createConsumer>
