import { lockOrMakeAll } from '#shared/sql'
import type { NotificationSql, RecipientRow, Trx } from './database'

/** Locks the rows of these people in one order, and makes those that are missing. */
export const lockRecipients = async (trx: Trx, userIds: readonly number[]): Promise<RecipientRow[]> => {
  const ids = [...new Set(userIds)]
  if (ids.length === 0) return []
  const locked = () => trx.selectFrom('recipients').selectAll().where('user_id', 'in', ids).orderBy('user_id').forUpdate().execute()
  const known = await locked()
  if (known.length === ids.length) return known
  await lockOrMakeAll(trx, 'recipients', 'user_id', ids)
  return locked()
}

export const lockRecipient = async (trx: Trx, userId: number): Promise<RecipientRow> => {
  const [row] = await lockRecipients(trx, [userId])
  if (!row) throw new Error('a recipient was deleted while it was locked')
  return row
}

export const findRecipient = ({ db }: Pick<NotificationSql, 'db'>, userId: number): Promise<RecipientRow | undefined> =>
  db.selectFrom('recipients').selectAll().where('user_id', '=', userId).executeTakeFirst()
