import type { Channel, ChannelModel } from 'amqplib'
import { within } from '../deadline'
import { second } from '../time'
import { type Acknowledgements, createAcknowledgements } from './acknowledge'
import { openChannel } from './amqp'
import type { Delivery } from './delivery'

interface Options {
  queues: readonly string[]
  prefetch: number
  stopping: AbortSignal
  receive: (delivery: Delivery) => void
}

const answerWithinMs = 2 * second

/** The channel on which a consumer receives messages. Each new connection has a new one. */
export const createSubscription = ({ queues, prefetch, stopping, receive }: Options) => {
  let open: { channel: Channel; tags: string[]; acknowledgements: Acknowledgements } | undefined

  const cancel = async () => {
    if (!open) return
    const { channel, tags } = open
    await within(answerWithinMs, Promise.allSettled(tags.map(tag => channel.cancel(tag))))
  }
  const isOpen = ({ channel }: Delivery) => channel === open?.channel

  return {
    /** To be called for every new connection. */
    async subscribe(model: ChannelModel) {
      if (stopping.aborted) return
      const channel = await openChannel(model)
      const acknowledgements = createAcknowledgements(channel, { prefetch })
      const tags: string[] = []
      open = { channel, tags, acknowledgements }
      // The broker closed the channel, as when a message was not acknowledged in time: a new connection declares and subscribes anew.
      channel.on('close', () => {
        acknowledgements.drop()
        if (channel !== open?.channel) return
        open = undefined
        model.close().catch(() => {})
      })
      await channel.prefetch(prefetch)
      for (const queue of queues) {
        const { consumerTag } = await channel.consume(queue, raw => {
          if (raw) receive({ queue, channel, acknowledgements, raw })
          // The broker cancelled this consumer, as when its queue was deleted: a new connection declares the queue and subscribes anew.
          else model.close().catch(() => {})
        })
        tags.push(consumerTag)
      }
      // The consumer stopped meanwhile, when there was nothing to cancel yet.
      if (stopping.aborted) await cancel()
    },
    isOpen,
    ack(delivery: Delivery) {
      // After its channel closed, the broker delivers the message again, and the inbox knows it.
      if (isOpen(delivery)) delivery.acknowledgements.done(delivery.raw)
    },
    /** The broker sends no more messages. Those that it has sent can still be acknowledged. */
    cancel,
    async close() {
      if (!open) return
      const { channel, acknowledgements } = open
      acknowledgements.flush({ all: true })
      open = undefined
      await within(
        answerWithinMs,
        channel.close().catch(() => {}),
      )
    },
  }
}
