import { sleep } from '../deadline'
import { isUnavailable } from '../errors'
import type { Handler, Message } from '../event'
import { minute } from '../time'
import type { Tracer } from '../trace'
import type { BusMetrics, Delivery } from './delivery'
import type { BusLog } from './link'
import type { Replacements } from './replace'

interface Ports {
  isOpen: (delivery: Delivery) => boolean
  replacements: Pick<Replacements, 'retryOrGiveUp' | 'handBack'>
  stopping: AbortSignal
  log: BusLog
  metrics: Pick<BusMetrics, 'setHeld'>
  tracer: Tracer
}

/** How long a message waits for a store that is down. The broker takes a message back that is not acknowledged within 30 minutes. */
const holdMs = 10 * minute

/**
 * Calls the handler, and again while something that it needs is down: that causes no failed attempt. Returns whether the handler succeeded.
 * If not, a copy has taken the message's place, or the channel has closed and the broker delivers the message again.
 */
export const untilHandled = ({ isOpen, replacements, stopping, log, metrics, tracer }: Ports) => {
  let held = 0
  const countHeld = (change: 1 | -1) => {
    held += change
    metrics.setHeld(held)
    return held
  }

  return async (delivery: Delivery, handler: Handler, message: Message): Promise<boolean> => {
    const since = Date.now()
    const context = { type: message.type, message_id: message.id, queue: delivery.queue }
    let isHeld = false
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
          if (!isHeld && countHeld(1) === 1)
            log.warn({ ...context, err: error }, 'consuming pauses: something that a handler needs is down')
          isHeld = true
          if (!isOpen(delivery)) return false
          if (stopping.aborted || Date.now() - since > holdMs) {
            await replacements.handBack(delivery)
            return false
          }
          await sleep(pauseMs * (0.5 + Math.random() / 2), stopping)
        }
      }
    } finally {
      if (isHeld && countHeld(-1) === 0) log.info('consuming continues')
    }
  }
}
