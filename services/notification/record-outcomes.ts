import { sql as raw } from 'kysely'
import { type DeliveryRow, historyWith, type NotificationSql } from './database'
import type { DeliveryState } from './domain-delivery'

export interface Outcome {
  detail?: string | undefined
  due_at?: Date
  provider?: string
  provider_id?: string
  content?: string
  content_until?: Date
}

/** A delivery as it is to be stored. It leaves the queue unless it is due again. */
export const outcomeOf = (row: DeliveryRow, state: DeliveryState, { detail, ...change }: Outcome): DeliveryRow => {
  const step = { at: new Date().toISOString(), state, ...(detail !== undefined && { detail }) }
  return { ...row, due_at: null, ...change, state, reason: detail?.slice(0, 200) ?? null, history: historyWith(row, step) }
}

const columns = [
  ...(['state', 'reason', 'due_at', 'queued_at', 'attempts'] as const),
  ...(['provider', 'provider_id', 'content', 'content_until', 'history'] as const),
]

/** The value that each of these deliveries has in a column, for one statement that updates them all. */
export const ofEachRow = <Column extends keyof DeliveryRow>(rows: readonly DeliveryRow[], column: Column) => {
  const [first] = rows
  if (first && rows.every(row => row[column] === first[column])) return raw<DeliveryRow[Column]>`${first[column]}`
  const cases = rows.map(row => raw`when ${row.id} then ${row[column]}`)
  return raw<DeliveryRow[Column]>`case id ${raw.join(cases, raw` `)} end`
}

/**
 * Stores how deliveries went, with one statement, and answers of how many. Only the newest claim may say how a delivery went, and only while
 * nobody else has decided.
 */
export const recordOutcomes = async (db: Pick<NotificationSql['db'], 'updateTable'>, rows: readonly DeliveryRow[]): Promise<number> => {
  const ids = rows.map(({ id }) => id)
  const { numUpdatedRows } = await db
    .updateTable('deliveries')
    .set(Object.fromEntries(columns.map(column => [column, ofEachRow(rows, column)])))
    .where('id', 'in', ids)
    .where('state', '=', 'queued')
    .where('claims', '=', ofEachRow(rows, 'claims'))
    .executeTakeFirst()
  return Number(numUpdatedRows)
}
