import { type Channel, type ConsumeMessage, IllegalOperationError } from 'amqplib'

/** How long an acknowledgement waits for others. Its message has had its effect: after a crash the broker delivers it again, and the inbox knows it. */
const ackWithinMs = 50

/**
 * Acknowledges the messages of a channel in groups, since each acknowledgement is a write to the logs of the broker's queues. One
 * acknowledgement stands for all messages before the oldest that is still being handled. A message behind that one is kept back for up
 * to another `ackWithinMs`, and then acknowledged by itself: otherwise the messages behind a slow one would use up the prefetch.
 */
export const createAcknowledgements = (channel: Pick<Channel, 'ack'>, { prefetch }: { prefetch: number }) => {
  /** The messages that are not acknowledged, in the order of their tags. */
  const open = new Map<number, { raw: ConsumeMessage; state: 'in work' | 'done' | 'kept back' }>()
  let finished = 0
  let timer: Timer | undefined

  const ack = (raw: ConsumeMessage, allUpTo: boolean) => {
    try {
      channel.ack(raw, allUpTo)
    } catch (error) {
      // The channel is closing, so amqplib sends nothing more. The broker delivers the message again, and the inbox knows it.
      if (!(error instanceof IllegalOperationError)) throw error
    }
  }
  const flush = ({ all = false } = {}) => {
    clearTimeout(timer)
    timer = undefined
    finished = 0
    let last: ConsumeMessage | undefined
    for (const [tag, { raw, state }] of open) {
      if (state === 'in work') break
      last = raw
      open.delete(tag)
    }
    if (last) ack(last, true)
    for (const [tag, one] of open) {
      if (one.state === 'kept back' || (all && one.state === 'done')) {
        open.delete(tag)
        ack(one.raw, false)
      } else if (one.state === 'done') {
        one.state = 'kept back'
        finished++
      }
    }
    if (finished > 0) timer = setTimeout(flush, ackWithinMs)
  }

  return {
    received(raw: ConsumeMessage) {
      open.set(raw.fields.deliveryTag, { raw, state: 'in work' })
    },
    /** To be called when the message has had its effect, or a copy has taken its place. */
    done(raw: ConsumeMessage) {
      const one = open.get(raw.fields.deliveryTag)
      if (one?.state !== 'in work') return
      one.state = 'done'
      finished++
      if (finished * 2 >= prefetch) flush()
      else timer ??= setTimeout(flush, ackWithinMs)
    },
    flush,
    /** The channel is closed: the broker delivers what is open again. */
    drop() {
      clearTimeout(timer)
      open.clear()
    },
  }
}
export type Acknowledgements = ReturnType<typeof createAcknowledgements>
