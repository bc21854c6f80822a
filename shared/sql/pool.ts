import type { MysqlPool, MysqlPoolConnection, MysqlQueryResult } from 'kysely'
import { createPool, type PoolConnection, type RowDataPacket } from 'mysql2'
import { unavailable } from '../errors'

export interface PoolOptions {
  url: string
  /** Connections at once. */
  size: number
  /** Longest wait for a free connection. */
  acquireMs: number
  /** Longest silence of the server within a statement; 0 is for ever. */
  queryMs: number
}
export interface PoolState {
  size: number
  /** Connections that are in use. */
  inUse: number
  /** Callers that wait for a connection. */
  waiting: number
}

const strict = 'STRICT_TRANS_TABLES,ONLY_FULL_GROUP_BY,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'
// Once a connection: a transaction then costs no more than `begin`. The two servers name the isolation variable differently.
const session = [
  `set time_zone = '+00:00', sql_mode = '${strict}', innodb_lock_wait_timeout = 3`,
  'set session transaction isolation level read committed',
]

// Told by text alone.
const full = new Set(['Queue limit reached.', 'Pool is closed.'])
const busy = () => unavailable('database_busy', 'The database has more to do than it can now. Try again shortly.')

/** The driver leaves some lost connections without a code; with one, they are known as a server that is away. */
const named = (error: (Error & { fatal?: boolean; code?: string; errno?: number }) | null) => {
  const killed = 1927
  if (error && ((error.fatal && !error.code) || error.errno === killed)) error.code = 'PROTOCOL_CONNECTION_LOST'
  return error
}

/** A mysql2 pool as Kysely wants it, with what mysql2 lacks: a deadline for a free connection and for every statement. */
export const createSqlPool = ({ url, size, acquireMs, queryMs }: PoolOptions): { pool: MysqlPool; state: PoolState } => {
  const raw = createPool({
    uri: url,
    connectionLimit: size,
    queueLimit: size * 100,
    // Less than all, or idle connections are never closed.
    maxIdle: Math.max(1, size - 1),
    idleTimeout: 30_000,
    gracefulEnd: true,
    connectTimeout: 5000,
    timezone: 'Z',
    charset: 'utf8mb4_bin',
    supportBigNumbers: true,
  })
  raw.on('connection', (connection: PoolConnection) => {
    // A lost idle connection leaves the pool by itself; an error without a listener would end the process.
    connection.on('error', () => {})
    for (const statement of session) connection.query(statement, error => error && connection.destroy())
  })

  const state: PoolState = { size, inUse: 0, waiting: 0 }
  const known = new WeakMap<PoolConnection, MysqlPoolConnection>()
  const guarded = (connection: PoolConnection): MysqlPoolConnection => ({
    config: connection.config,
    threadId: connection.threadId,
    connect: callback => connection.connect(callback),
    destroy: () => connection.destroy(),
    release() {
      state.inUse--
      connection.release()
    },
    query(sql: string, parameters: unknown[], callback?: (error: unknown, result: MysqlQueryResult) => void) {
      if (!callback) return connection.query(sql, parameters)
      return connection.query<RowDataPacket[]>({ sql, timeout: queryMs }, parameters, (error, result) => {
        // The late answer would be taken for the next statement's.
        if (error?.code === 'PROTOCOL_SEQUENCE_TIMEOUT') connection.destroy()
        callback(named(error), result)
      })
    },
  })

  const pool: MysqlPool = {
    getConnection(callback) {
      // As mysql2 does it: an error comes alone, whatever the type says.
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
        if (error) return refuse(full.has(error.message) ? busy() : named(error))
        state.inUse++
        const guard = known.get(connection) ?? guarded(connection)
        known.set(connection, guard)
        callback(null, guard)
      })
    },
    end: callback => raw.end(callback),
  }
  return { pool, state }
}
