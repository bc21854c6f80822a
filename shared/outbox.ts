import type { Logger } from 'pino'
import { currentContext } from './context'
import type { Draft, Message } from './event'

/** What the relay hands to the broker. */
export interface OutgoingMessage {
  exchange: string
  routingKey: string
  body: string
  messageId: string
  type: string
  headers?: Record<string, string>
  expirationMs?: number
}
/** `failed` also means that the broker is away or did not say: the message is published again. */
export type Outcome = 'confirmed' | 'unroutable' | 'failed'
export interface Publisher {
  /** One outcome a message, in their order. */
  publish(messages: OutgoingMessage[]): Promise<Outcome[]>
  /** Rejects while the broker is away. */
  ping(): Promise<void>
}

/** A message at rest: complete, so that the relay adds nothing but what is left of a delay. */
export interface OutboxRow {
  exchange: string
  routing_key: string
  message_id: string
  type: string
  traceparent: string
  body: string
  due_at: Date | null
}
export interface Waiting {
  /** Counted up to 10,000. */
  count: number
  oldest?: Date
}

/** What a database must do for its relay; `sql` and `mongo` fill it, one test file holds both to it. */
export interface OutboxStore<Id extends string | number> {
  /** True when `holder` has the lease from now on for `ttlMs`, by the database's clock. */
  lease(holder: string, ttlMs: number): Promise<boolean>
  release(holder: string): Promise<void>
  /** The oldest rows but `except`, in the order in which they were stored. */
  unsent(limit: number, except: Id[]): Promise<(OutboxRow & { id: Id })[]>
  remove(ids: Id[]): Promise<void>
  waiting(): Promise<Waiting>
  /** Deletes what is past its retention, in bounded steps. */
  sweep(): Promise<void>
}

/** Completes what a transaction published: from here on it is the message that consumers see. */
export const outboxRows = (drafts: readonly Draft[], source: string): OutboxRow[] => {
  const { requestId, traceparent } = currentContext()
  const time = new Date().toISOString()
  return drafts.map(({ id = Bun.randomUUIDv7(), exchange, routingKey, body, dueAt }) => {
    const message: Message = { id, ...body, time, source, request_id: requestId, traceparent }
    return {
      exchange,
      routing_key: routingKey,
      message_id: message.id,
      type: message.type,
      traceparent,
      body: JSON.stringify(message),
      due_at: dueAt ?? null,
    }
  })
}

export type StoreLog = Pick<Logger, 'info' | 'warn' | 'error'>

/** How the instances of a service notify each other of rows to relay and of a lease that is free. Without it the relay's poll finds them. */
export interface Siblings {
  notify(): void
  /** Returns the function that ends the listening. */
  onNotified(listener: () => void): () => void
}
