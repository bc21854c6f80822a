import { Kysely, MysqlDialect, sql as raw, type Transaction } from 'kysely'
import type { Migration } from 'kysely/migration'
import { untilAvailable } from './deadline'
import { isUnavailable, unavailable } from './errors'
import type { Message, Publish } from './event'
import { type Backlog, type OutboxRow, outboxRows, type StoreLog } from './outbox'
import { createInbox, type TakeIn } from './outbox/inbox'
import { type RelayPorts, type RelayTimes, startRelay } from './outbox/relay'
import type { ServiceName } from './platform'
import { deadlock, errno, lockWait } from './sql/errors'
import { isMigrated, migrate } from './sql/migrate'
import { addToOutbox, recordMessages, sqlOutbox } from './sql/outbox'
import { createSqlPool, type PoolState } from './sql/pool'
import type { KernelTables } from './sql/tables'
import { minute } from './time'

export { addOnce, currentTime, plainText, timestamp } from './sql/columns'
export { isDuplicate } from './sql/errors'
export { type JsonColumn, jsonColumn } from './sql/json-column'
export { countCapped, insertOnce, lockOrMake, lockOrMakeAll } from './sql/rows'

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
  /** How long a server that is not there yet is waited for. */
  connectWithinMs?: number
}

type Work<Db, T> = (trx: Transaction<Db>, publish: Publish) => Promise<T>

/**
 * A service's MySQL or MariaDB schema. Whole numbers come as numbers (as strings past 2^53), DECIMAL and SUM as strings, times as `Date`, in UTC.
 * An error for which `isUnavailable` holds means that the server is away or busy.
 */
export interface Sql<Db> {
  /** For reads and single writes. */
  db: Kysely<Db>
  /** The platform's own tables in the same schema. */
  kernel: Kysely<KernelTables>
  /**
   * READ COMMITTED. What `publish` is given goes out if and only if the transaction commits. Run again after a deadlock:
   * `work` must have no effect but through `trx`, and no call in it should leave the process.
   */
  transaction<T>(work: Work<Db, T>): Promise<T>
  /**
   * A transaction that also remembers the message: however often it comes, `work` takes effect once. Undefined when it had before.
   * Messages that arrive together share a transaction, so `work` may run again here too.
   */
  once<T>(message: Pick<Message, 'id'>, work: Work<Db, T>): Promise<T | undefined>
  /**
   * `once` for messages whose work locks the same rows. Those that share a transaction would lock them in their order of arrival, and two such
   * transactions could wait for each other; so `lockAll` gets what all of them need, and locks it in one order, before the first is handled.
   */
  onceLocking<Needs>(
    lockAll: (trx: Transaction<Db>, needs: readonly Needs[]) => Promise<unknown>,
  ): <T>(message: Pick<Message, 'id'>, work: Work<Db, T>, needs: Needs) => Promise<T | undefined>
  /** What the outbox holds, for a gauge. */
  backlog(): Promise<Backlog>
  /** Connections, for a gauge. */
  pool: Readonly<PoolState>
  /** Whether this instance is the one that relays the outbox. */
  relaying(): boolean
  ping(): Promise<void>
  /** Relays what is waiting (for up to 2 s) and closes. The broker's connection must still be open. */
  close(): Promise<void>
}

const maxRetryMs = 6000

export const openSql = async <Db>(options: SqlOptions): Promise<Sql<Db>> => {
  const { url, service, log, poolSize = 10, acquireMs = 5000, queryMs = 10_000 } = options
  await untilMigrated(options)
  const { pool, state } = createSqlPool({ url, size: poolSize, acquireMs, queryMs })
  const dialect = new MysqlDialect({ pool })
  const db = new Kysely<Db>({ dialect })
  const kernel = new Kysely<KernelTables>({ dialect })
  const store = sqlOutbox(kernel)
  const relay = options.relay && startRelay({ ...options.relay, store, log })

  const attempt = async <T>(work: Work<Db, T>): Promise<T> => {
    const rows: OutboxRow[] = []
    const result = await db.transaction().execute(async trx => {
      const result = await work(trx, (...drafts) => void rows.push(...outboxRows(drafts, service)))
      if (rows.length > 0) await addToOutbox(kernel, trx, rows)
      return result
    })
    if (rows.length > 0) relay?.wake()
    return result
  }

  const transaction = async <T>(work: Work<Db, T>, maxAttempts = 5): Promise<T> => {
    const start = Date.now()
    for (let attempts = 1; ; attempts++) {
      try {
        return await attempt(work)
      } catch (error) {
        const code = errno(error)
        if (code !== deadlock && code !== lockWait) throw error
        if (attempts === maxAttempts || Date.now() - start > maxRetryMs)
          throw unavailable('database_busy', 'Others are changing the same thing. Try again shortly.', error)
      }
      await Bun.sleep(Math.random() * 10 * 2 ** attempts)
    }
  }

  const recorded: TakeIn<Transaction<Db>> = (ids, work) => {
    const recording: Work<Db, { value: Awaited<ReturnType<typeof work>> } | undefined> = async (trx, publish) =>
      (await recordMessages(kernel, trx, ids)) ? { value: await work(trx, publish) } : undefined
    return transaction(recording, ids.length > 1 ? 2 : 5)
  }

  return {
    db,
    kernel,
    transaction: work => transaction(work),
    once: createInbox<Transaction<Db>>(recorded),
    onceLocking: <Needs>(lockAll: (trx: Transaction<Db>, needs: readonly Needs[]) => Promise<unknown>) =>
      createInbox<Transaction<Db>, Needs>(recorded, { lockAll }),
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

/** Brings the schema up to date, on a connection that may take its time. */
const untilMigrated = async ({ url, migrations, log, connectWithinMs = minute }: SqlOptions) => {
  // Two, since the migrator keeps one for its lock.
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
