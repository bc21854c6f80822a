import type { Logger } from 'pino'
import { currentContext } from './context'
import type { Draft, Message } from './event'

export { createGroups, groupInterval } from './outbox/groups'

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
/**
 * `unroutable`: no queue takes the message, though a consumer wants it. `refused`: a queue does not accept it at present, as when it is full,
 * though the broker answers. `failed`: the broker did not confirm it. A message that was refused or failed is published again.
 */
export type Outcome = 'confirmed' | 'unroutable' | 'refused' | 'failed'
export interface Publisher {
  /** Gives one outcome for each message, in their order. */
  publish(messages: OutgoingMessage[]): Promise<Outcome[]>
}

/** A stored message. It is complete: the relay adds only what is left of a delay. */
export interface OutboxRow {
  exchange: string
  routing_key: string
  message_id: string
  type: string
  traceparent: string
  body: string
  due_at: Date | null
}
export type StoredRow<Id extends string | number> = OutboxRow & { id: Id }
/** The messages that are not yet published. */
export interface Backlog {
  /** Counted up to 10,000. */
  count: number
  oldest?: Date
}

/** What the relay needs of a database. `sql` and `mongo` implement it, and outbox.test.ts runs against both. */
export interface OutboxStore<Id extends string | number> {
  /** Whether `holder` now has the lease for `ttlMs`, by the database's clock. */
  lease(holder: string, ttlMs: number): Promise<boolean>
  /** Takes the lease from whoever has it: a backup does, so that nothing is published meanwhile. */
  seize(holder: string, ttlMs: number): Promise<void>
  release(holder: string): Promise<void>
  /**
   * The oldest rows without those of `exceptIds` and `exceptTypes`, in the order in which they were stored. What it reads is bounded by
   * `limit` and the number of types, however many rows are left out.
   */
  unsent(limit: number, exceptIds: Id[], exceptTypes: string[]): Promise<StoredRow<Id>[]>
  /** Whether no other row can lie between these two, so that the second one may be published after the first without a look at the table. */
  follows(before: Id, id: Id): boolean
  remove(ids: Id[]): Promise<void>
  backlog(): Promise<Backlog>
  /** Deletes everything past its retention, in bounded steps, until `signal` is aborted. */
  sweep(signal: AbortSignal): Promise<void>
}

/** RabbitMQ refuses messages over 16 MiB, and a refused row would block the outbox. A request of 1 MiB causes no event near this limit. */
const maxBodyBytes = 4 * 1024 * 1024

/** Completes what a transaction published: from here on it is the message that consumers receive. */
export const outboxRows = (drafts: readonly Draft[], source: string): OutboxRow[] => {
  const { requestId, traceparent } = currentContext()
  const time = new Date().toISOString()
  return drafts.map(({ id = Bun.randomUUIDv7(), exchange, routingKey, body, dueAt }) => {
    const message: Message = { id, ...body, time, source, request_id: requestId, traceparent }
    const text = JSON.stringify(message)
    const bytes = Buffer.byteLength(text)
    if (bytes > maxBodyBytes)
      throw new Error(
        `a message of type ${message.type} has ${bytes} bytes, over the limit of ${maxBodyBytes}: publish ids instead of contents`,
      )
    return {
      exchange,
      routing_key: routingKey,
      message_id: message.id,
      type: message.type,
      traceparent,
      body: text,
      due_at: dueAt ?? null,
    }
  })
}

export type StoreLog = Pick<Logger, 'info' | 'warn' | 'error'>
