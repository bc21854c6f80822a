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

/** What an outcome sets. */
const columns = [
  ...(['reason', 'due_at', 'queued_at', 'attempts', 'provider'] as const),
  ...(['provider_id', 'content', 'content_until', 'history', 'state'] as const),
]

/**
 * Stores how deliveries went, with one statement that updates their rows. Only the newest claim may say how a delivery went, and only while nobody else has decided.
 * The columns are set one after the other, so the state, which decides about all of them, comes last.
 */
export const recordOutcomes = async (db: Pick<NotificationSql['db'], 'insertInto'>, rows: readonly DeliveryRow[]): Promise<void> => {
  const set = columns.map(column => {
    const before = raw.ref(column)
    return [column, raw`if(state = 'queued' and claims = values(claims), values(${before}), ${before})`]
  })
  await db
    .insertInto('deliveries')
    .values(rows.toSorted((a, b) => a.id - b.id))
    .onDuplicateKeyUpdate(Object.fromEntries(set))
    .execute()
}
