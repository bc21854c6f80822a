import type { ExpressionBuilder } from 'kysely'
import type { Message } from '#shared/event'
import { forgetAnswers } from '#shared/idempotency'
import { allRows } from '#shared/personal-data'
import { addressColumn, linesColumn, type ShippingDb, type ShippingSql } from './database'
import { isFinal, statuses } from './domain'

const finalStatuses = statuses.filter(status => isFinal({ status, pickedUp: true }))

export const shippingPersonalData = (sql: ShippingSql) => ({
  async exportOf(userId: number) {
    const mine = sql.db.selectFrom('shipments').selectAll().where('user_id', '=', userId)
    const rows = await allRows(
      (after, limit) => mine.where('id', '>', after).orderBy('id').limit(limit).execute(),
      ({ id }) => id,
    )
    return {
      shipments: rows.map(row => ({
        shipment_id: row.id,
        order_id: row.order_id,
        tracking_number: row.tracking_number,
        status: row.status,
        address: row.address === null ? null : addressColumn.read(row.address),
        lines: linesColumn.read(row.lines),
        created_at: row.created_at.toISOString(),
      })),
    }
  },

  /** Removes the addresses of shipments in a final status at once; `changeStatus` removes the others when they reach one. */
  async forget(message: Message, userId: number): Promise<void> {
    await sql.once(message, async trx => {
      await trx.insertInto('erased_users').values({ user_id: userId }).onDuplicateKeyUpdate({ user_id: userId }).execute()
      // The update selects by user alone, so that it waits for a shipment whose status is changing at this moment.
      const address = (row: ExpressionBuilder<ShippingDb, 'shipments'>) => {
        const failedBeforePickUp = row.and([row('status', '=', 'failed'), row('picked_up_at', 'is', null)])
        const isOver = row.or([row('status', 'in', finalStatuses), failedBeforePickUp])
        return row.case().when(isOver).then(null).else(row.ref('address')).end()
      }
      await trx.updateTable('shipments').set({ address }).where('user_id', '=', userId).execute()
      await forgetAnswers(sql, trx, userId)
    })
  },
})
export type ShippingPersonalData = ReturnType<typeof shippingPersonalData>
