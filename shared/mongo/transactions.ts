import { type ClientSession, type Db, type MongoClient, MongoError } from 'mongodb'
import { withAdminAct } from '../admin-acts'
import { within } from '../deadline'
import { isUnavailable, unavailable } from '../errors'
import type { Draft } from '../event'
import { type OutboxRow, outboxRows, type StoredRow } from '../outbox'
import type { Work } from '../outbox/inbox'
import type { ServiceName } from '../platform'
import { outboxOf, timestampByServer } from './outbox'

interface Options {
  client: MongoClient
  service: ServiceName
  db: Db
  /** Gets the rows that a transaction added, after its commit. */
  committed: ((rows: readonly StoredRow<string>[]) => void) | undefined
}

// Transactions that change the same document conflict often: many short attempts, bounded in time.
const maxRetryMs = 6000
const maxTransactionMs = 12_000

/** Each call of a transaction has its own bound; this bounds what takes several. */
export const bounded = <T>(running: Promise<T>): Promise<T> =>
  within(maxTransactionMs, running, () => {
    throw unavailable('database_unavailable', 'The database does not answer.')
  })

export const createTransactions = ({ client, service, db, committed }: Options) => {
  const outbox = outboxOf(db)
  const commit = async <T>(session: ClientSession, work: Work<ClientSession, T>, until: number, auditDrafts: Draft[]) => {
    const rows: OutboxRow[] = []
    session.startTransaction({ readConcern: { level: 'snapshot' } })
    const result = await work(session, (...drafts) => void rows.push(...outboxRows(drafts, service)))
    rows.push(...outboxRows(auditDrafts, service))
    if (rows.length > 0) {
      const documents = rows.map(row => ({ _id: row.message_id, at: timestampByServer(), created_at: new Date(), ...row }))
      await outbox.insertMany(documents, { session })
    }
    for (;;) {
      try {
        await session.commitTransaction()
        break
      } catch (error) {
        // It is unknown whether the commit succeeded. Repeating it is safe, and gives the answer.
        if (!hasLabel(error, 'UnknownTransactionCommitResult') || Date.now() > until) throw error
        await Bun.sleep(10)
      }
    }
    committed?.(rows.map(row => ({ ...row, id: row.message_id })))
    return result
  }

  const repeat = async <T>(work: Work<ClientSession, T>, retryMs: number): Promise<T> => {
    const until = Date.now() + retryMs
    const session = client.startSession()
    try {
      for (let attempts = 1; ; attempts++) {
        try {
          return await withAdminAct(service, auditDrafts => commit(session, work, until, auditDrafts))
        } catch (error) {
          if (session.inTransaction()) await session.abortTransaction()
          if (!hasLabel(error, 'TransientTransactionError') || isUnavailable(error)) throw error
          if (Date.now() > until) throw unavailable('database_busy', 'Other requests are changing the same data. Try again shortly.', error)
        }
        await Bun.sleep(Math.random() * Math.min(200, 2 * 2 ** attempts))
      }
    } finally {
      await session.endSession()
    }
  }

  /** Repeats a transaction that conflicts with others for up to `retryMs`. */
  return <T>(work: Work<ClientSession, T>, retryMs = maxRetryMs): Promise<T> => bounded(repeat(work, retryMs))
}

const hasLabel = (error: unknown, label: string) => error instanceof MongoError && error.hasErrorLabel(label)
