import type { MysqlQueryResult } from 'kysely'
import type { RowDataPacket } from 'mysql2'
import { markDeferred } from './errors'

type Callback<Result> = (error: unknown, result: Result) => void
/** Executes one command, which may hold several statements. The command emits `fields` after each statement that was executed. */
export type Send = <Result extends RowDataPacket[] | RowDataPacket[][]>(
  sql: string,
  parameters: unknown[],
  callback: Callback<Result>,
) => { on(event: 'fields', listener: () => void): unknown }

/** Appended to the last statement of a transaction, if that is known before it is sent. */
export const andCommit = '; commit'
/** Appended to a statement of a transaction whose result nobody reads: it travels with the next one. */
export const andNext = ';'

interface Statement {
  sql: string
  parameters: unknown[]
}

/**
 * A round trip costs as much as a small statement does, so statements of a transaction travel together: `begin` with the first one, `commit` with
 * the last one, and a deferred write with the statement that follows it. That takes several statements in one command. Only whole statements and
 * these constants are joined: mysql2 escapes the values as always, and a text with a `;` of its own is refused here, as the server refused it
 * before several statements were allowed.
 *
 * The server stops at the first statement that fails, so an error leaves the transaction open, and Kysely rolls it back. Kysely's driver sends
 * `begin`, `commit` and `rollback` as texts of their own; one that has no statement to begin, commit or undo is not sent.
 */
export const joinTransactions = (send: Send) => {
  /** The statements of the transaction that are not sent yet, `begin` among them. */
  let waiting: Statement[] = []
  let isBegun = false

  const sendWithWaiting = (last: Statement, callback: Callback<MysqlQueryResult>) => {
    const earlier = waiting
    waiting = []
    const isCommitted = last.sql.endsWith('commit')
    if (earlier.length > 0) isBegun = true
    const answered: Callback<MysqlQueryResult> = (error, result) => {
      if (!error && isCommitted) isBegun = false
      callback(error, result)
    }
    if (earlier.length === 0 && !last.sql.endsWith(andCommit)) return send<RowDataPacket[]>(last.sql, last.parameters, answered)
    const all = [...earlier, last]
    let executed = 0
    const text = all.map(({ sql }) => sql).join('; ')
    const parameters = all.flatMap(statement => statement.parameters)
    return send<RowDataPacket[][]>(text, parameters, (error, results) => {
      answered(executed < earlier.length ? markDeferred(error) : error, results?.[earlier.length] ?? [])
    }).on('fields', () => void executed++)
  }

  return (sql: string, parameters: unknown[], callback: Callback<MysqlQueryResult>) => {
    if (sql === 'begin') {
      waiting = [{ sql, parameters }]
      return callback(null, [])
    }
    if (sql === 'rollback') {
      const wasBegun = isBegun
      waiting = []
      isBegun = false
      return wasBegun ? send<RowDataPacket[]>(sql, parameters, callback) : callback(null, [])
    }
    // At most `begin` waits.
    const isEmpty = !isBegun && waiting.length < 2
    if (sql === 'commit' && isEmpty) {
      waiting = []
      return callback(null, [])
    }
    const suffix = [andCommit, andNext].find(suffix => sql.endsWith(suffix)) ?? ''
    const statement = sql.slice(0, sql.length - suffix.length)
    if (statement.includes(';')) return callback(new Error("the text of a statement contains ';': pass the value as a parameter"), [])
    if (suffix !== andNext) return sendWithWaiting({ sql, parameters }, callback)
    if (!isBegun && waiting.length === 0) return callback(new Error('a statement can be deferred only in a transaction'), [])
    waiting.push({ sql: statement, parameters })
    callback(null, [])
  }
}
