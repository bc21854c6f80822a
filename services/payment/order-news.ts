import type { Message } from '#shared/event'
import type { Sql } from '#shared/sql'
import type { OrderRow, PaymentDb, Trx } from './database'
import { follow, lockOrder, savePayment } from './settle'

/** What is heard of an order. Each is a fact that stays: what follows for its payments is worked out anew, whichever came last. */
export const orderNews = (sql: Sql<PaymentDb>) => {
  const paymentsFollow = async (trx: Trx, order: OrderRow) => {
    const rows = await trx.selectFrom('payments').selectAll().where('order_id', '=', order.order_id).orderBy('id').forUpdate().execute()
    for (const payment of rows) {
      const before = JSON.stringify(payment)
      await follow(trx, order, payment)
      if (JSON.stringify(payment) !== before) await savePayment(trx, payment)
    }
  }
  const learn = (message: Message, orderId: number, fact: 'cancelled' | 'delivered') =>
    sql.once(message, async trx => {
      const order = await lockOrder(trx, orderId)
      if (order[fact]) return
      await trx
        .updateTable('orders')
        .set(fact === 'cancelled' ? { cancelled: true } : { delivered: true })
        .where('order_id', '=', orderId)
        .execute()
      await paymentsFollow(trx, { ...order, [fact]: 1 })
    })

  return {
    cancelled: (message: Message, orderId: number) => learn(message, orderId, 'cancelled'),
    delivered: (message: Message, orderId: number) => learn(message, orderId, 'delivered'),

    /** Refunded once a return; when the money is not in yet, as soon as it is. */
    returned: (message: Message, orderId: number, returnId: number, amount: number) =>
      sql.once(message, async trx => {
        const order = await lockOrder(trx, orderId)
        await trx
          .insertInto('returns')
          .ignore()
          .values({ return_id: returnId, order_id: orderId, amount: String(amount) })
          .execute()
        await paymentsFollow(trx, order)
      }),
  }
}
export type OrderNews = ReturnType<typeof orderNews>
