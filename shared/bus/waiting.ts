import { type Channel, connect } from 'amqplib'
import { within } from '../deadline'
import type { Topology } from '../event'
import { brokerTopology, consumerQueues, retryName } from './topology'

export interface WaitingOptions {
  url: string
  prefix: string
  events: Topology
  retryDelaysMs: readonly number[]
}

/** For operators: the messages in RabbitMQ. Each call opens its own connection. */
export const waitingMessages = ({ url, prefix, events, retryDelaysMs }: WaitingOptions) => {
  const onChannel = async <T>(work: (channel: Channel) => Promise<T>): Promise<T> => {
    const model = await connect(url, { noDelay: true, timeout: 5000 })
    try {
      return await work(await model.createChannel())
    } finally {
      await within(2000, model.close()).catch(() => {})
    }
  }
  const sum = (names: readonly string[]) =>
    onChannel(async channel => {
      let count = 0
      for (const name of names) count += (await channel.checkQueue(prefix + name)).messageCount
      return count
    })

  return {
    /** Messages that no consumer has received yet. Those that consumers are handling are not counted. */
    published: () => sum(consumerQueues(events)),
    /** Messages that wait to be tried again. */
    delayed: () => sum(retryDelaysMs.map(retryName)),
    /** Removes every message of the platform, dead letters and timers included, and returns how many there were. */
    purge: () =>
      onChannel(async channel => {
        let count = 0
        for (const name of brokerTopology({ events, prefix, retryDelaysMs }).queues.keys())
          count += (await channel.purgeQueue(name)).messageCount
        return count
      }),
  }
}
