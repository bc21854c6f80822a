import type { GetMessage } from 'amqplib'
import { parseMessage } from './message'

export interface DeadLetter {
  id: string
  queue: string
  type: string
  reason: string
  attempts: number
  failed_at: string | null
  exchange: string
  routing_key: string
  /** What it tells of. Absent when it cannot be read. */
  aggregate?: { type: string; id: string }
  /** The order in its data, if it has one. */
  order_id?: number
}

/** A message without an id is identified by its content. */
export const idOf = ({ properties: { messageId }, content }: GetMessage): string => messageId || Bun.hash(content).toString(16)

export const describe = (queue: string, raw: GetMessage): DeadLetter => {
  const { type, headers = {} } = raw.properties
  // Without our headers it was the broker that gave the message up, after too many deliveries without an acknowledgement.
  const death = headers['x-death']?.[0]
  return {
    id: idOf(raw),
    queue,
    type: type || 'unknown',
    reason: headers['x-reason'] ?? headers['x-first-death-reason'] ?? death?.reason ?? 'unknown',
    attempts: Number(headers['x-attempts']) || 0,
    failed_at: headers['x-failed-at'] ?? (death ? new Date(death.time.value * 1000).toISOString() : null),
    exchange: headers['x-exchange'] ?? death?.exchange ?? '',
    routing_key: headers['x-routing-key'] ?? death?.['routing-keys'][0] ?? '',
    ...contentsOf(raw.content),
  }
}

const contentsOf = (content: Buffer): Pick<DeadLetter, 'aggregate' | 'order_id'> => {
  const message = parseMessage(content)
  if (typeof message === 'string') return {}
  const { aggregate, data } = message
  const orderId = typeof data === 'object' && data !== null && 'order_id' in data ? data.order_id : undefined
  return { aggregate: { type: aggregate.type, id: aggregate.id }, ...(Number.isSafeInteger(orderId) && { order_id: Number(orderId) }) }
}
