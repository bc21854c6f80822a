import type { MysqlQueryResult } from 'kysely'
import type { RowDataPacket } from 'mysql2'

type Callback<Result> = (error: unknown, result: Result) => void
export type Send = <Result extends RowDataPacket[] | RowDataPacket[][]>(
  sql: string,
  parameters: unknown[],
  callback: Callback<Result>,
) => unknown

/** Appended to the last statement of a transaction, if that is known before it is sent. */
export const andCommit = '; commit'

/**
 * `begin` travels with the first statement of a transaction, and `commit` with its last one: two round trips less, and a small transaction has
 * few. That takes several statements in one command. Only these two constants are joined to a statement: its values mysql2 escapes as ever, and
 * a text that holds another statement is refused, as the server did before.
 *
 * The server stops at the first statement that fails, so an error leaves the transaction open, and Kysely rolls it back. Kysely's driver sends
 * `begin`, `commit` and `rollback` as texts of their own; what has nothing to do is not sent.
 */
export const joinTransactions = (send: Send) => {
  let transaction: 'none' | 'wanted' | 'open' = 'none'
  return (sql: string, parameters: unknown[], callback: Callback<MysqlQueryResult>) => {
    if (sql === 'begin') {
      transaction = 'wanted'
      return callback(null, [])
    }
    if (sql === 'commit' || sql === 'rollback') {
      const isOpen = transaction === 'open'
      transaction = 'none'
      return isOpen ? send<RowDataPacket[]>(sql, parameters, callback) : callback(null, [])
    }
    const isFirst = transaction === 'wanted'
    const isLast = sql.endsWith(andCommit)
    if (sql.slice(0, isLast ? -andCommit.length : undefined).includes(';')) return callback(new Error('more than one statement'), [])
    if (isFirst) transaction = 'open'
    if (!isFirst && !isLast) return send<RowDataPacket[]>(sql, parameters, callback)
    return send<RowDataPacket[][]>(isFirst ? `begin; ${sql}` : sql, parameters, (error, results) => {
      if (!error && isLast) transaction = 'none'
      callback(error, results?.[isFirst ? 1 : 0] ?? [])
    })
  }
}
