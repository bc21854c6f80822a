import type { Kysely } from 'kysely'
import type { OutboxRow, OutboxStore } from '../outbox'
import { day } from '../time'
import { before, inFuture, now } from './clock'
import { isDuplicate } from './errors'
import type { KernelTables } from './tables'

export const keyRetentionMs = day
const sweepBatch = 1000
const sweepSteps = 200

export const sqlOutbox = (db: Kysely<KernelTables>): OutboxStore<number> => ({
  async lease(holder, ttlMs) {
    const { numUpdatedRows } = await db
      .updateTable('outbox_lease')
      .set({ holder, expires_at: inFuture(ttlMs) })
      .where('id', '=', 1)
      .where(row => row.or([row('holder', '=', holder), row('expires_at', '<', now)]))
      .executeTakeFirst()
    return numUpdatedRows > 0n
  },

  async release(holder) {
    await db
      .updateTable('outbox_lease')
      .set({ holder: '', expires_at: before(1) })
      .where('holder', '=', holder)
      .execute()
  },

  unsent(limit, except) {
    const oldest = db
      .selectFrom('outbox')
      .select(['id', 'exchange', 'routing_key', 'message_id', 'type', 'traceparent', 'body', 'due_at'])
      .orderBy('id')
      .limit(limit)
    return (except.length > 0 ? oldest.where('id', 'not in', except) : oldest).execute()
  },

  async remove(ids) {
    await db.deleteFrom('outbox').where('id', 'in', ids).execute()
  },

  async waiting() {
    const first = await db.selectFrom('outbox').select('created_at').orderBy('id').limit(1).executeTakeFirst()
    if (!first) return { count: 0 }
    const { count } = await db
      .selectFrom(db.selectFrom('outbox').select('id').limit(10_000).as('waiting'))
      .select(row => row.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    return { count, oldest: first.created_at }
  },

  async sweep() {
    const inbox = db
      .deleteFrom('inbox')
      .where('received_at', '<', before(30 * day))
      .limit(sweepBatch)
    const keys = db.deleteFrom('idempotency_keys').where('created_at', '<', before(keyRetentionMs)).limit(sweepBatch)
    for (const old of [inbox, keys]) {
      for (let step = 0; step < sweepSteps; step++) {
        const { numDeletedRows } = await old.executeTakeFirst()
        if (numDeletedRows < sweepBatch) break
      }
    }
  },
})

type Executor = Pick<Kysely<unknown>, 'executeQuery'>

/** `kernel` only writes the statement; it runs in `trx`, whose type knows nothing but the service's own tables. */
export const addToOutbox = (kernel: Kysely<KernelTables>, trx: Executor, rows: OutboxRow[]) =>
  trx.executeQuery(kernel.insertInto('outbox').values(rows))

/** False when one of them was recorded before. Waits for another transaction that is recording the same. */
export const recordMessages = async (kernel: Kysely<KernelTables>, trx: Executor, ids: string[]): Promise<boolean> => {
  try {
    await trx.executeQuery(kernel.insertInto('inbox').values(ids.map(message_id => ({ message_id }))))
    return true
  } catch (error) {
    if (isDuplicate(error)) return false
    throw error
  }
}
