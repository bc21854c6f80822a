import { CompiledQuery, type Kysely } from 'kysely'
import { sleep } from '../deadline'
import type { OutboxRow, OutboxStore, StoredRow } from '../outbox'
import { day } from '../time'
import { before, inFuture, now } from './clock'
import { isDuplicate } from './errors'
import { andCommit, andNext } from './join-transactions'
import type { KernelTables } from './tables'

export const keyRetentionMs = day
const inboxRetentionMs = 30 * day

interface SweepOptions {
  sweepBatch?: number
  /** Between two steps, so that deleting many rows leaves the database to others. */
  sweepPauseMs?: number
}

export const sqlOutbox = (db: Kysely<KernelTables>, { sweepBatch = 1000, sweepPauseMs = 50 }: SweepOptions = {}): OutboxStore<number> => ({
  async lease(holder, ttlMs) {
    const { numUpdatedRows } = await db
      .updateTable('outbox_lease')
      .set({ holder, expires_at: inFuture(ttlMs) })
      .where('id', '=', 1)
      .where(row => row.or([row('holder', '=', holder), row('expires_at', '<', now)]))
      .executeTakeFirst()
    return numUpdatedRows > 0n
  },

  async seize(holder, ttlMs) {
    await db
      .updateTable('outbox_lease')
      .set({ holder, expires_at: inFuture(ttlMs) })
      .where('id', '=', 1)
      .execute()
  },

  async release(holder) {
    await db
      .updateTable('outbox_lease')
      .set({ holder: '', expires_at: before(1) })
      .where('holder', '=', holder)
      .execute()
  },

  async unsent(limit, exceptIds, exceptTypes) {
    const rows = db
      .selectFrom('outbox')
      .select(['id', 'exchange', 'routing_key', 'message_id', 'type', 'traceparent', 'body', 'due_at'])
      .orderBy('id')
    if (exceptTypes.length > 0) {
      const ids = await oldestOfOtherTypes(db, limit, exceptIds, exceptTypes)
      return ids.length > 0 ? rows.where('id', 'in', ids).execute() : []
    }
    return (exceptIds.length > 0 ? rows.where('id', 'not in', exceptIds) : rows).limit(limit).execute()
  },

  follows: (before, id) => id === before + 1,

  async remove(ids) {
    await db.deleteFrom('outbox').where('id', 'in', ids).execute()
  },

  async backlog() {
    const first = await db.selectFrom('outbox').select('created_at').orderBy('id').limit(1).executeTakeFirst()
    if (!first) return { count: 0 }
    const { count } = await db
      .selectFrom(db.selectFrom('outbox').select('id').limit(10_000).as('waiting'))
      .select(row => row.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    return { count, oldest: first.created_at }
  },

  async sweep(signal) {
    const messages = db.deleteFrom('inbox').where('received_at', '<', before(inboxRetentionMs)).limit(sweepBatch)
    const keys = db.deleteFrom('idempotency_keys').where('created_at', '<', before(keyRetentionMs)).limit(sweepBatch)
    for (const expired of [messages, keys]) {
      while (!signal.aborted) {
        const { numDeletedRows } = await expired.executeTakeFirst()
        if (numDeletedRows < sweepBatch) break
        await sleep(sweepPauseMs, signal)
      }
    }
  },
})

/** Reads, by the index of types, only the oldest rows of each other type: a query that skips types would read all of their rows. */
const oldestOfOtherTypes = async (db: Kysely<KernelTables>, limit: number, exceptIds: number[], exceptTypes: string[]) => {
  const waiting = await db.selectFrom('outbox').select('type').distinct().execute()
  const except = new Set(exceptIds)
  const ids: number[] = []
  for (const { type } of waiting) {
    if (exceptTypes.includes(type)) continue
    const oldest = await db
      .selectFrom('outbox')
      .select('id')
      .where('type', '=', type)
      .orderBy('id')
      .limit(limit + except.size)
      .execute()
    for (const { id } of oldest) if (!except.has(id)) ids.push(id)
  }
  return ids.sort((a, b) => a - b).slice(0, limit)
}

type Executor = Pick<Kysely<unknown>, 'executeQuery'>

/**
 * Stores the rows and commits the transaction. The rows of one insert get ids without a gap: InnoDB reserves them together, and the pool sets
 * the step to 1.
 */
export const commitWithOutbox = async (
  kernel: Kysely<KernelTables>,
  trx: Executor,
  rows: readonly OutboxRow[],
): Promise<StoredRow<number>[]> => {
  if (rows.length === 0) return []
  const { sql, parameters } = kernel.insertInto('outbox').values(rows).compile()
  const { insertId } = await trx.executeQuery(CompiledQuery.raw(sql + andCommit, [...parameters]))
  return rows.map((row, i) => ({ ...row, id: Number(insertId) + i }))
}

/** Records messages that are nearly always new, and waits for no answer: when one was recorded before, the transaction fails with a deferred duplicate. */
export const recordNewMessages = async (
  kernel: Kysely<KernelTables>,
  trx: Executor,
  ids: readonly string[],
): Promise<ReadonlySet<string>> => {
  const { sql, parameters } = insertMessages(kernel, ids.toSorted()).compile()
  await trx.executeQuery(CompiledQuery.raw(sql + andNext, [...parameters]))
  return new Set(ids)
}

const insertMessages = (kernel: Kysely<KernelTables>, ids: readonly string[]) =>
  kernel.insertInto('inbox').values(ids.map(message_id => ({ message_id })))

/**
 * Records those of the messages that were not recorded before, in the order of their ids, and returns their ids. Waits for a transaction that is
 * recording one of them.
 */
export const recordMessages = async (kernel: Kysely<KernelTables>, trx: Executor, ids: readonly string[]): Promise<ReadonlySet<string>> => {
  let fresh = ids.toSorted()
  while (fresh.length > 0) {
    try {
      await trx.executeQuery(insertMessages(kernel, fresh))
      break
    } catch (error) {
      if (!isDuplicate(error)) throw error
      const known = await trx.executeQuery(kernel.selectFrom('inbox').select('message_id').where('message_id', 'in', fresh))
      const others = fresh.filter(id => !known.rows.some(({ message_id }) => message_id === id))
      // A message that is past its retention was deleted meanwhile, and the next delivery records it; or MySQL takes an id for another one.
      if (others.length === fresh.length) throw error
      fresh = others
    }
  }
  return new Set(fresh)
}
