import type { Channel, ChannelModel } from 'amqplib'
import { isMissing, openChannel } from './amqp'
import { withConnection } from './short-connection'

export interface QueueLength {
  /** Messages that no consumer has received yet. */
  ready: number
  consumers: number
}

/** The length of each of these queues, which reads no message and takes no lock. A queue that is gone is left out. */
export const queueLengths = (url: string, queues: readonly string[]): Promise<Map<string, QueueLength>> => {
  const ask = async (model: ChannelModel) => {
    const lengths = new Map<string, QueueLength>()
    let channel: Channel | undefined
    for (const queue of queues) {
      channel ??= await openChannel(model)
      try {
        const { messageCount, consumerCount } = await channel.checkQueue(queue)
        lengths.set(queue, { ready: messageCount, consumers: consumerCount })
      } catch (error) {
        if (!isMissing(error)) throw error
        // The broker has closed the channel on which it was asked for a queue that does not exist.
        channel = undefined
      }
    }
    return lengths
  }
  return withConnection(url, ask)
}
