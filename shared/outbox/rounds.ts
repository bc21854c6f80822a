import type { OutboxRow, OutboxStore, Outcome, OutgoingMessage, Publisher, StoredRow, StoreLog } from '../outbox'
import { createDeletions } from './deletions'
import { createHandOver } from './hand-over'
import { createResting } from './resting'

interface Options<Id extends string | number> {
  store: OutboxStore<Id>
  bus: Publisher
  log: StoreLog
  /** The most rows of a round. */
  batch: number
  /** How long after one read of the table the next is due, even if nothing points to waiting rows. */
  untilNextReadMs: () => number
}

export const outgoingMessage = (row: OutboxRow): OutgoingMessage => ({
  exchange: row.exchange,
  routingKey: row.routing_key,
  body: row.body,
  messageId: row.message_id,
  type: row.type,
  headers: { traceparent: row.traceparent },
  ...(row.due_at && { expirationMs: Math.max(0, row.due_at.getTime() - Date.now()) }),
})

/** The rounds in which an instance that has the lease publishes rows, and what it knows of rows from one round to the next. */
export const createRounds = <Id extends string | number>({ store, bus, log, batch, untilNextReadMs }: Options<Id>) => {
  const resting = createResting<Id>(log)
  const handOver = createHandOver<Id>(store)
  const deletions = createDeletions<Id>(store)
  let readAt = 0

  const nextRows = async (): Promise<StoredRow<Id>[]> => {
    if (Date.now() >= readAt || resting.any()) handOver.requireRead()
    const handedOver = handOver.take(deletions.has)
    if (handedOver) return handedOver
    readAt = Date.now() + untilNextReadMs()
    const { ids, types } = resting.now()
    return handOver.read(() => store.unsent(batch, [...ids, ...deletions.ids()], types), batch)
  }

  return {
    async publishNext(): Promise<'nothing waits' | 'next' | 'nothing published'> {
      const rows = await nextRows()
      if (rows.length === 0) return 'nothing waits'
      const outcomes = await bus.publish(rows.map(outgoingMessage))
      const withOutcome = (outcome: Outcome) => rows.filter((_, i) => outcomes[i] === outcome)
      const done = withOutcome('confirmed')
      deletions.add(done.map(({ id }) => id))
      resting.published(done)
      if (done.length < rows.length) handOver.requireRead()
      let otherRowsAreNext = resting.unroutable(withOutcome('unroutable'))
      const refused = withOutcome('refused')
      // More than half a batch would keep out the rows behind them, so their types rest. Fewer are sent again with the next batch.
      if (refused.length * 2 > batch) {
        resting.refused(refused)
        otherRowsAreNext = true
      }
      return done.length > 0 || otherRowsAreNext ? 'next' : 'nothing published'
    },
    committed: handOver.add,
    requireRead: handOver.requireRead,
    deletePublished: deletions.flush,
    async deleteWhenDue() {
      if (Date.now() >= deletions.dueAt()) await deletions.flush()
    },
    /** When the next read or deletion is due, if nothing is committed before. */
    dueAt: () => Math.min(readAt, deletions.dueAt()),
  }
}
