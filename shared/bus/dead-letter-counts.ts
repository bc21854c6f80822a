import type { Channel, ChannelModel } from 'amqplib'
import { within } from '../deadline'
import { unavailable } from '../errors'
import { second } from '../time'
import { withConnection } from './short-connection'
import { deadLetterQueue } from './topology'

interface Options {
  url: string
  prefix: string
  queues: readonly string[]
}

const answerWithinMs = 10 * second

/** The length of every queue of dead letters, which reads no message and takes no lock. */
export const deadLetterCounts = ({ url, prefix, queues }: Options): Promise<Map<string, number>> => {
  const count = async (model: ChannelModel) => {
    const counts = new Map<string, number>()
    let channel: Channel | undefined
    for (const queue of queues) {
      if (!channel) {
        channel = await model.createChannel()
        channel.on('error', () => {})
      }
      try {
        counts.set(queue, (await channel.checkQueue(prefix + deadLetterQueue(queue))).messageCount)
      } catch (error) {
        if (!isMissing(error)) throw error
        // The broker has closed the channel on which it was asked for a queue that does not exist.
        channel = undefined
      }
    }
    return counts
  }
  return withConnection(url, model =>
    within(answerWithinMs, count(model), () => {
      throw unavailable('broker_unavailable', 'The message broker does not answer.')
    }),
  )
}

const isMissing = (error: unknown) => error instanceof Error && 'code' in error && error.code === 404
