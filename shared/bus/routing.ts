import { type EventInfo, isWantedBy, type Message, type Topology, type Values } from '../event'
import type { OutgoingMessage } from '../outbox'

export interface Routed {
  /** The headers that the broker compares with the `when` of each consumer. */
  values?: Values
  /** Whether a consumer of the catalog wants the message. Outsiders may listen to one that none does, so it is published all the same. */
  isWanted: boolean
}

/** Finds what a message is routed by. A message whose data cannot be read has no values, and so goes to every consumer of its type. */
export const createRouting = (events: Topology) => {
  const keyOf = (exchange: string, type: string) => `${exchange} ${type}`
  const known = new Map(events.flatMap(event => (event.kind === 'event' ? [[keyOf(event.exchange, event.type), event] as const] : [])))

  const byValues = (event: EventInfo, body: string): Routed => {
    const { type, to, valuesOf } = event
    if (!valuesOf) return { isWanted: to.length > 0 }
    try {
      const { data }: Message = JSON.parse(body)
      const values = valuesOf(data)
      return { values: { type, ...values }, isWanted: to.some(service => isWantedBy(service, event, values)) }
    } catch {
      return { isWanted: to.length > 0 }
    }
  }
  return ({ exchange, routingKey, body }: Pick<OutgoingMessage, 'exchange' | 'routingKey' | 'body'>): Routed => {
    const event = known.get(keyOf(exchange, routingKey))
    return event ? byValues(event, body) : { isWanted: true }
  }
}
