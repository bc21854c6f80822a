import type { MysqlPool, MysqlPoolConnection, MysqlQueryResult } from 'kysely'
import { createPool, type PoolConnection, setMaxParserCache } from 'mysql2'
import { unavailable } from '../errors'
import { joinTransactions, type Send } from './join-transactions'

interface PoolOptions {
  url: string
  /** The most connections that are open at once. */
  size: number
  /** The longest wait for a free connection. */
  acquireMs: number
  /** How long a statement may go without an answer; 0 is without a limit. */
  queryMs: number
}
export interface PoolState {
  size: number
  /** Connections that are in use. */
  inUse: number
  /** Callers that wait for a connection. */
  waiting: number
}

// mysql2 makes room for all the row parsers that it may keep, 15,000. A service has far fewer kinds of rows.
setMaxParserCache(1000)

const strict = 'STRICT_TRANS_TABLES,ONLY_FULL_GROUP_BY,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'
// Set once for each connection, so that a transaction needs only `begin`, and the ids of rows of one insert follow each other. MySQL and MariaDB name the isolation variable differently.
const session = [
  `set time_zone = '+00:00', sql_mode = '${strict}', innodb_lock_wait_timeout = 3, auto_increment_increment = 1`,
  'set session transaction isolation level read committed',
]

// mysql2 reports these two errors without a code, so they are matched by message.
const fullMessages = new Set(['Queue limit reached.', 'Pool is closed.'])
const busy = () => unavailable('database_busy', 'The database has more requests than it can handle now. Try again shortly.')

/**
 * mysql2 reports some lost connections without a code, and a Unix socket is not there while its server is down. With these codes,
 * `isUnavailable` recognizes both.
 */
const withCode = (error: (Error & { fatal?: boolean; code?: string; errno?: number; syscall?: string }) | null) => {
  const killed = 1927
  if (error?.code === 'ENOENT' && error.syscall === 'connect') error.code = 'ECONNREFUSED'
  if (error && ((error.fatal && !error.code) || error.errno === killed)) error.code = 'PROTOCOL_CONNECTION_LOST'
  return error
}

/** A mysql2 pool with Kysely's interface and what mysql2 lacks: a deadline for a free connection and for every statement. */
export const createSqlPool = ({ url, size, acquireMs, queryMs }: PoolOptions): { pool: MysqlPool; state: PoolState } => {
  const raw = createPool({
    uri: url,
    connectionLimit: size,
    queueLimit: size * 100,
    // Less than all of them, or mysql2 never closes idle connections.
    maxIdle: Math.max(1, size - 1),
    idleTimeout: 30_000,
    gracefulEnd: true,
    connectTimeout: 5000,
    timezone: 'Z',
    charset: 'utf8mb4_bin',
    supportBigNumbers: true,
    multipleStatements: true,
    // Nothing is prepared, but each connection makes room for as many statements as it may keep: half a megabyte for mysql2's 16,000.
    maxPreparedStatements: 1,
  })
  raw.on('connection', (connection: PoolConnection) => {
    // A lost idle connection leaves the pool by itself, but an error event without a listener would end the process.
    connection.on('error', () => {})
    for (const statement of session) connection.query(statement, error => error && connection.destroy())
  })

  const notStreamed = {
    stream(): never {
      throw new Error('rows are read whole; a stream would hold its connection for as long as its reader takes')
    },
  }
  const state: PoolState = { size, inUse: 0, waiting: 0 }
  const guards = new WeakMap<PoolConnection, MysqlPoolConnection>()
  const guarded = (connection: PoolConnection): MysqlPoolConnection => {
    const send: Send = (sql, parameters, callback) =>
      connection.query<Parameters<typeof callback>[1]>({ sql, timeout: queryMs }, parameters, (error, result) => {
        // Otherwise the late answer would be read as the answer to the next statement.
        if (error?.code === 'PROTOCOL_SEQUENCE_TIMEOUT') connection.destroy()
        callback(withCode(error), result)
      })
    const query = joinTransactions(send)
    return {
      config: connection.config,
      threadId: connection.threadId,
      connect: callback => connection.connect(callback),
      destroy: () => connection.destroy(),
      release() {
        state.inUse--
        connection.release()
      },
      query(sql: string, parameters: unknown[], callback: (error: unknown, result: MysqlQueryResult) => void = () => {}) {
        query(sql, parameters, callback)
        return notStreamed
      },
    }
  }

  const pool: MysqlPool = {
    getConnection(callback) {
      // mysql2 calls back with the error alone, although Kysely's type wants a connection, too.
      const refuse = (error: unknown) => Reflect.apply(callback, undefined, [error])
      let late = false
      state.waiting++
      const deadline = setTimeout(() => {
        late = true
        state.waiting--
        refuse(busy())
      }, acquireMs)
      raw.getConnection((error, connection) => {
        if (late) return connection?.release()
        clearTimeout(deadline)
        state.waiting--
        if (error) return refuse(fullMessages.has(error.message) ? busy() : withCode(error))
        state.inUse++
        const guard = guards.get(connection) ?? guarded(connection)
        guards.set(connection, guard)
        callback(null, guard)
      })
    },
    end: callback => raw.end(callback),
  }
  return { pool, state }
}
