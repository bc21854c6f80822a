import type { ChannelModel } from 'amqplib'
import { minute } from '../time'
import { openChannel } from './amqp'
import { queueLengths } from './queue-lengths'
import { withConnection } from './short-connection'
import { type BrokerOptions, brokerTopology, consumerQueues, retryName } from './topology'

/** For operators: the messages in RabbitMQ. Each call opens its own connection. Nothing waits in a queue that no service has declared yet. */
export const waitingMessages = ({ url, prefix, events, retryDelaysMs }: BrokerOptions) => {
  const sum = async (names: readonly string[]) => {
    const lengths = await queueLengths(
      url,
      names.map(name => prefix + name),
    )
    return [...lengths.values()].reduce((count, { ready }) => count + ready, 0)
  }

  return {
    /** Messages that no consumer has received yet. Those that consumers are handling are not counted. */
    published: () => sum(consumerQueues(events)),
    /** Messages that wait to be tried again. */
    delayed: () => sum(retryDelaysMs.map(retryName)),
    /** Removes every message of the platform, dead letters and timers included, and returns how many there were. */
    async purge() {
      const declared = await queueLengths(url, [...brokerTopology({ events, prefix, retryDelaysMs }).queues.keys()])
      const purgeAll = async (model: ChannelModel) => {
        const channel = await openChannel(model)
        let count = 0
        for (const name of declared.keys()) count += (await channel.purgeQueue(name)).messageCount
        return count
      }
      return withConnection(url, purgeAll, { withinMs: minute })
    },
  }
}
