import { sleep } from '../deadline'
import type { Outcome } from '../outbox'
import type { BusMetrics, Delivery } from './delivery'
import type { BusLog } from './link'
import { attemptsOf, copyOf, reasonOf } from './message'
import type { Outbound } from './publish'
import { deadLetterQueue, retryName } from './topology'

interface ReplacementOptions {
  prefix: string
  retryDelaysMs: readonly number[]
  publish: (messages: Outbound[]) => Promise<Outcome[]>
  isOpen: (delivery: Delivery) => boolean
  ack: (delivery: Delivery) => void
  stopping: AbortSignal
  log: BusLog
  metrics: Pick<BusMetrics, 'countRetried' | 'countDeadLettered'>
}

/** What takes the place of a message that was not handled: a copy in a retry queue or among the dead letters. */
export const createReplacements = (options: ReplacementOptions) => {
  const { prefix, retryDelaysMs, publish, isOpen, ack, stopping, log, metrics } = options

  /** Publishes the copy, then acknowledges the message. If the broker goes down in between, it delivers the message again. */
  const replaceBy = async (delivery: Delivery, copy: Outbound): Promise<boolean> => {
    for (let pauseMs = 50; isOpen(delivery); pauseMs = Math.min(1000, pauseMs * 2)) {
      const [outcome] = await publish([copy])
      if (outcome === 'confirmed') {
        ack(delivery)
        return true
      }
      if (outcome === 'unroutable') {
        // The queue of the copy was deleted: a new connection declares it anew, and the broker delivers the message again.
        log.error({ queue: delivery.queue, to: copy.routingKey }, 'a queue is missing: connecting anew to declare it')
        await delivery.channel.close().catch(() => {})
        return false
      }
      if (stopping.aborted) return false
      await sleep(pauseMs, stopping)
    }
    return false
  }

  const deadLetter = async (delivery: Delivery, reason: string, type: string, attempts = attemptsOf(delivery.raw)) => {
    const { queue, raw } = delivery
    const headers = { 'x-reason': reason, 'x-attempts': attempts, 'x-failed-at': new Date().toISOString(), 'x-queue': queue }
    if (!(await replaceBy(delivery, copyOf(raw, { exchange: '', routingKey: deadLetterQueue(queue), headers })))) return
    metrics.countDeadLettered(type)
    log.error({ type, message_id: raw.properties.messageId, queue, reason, attempts }, 'a message was given up')
  }

  return {
    deadLetter,

    /** Delivers the message again after the next delay, or gives it up after the last one. */
    async retryOrGiveUp(delivery: Delivery, error: unknown, context: { type: string }) {
      const attempts = attemptsOf(delivery.raw) + 1
      const delayMs = retryDelaysMs[attempts - 1]
      if (delayMs === undefined) return deadLetter(delivery, reasonOf(error), context.type, attempts)
      log.warn({ ...context, err: error, attempts, delay_ms: delayMs }, 'a message failed; it is tried again later')
      const to = { exchange: prefix + retryName(delayMs), routingKey: delivery.queue, headers: { 'x-attempt': attempts } }
      if (await replaceBy(delivery, copyOf(delivery.raw, to))) metrics.countRetried(context.type)
    },

    /** Hands the message back without counting an attempt: through a retry queue, since the broker limits how often it may be requeued. */
    async handBack(delivery: Delivery) {
      const delayMs = stopping.aborted ? retryDelaysMs[0] : retryDelaysMs.at(-1)
      if (delayMs === undefined) throw new Error('without retry queues a message is handed back when its channel closes')
      const to = { exchange: prefix + retryName(delayMs), routingKey: delivery.queue, headers: {} }
      await replaceBy(delivery, copyOf(delivery.raw, to))
    },
  }
}
export type Replacements = ReturnType<typeof createReplacements>
