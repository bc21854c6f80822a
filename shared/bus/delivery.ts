import type { Channel, ConsumeMessage } from 'amqplib'
import type { Acknowledgements } from './acknowledge'

/** A message as it came from a queue; it is acknowledged on the channel that delivered it. */
export interface Delivery {
  queue: string
  channel: Channel
  acknowledgements: Acknowledgements
  raw: ConsumeMessage
}

/** The counters of the bus, by type of message, and how many messages are being handled or held at this moment. */
export interface BusMetrics {
  setUnderWay(count: number): void
  /** Messages that wait because something that their handler needs is unavailable. They cause no failed attempt and no dead letter. */
  setHeld(count: number): void
  countHandled(type: string): void
  countRetried(type: string): void
  countDeadLettered(type: string): void
}
