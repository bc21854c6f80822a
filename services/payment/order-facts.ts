import type { Message } from '#shared/event'
import { lockOrMake } from '#shared/sql'
import type { OrderRow, PaymentSql, Trx } from './database'
import { followOrder, savePayment } from './settle'

/** An order's facts are never undone. After each new one, all of them are applied to its payments, so they may arrive in any order. */
export const orderFacts = (sql: PaymentSql) => {
  const updatePayments = async (trx: Trx, order: OrderRow) => {
    const payments = await trx.selectFrom('payments').selectAll().where('order_id', '=', order.order_id).orderBy('id').forUpdate().execute()
    for (const payment of payments) {
      const before = { ...payment }
      await followOrder(trx, order, payment)
      if (!Bun.deepEquals(payment, before)) await savePayment(trx, payment)
    }
  }
  const addFact = (message: Message, order_id: number, fact: 'cancelled' | 'delivered') =>
    sql.once(message, async trx => {
      const order = await lockOrMake(trx, 'orders', { order_id })
      if (order[fact]) return
      await trx
        .updateTable('orders')
        .set(fact === 'cancelled' ? { cancelled: true } : { delivered: true })
        .where('order_id', '=', order_id)
        .execute()
      await updatePayments(trx, { ...order, [fact]: 1 })
    })

  return {
    cancelled: (message: Message, orderId: number) => addFact(message, orderId, 'cancelled'),
    delivered: (message: Message, orderId: number) => addFact(message, orderId, 'delivered'),

    /** Each return is refunded once, as soon as the payment is captured. */
    returned: (message: Message, order_id: number, return_id: number, amount: number) =>
      sql.once(message, async trx => {
        const order = await lockOrMake(trx, 'orders', { order_id })
        await trx
          .insertInto('returns')
          .ignore()
          .values({ return_id, order_id, amount: String(amount) })
          .execute()
        await updatePayments(trx, order)
      }),
  }
}
export type OrderFacts = ReturnType<typeof orderFacts>
