import type { Channel, ConsumeMessage } from 'amqplib'

/** A message as it came from a queue; it is acknowledged on the channel that delivered it. */
export interface Delivery {
  queue: string
  channel: Channel
  raw: ConsumeMessage
}

/** The counters of the bus, by type of message, and how many messages are being handled at this moment. */
export interface BusMetrics {
  handling(count: number): void
  handled(type: string): void
  retried(type: string): void
  deadLettered(type: string): void
}
