import { Kysely, MysqlDialect, sql as raw, type Transaction } from 'kysely'
import type { Migration } from 'kysely/migration'
import { withAdminAct } from './admin-acts'
import { untilAvailable } from './deadline'
import { isUnavailable, unavailable } from './errors'
import type { Draft } from './event'
import { type Backlog, type OutboxRow, outboxRows, type StoreLog } from './outbox'
import { type MessageHandling, messageHandling, type RecordOnce, type Work } from './outbox/inbox'
import { type RelayPorts, type RelayTimes, startRelay } from './outbox/relay'
import type { ServiceName } from './platform'
import { refuseUnaudited } from './sql/audited'
import { deadlock, errno, isDeferredDuplicate, lockWait } from './sql/errors'
import { isMigrated, migrate } from './sql/migrate'
import { commitWithOutbox, recordMessages, recordNewMessages, sqlOutbox } from './sql/outbox'
import { createSqlPool, type PoolState } from './sql/pool'
import type { KernelTables } from './sql/tables'
import { minute } from './time'

export type { Arrival } from './outbox/inbox'
export { addOnce, currentTime, plainText, timestamp } from './sql/columns'
export { isDuplicate } from './sql/errors'
export { type JsonColumn, jsonColumn } from './sql/json-column'
export { countCapped, defer, insertOnce, lockOrMake, lockOrMakeAll, newValues, pageBy, pageNewestFirst } from './sql/rows'

export interface SqlOptions {
  url: string
  service: ServiceName
  migrations: Record<string, Migration>
  log: StoreLog
  /** Absent, what is published stays in the outbox. */
  relay?: RelayPorts & RelayTimes
  poolSize?: number
  acquireMs?: number
  queryMs?: number
  /** How long the start waits for a server that is not yet up. */
  connectWithinMs?: number
}

/**
 * A service's MySQL or MariaDB schema. Integers are read as numbers (past 2^53 as strings), DECIMAL and SUM as strings, times as `Date`
 * in UTC. When the server is down or busy, `isUnavailable` holds for the error.
 */
export interface Sql<Db> extends MessageHandling<Transaction<Db>> {
  /** For reads and single writes, but not those of an administrator's route: see `sql/audited.ts`. */
  db: Kysely<Db>
  /** The kernel's tables in the same schema. */
  kernel: Kysely<KernelTables>
  /**
   * READ COMMITTED. `publish` publishes its messages if and only if the transaction commits. `work` is repeated after a deadlock,
   * so it must have no effect except through `trx`, and should not call other services.
   */
  transaction<T>(work: Work<Transaction<Db>, T>): Promise<T>
  /** The messages that are not yet published, for a gauge. */
  backlog(): Promise<Backlog>
  /** The connections in use, for a gauge. */
  pool: Readonly<PoolState>
  /** Whether this instance has the lease of the outbox. */
  relaying(): boolean
  ping(): Promise<void>
  /** Relays the outbox for up to 2 s, then closes. The connection to the broker must still be open. */
  close(): Promise<void>
}

const maxRetryMs = 6000
const mostAttempts = 5
/** A group of messages gives up early, since its halves are tried next. */
const mostAttemptsOfGroup = 2

export const openSql = async <Db>(options: SqlOptions): Promise<Sql<Db>> => {
  const { url, service, log, poolSize = 10, acquireMs = 5000, queryMs = 10_000 } = options
  await untilMigrated(options)
  const { pool, state } = createSqlPool({ url, size: poolSize, acquireMs, queryMs })
  const dialect = new MysqlDialect({ pool })
  const db = new Kysely<Db>({ dialect })
  const kernel = new Kysely<KernelTables>({ dialect })
  const store = sqlOutbox(kernel)
  const relay = options.relay && startRelay({ ...options.relay, store, log })

  const commit = async <T>(work: Work<Transaction<Db>, T>, auditDrafts: Draft[]): Promise<T> => {
    const rows: OutboxRow[] = []
    const { result, stored } = await db.transaction().execute(async trx => {
      const result = await work(trx, (...drafts) => void rows.push(...outboxRows(drafts, service)))
      rows.push(...outboxRows(auditDrafts, service))
      return { result, stored: await commitWithOutbox(kernel, trx, rows) }
    })
    relay?.committed(stored)
    return result
  }

  const transaction = async <T>(work: Work<Transaction<Db>, T>, maxAttempts = mostAttempts): Promise<T> => {
    const start = Date.now()
    for (let attempts = 1; ; attempts++) {
      try {
        return await withAdminAct(service, auditDrafts => commit(work, auditDrafts))
      } catch (error) {
        const code = errno(error)
        if (code !== deadlock && code !== lockWait) throw error
        if (attempts === maxAttempts || Date.now() - start > maxRetryMs)
          throw unavailable('database_busy', 'Other requests are changing the same data. Try again shortly.', error)
      }
      await Bun.sleep(Math.random() * 10 * 2 ** attempts)
    }
  }

  const recordOnce: RecordOnce<Transaction<Db>> = async (ids, work) => {
    const recording = (record: typeof recordMessages) =>
      transaction(
        async (trx, publish) => {
          const fresh = await record(kernel, trx, ids)
          if (fresh.size > 0) await work(trx, fresh, publish)
          return fresh.size > 0
        },
        ids.length > 1 ? mostAttemptsOfGroup : mostAttempts,
      )
    try {
      return await recording(recordNewMessages)
    } catch (error) {
      // Some were recorded before: now they are looked up.
      if (!isDeferredDuplicate(error)) throw error
      return recording(recordMessages)
    }
  }

  return {
    db: db.withPlugin(refuseUnaudited),
    kernel,
    transaction: work => transaction(work),
    ...messageHandling(recordOnce),
    backlog: store.backlog,
    pool: state,
    relaying: () => relay?.holding() ?? false,
    async ping() {
      await raw`select 1`.execute(db)
    },
    async close() {
      await relay?.stop()
      await db.destroy()
    },
  }
}

/** Brings the schema up to date, over connections without a limit for a statement. */
const untilMigrated = async ({ url, migrations, log, connectWithinMs = minute }: SqlOptions) => {
  // Two connections, since the migrator keeps one for its lock.
  const { pool } = createSqlPool({ url, size: 2, acquireMs: connectWithinMs, queryMs: 0 })
  const db = new Kysely<unknown>({ dialect: new MysqlDialect({ pool }) })
  const bringUpToDate = async () => {
    if (!(await isMigrated(db, migrations))) await migrate(db, migrations)
  }
  try {
    await untilAvailable(bringUpToDate, { what: 'the database', ms: connectWithinMs, log, retryable: isUnavailable })
  } finally {
    await db.destroy()
  }
}
