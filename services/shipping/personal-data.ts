import type { ExpressionBuilder } from 'kysely'
import type { Message } from '#shared/event'
import type { ShippingDb, ShippingSql } from './database'
import { isEnded, statuses } from './domain'
import { linesOf } from './parcels'

const most = 10_000
const ended = statuses.filter(isEnded)

export const personalData = (sql: ShippingSql) => ({
  async exportOf(userId: number) {
    const rows = await sql.db.selectFrom('shipments').selectAll().where('user_id', '=', userId).orderBy('id').limit(most).execute()
    return {
      shipments: rows.map(row => ({
        shipment_id: row.id,
        order_id: row.order_id,
        tracking_number: row.tracking_number,
        status: row.status,
        address: row.address === null ? null : (JSON.parse(row.address) as unknown),
        lines: linesOf(row),
        created_at: row.created_at.toISOString(),
      })),
    }
  },

  /** At once where the parcel's way has ended; the others are forgotten when theirs does. */
  async forget(message: Message, userId: number): Promise<void> {
    await sql.once(message, async trx => {
      await trx.insertInto('erased_users').values({ user_id: userId }).onDuplicateKeyUpdate({ user_id: userId }).execute()
      // By the user alone, so that a parcel which is just arriving is waited for.
      const kept = (row: ExpressionBuilder<ShippingDb, 'shipments'>) =>
        row.case().when('status', 'in', ended).then(null).else(row.ref('address')).end()
      await trx.updateTable('shipments').set({ address: kept }).where('user_id', '=', userId).execute()
    })
  },
})
export type PersonalData = ReturnType<typeof personalData>
