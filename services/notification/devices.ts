import { createHash } from 'node:crypto'
import { forbidden, notFound } from '#shared/errors'
import type { DeviceRow, NotificationSql, Trx } from './database'
import { lockRecipients } from './recipients'

const mostPerUser = 10
const hashOf = (token: string) => createHash('sha256').update(token).digest('hex')

/** The tokens of phones and browsers. One belongs to the user who registered it last: whoever signs in on a phone takes it over. */
export const pushDevices = (sql: NotificationSql) => {
  const { db } = sql

  const recount = async (trx: Trx, userId: number) => {
    const { count } = await trx
      .selectFrom('devices')
      .select(row => row.fn.countAll<number>().as('count'))
      .where('user_id', '=', userId)
      .executeTakeFirstOrThrow()
    await trx.updateTable('recipients').set({ device_count: count }).where('user_id', '=', userId).execute()
  }

  return {
    list: (userId: number): Promise<DeviceRow[]> =>
      db.selectFrom('devices').selectAll().where('user_id', '=', userId).orderBy('id').limit(mostPerUser).execute(),

    /** Registering again changes nothing. Beyond ten devices the oldest makes room. */
    async register(userId: number, token: string, platform: string): Promise<DeviceRow> {
      const token_hash = hashOf(token)
      const owner = await db.selectFrom('devices').select('user_id').where('token_hash', '=', token_hash).executeTakeFirst()
      return sql.transaction(async trx => {
        const people = await lockRecipients(trx, [userId, ...(owner ? [owner.user_id] : [])])
        if (people.find(({ user_id }) => user_id === userId)?.erased_at) throw forbidden('This account is closed.')
        const row = trx.selectFrom('devices').selectAll().where('token_hash', '=', token_hash)
        const known = await row.forUpdate().executeTakeFirst()
        if (known?.user_id === userId && known.platform === platform) return known
        if (known) await trx.deleteFrom('devices').where('id', '=', known.id).execute()
        await trx.insertInto('devices').values({ user_id: userId, token_hash, token, platform }).execute()
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
