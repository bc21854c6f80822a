import { createHash } from 'node:crypto'
import type { User } from '#shared/auth'
import { forbidden, notFound } from '#shared/errors'
import type { NotificationClients } from './clients'
import type { DeviceRow, NotificationSql, Trx } from './database'
import { lockRecipients } from './recipients'

const mostPerUser = 10
const hashOf = (token: string) => createHash('sha256').update(token).digest('hex')

interface Ports {
  sql: NotificationSql
  clients: Pick<NotificationClients, 'liveSessions'>
}

/**
 * The tokens of phones and browsers. One belongs to the user and the session that registered it last: whoever signs in on a phone takes it over,
 * and it is deleted when the session ends.
 */
export const pushDevices = ({ sql, clients }: Ports) => {
  const { db } = sql

  const recount = async (trx: Trx, userId: number) => {
    const { count } = await trx
      .selectFrom('devices')
      .select(row => row.fn.countAll<number>().as('count'))
      .where('user_id', '=', userId)
      .executeTakeFirstOrThrow()
    await trx.updateTable('recipients').set({ device_count: count }).where('user_id', '=', userId).execute()
  }

  /** Those that another session has taken over meanwhile stay. */
  const deleteEnded = async (ended: readonly DeviceRow[]) => {
    if (ended.length === 0) return
    await sql.transaction(async trx => {
      const people = await lockRecipients(
        trx,
        ended.map(({ user_id }) => user_id),
      )
      const ids = ended.map(({ id }) => id)
      const sessions = ended.map(({ session_id }) => session_id ?? '')
      const theirs = trx.deleteFrom('devices').where('id', 'in', ids)
      await theirs.where(row => row(row.fn.coalesce('session_id', row.val('')), 'in', sessions)).execute()
      for (const { user_id } of people) await recount(trx, user_id)
    })
  }

  return {
    list: (userId: number): Promise<DeviceRow[]> =>
      db.selectFrom('devices').selectAll().where('user_id', '=', userId).orderBy('id').limit(mostPerUser).execute(),

    /**
     * Those of several users whose session is alive; the others are deleted. The end of a session may not have been heard, or may have come
     * before its device was stored.
     */
    async reachable(userIds: readonly number[]): Promise<DeviceRow[]> {
      if (userIds.length === 0) return []
      const rows = await db.selectFrom('devices').selectAll().where('user_id', 'in', userIds).orderBy('id').execute()
      const live = await clients.liveSessions(rows.flatMap(({ session_id }) => session_id ?? []))
      const isLive = ({ session_id }: DeviceRow) => session_id !== null && live.has(session_id)
      await deleteEnded(rows.filter(row => !isLive(row)))
      return rows.filter(isLive)
    },

    async endSession(sid: string | undefined): Promise<void> {
      if (sid) await deleteEnded(await db.selectFrom('devices').selectAll().where('session_id', '=', sid).execute())
    },

    /** Registering again changes no more than the session. Beyond ten devices the oldest makes room. */
    async register({ id: userId, sid: session_id }: Pick<User, 'id' | 'sid'>, token: string, platform: string): Promise<DeviceRow> {
      const token_hash = hashOf(token)
      const owner = await db.selectFrom('devices').select('user_id').where('token_hash', '=', token_hash).executeTakeFirst()
      return sql.transaction(async trx => {
        const people = await lockRecipients(trx, [userId, ...(owner ? [owner.user_id] : [])])
        if (people.find(({ user_id }) => user_id === userId)?.erased_at) throw forbidden('This account is closed.')
        const row = trx.selectFrom('devices').selectAll().where('token_hash', '=', token_hash)
        const known = await row.forUpdate().executeTakeFirst()
        if (known?.user_id === userId && known.platform === platform) {
          await trx.updateTable('devices').set({ session_id }).where('id', '=', known.id).execute()
          return { ...known, session_id }
        }
        if (known) await trx.deleteFrom('devices').where('id', '=', known.id).execute()
        await trx.insertInto('devices').values({ user_id: userId, token_hash, token, platform, session_id }).execute()
        const surplus = trx.selectFrom('devices').select('id').where('user_id', '=', userId).orderBy('id', 'desc').offset(mostPerUser)
        const oldest = (await surplus.limit(mostPerUser).execute()).map(({ id }) => id)
        if (oldest.length > 0) await trx.deleteFrom('devices').where('id', 'in', oldest).execute()
        for (const { user_id } of people) await recount(trx, user_id)
        return row.executeTakeFirstOrThrow()
      })
    },

    async remove(userId: number, id: number): Promise<void> {
      await sql.transaction(async trx => {
        await lockRecipients(trx, [userId])
        const { numDeletedRows } = await trx.deleteFrom('devices').where('id', '=', id).where('user_id', '=', userId).executeTakeFirst()
        if (numDeletedRows === 0n) throw notFound('device')
        await recount(trx, userId)
      })
    },

    /** Its provider says that the app is gone from there. */
    async forget(token: string): Promise<void> {
      const token_hash = hashOf(token)
      const owner = await db.selectFrom('devices').select('user_id').where('token_hash', '=', token_hash).executeTakeFirst()
      if (!owner) return
      await sql.transaction(async trx => {
        await lockRecipients(trx, [owner.user_id])
        await trx.deleteFrom('devices').where('token_hash', '=', token_hash).where('user_id', '=', owner.user_id).execute()
        await recount(trx, owner.user_id)
      })
    },
  }
}
export type PushDevices = ReturnType<typeof pushDevices>
