import type { Message } from '#shared/event'
import { lockOrMake, lockOrMakeAll } from '#shared/sql'
import type { OrderRow, PaymentSql, Trx } from './database'
import { savePayment } from './payment-rows'
import { followOrder } from './settle'

interface NewFacts {
  cancelled?: boolean
  delivered?: boolean
  /** What the order costs, in major units. */
  due?: number | undefined
}

/** An order's facts are never undone. After each new one, all of them are applied to its payments, so they may arrive in any order. */
export const orderFacts = (sql: PaymentSql) => {
  // Events that share a transaction lock their orders in one order, so that two such transactions do not deadlock.
  const once = sql.onceLocking((trx, orderIds: readonly number[]) => lockOrMakeAll(trx, 'orders', 'order_id', orderIds))
  const updatePayments = async (trx: Trx, order: OrderRow) => {
    const payments = await trx.selectFrom('payments').selectAll().where('order_id', '=', order.order_id).orderBy('id').forUpdate().execute()
    for (const payment of payments) {
      const before = { ...payment }
      await followOrder(trx, { order, payment, hasReturns: true })
      if (!Bun.deepEquals(payment, before)) await savePayment(trx, payment)
    }
  }
  return {
    add: (message: Message, order_id: number, { cancelled, delivered, due }: NewFacts) =>
      once(
        message,
        async trx => {
          const before = await lockOrMake(trx, 'orders', { order_id })
          const order = {
            ...before,
            cancelled: before.cancelled || Number(cancelled ?? false),
            delivered: before.delivered || Number(delivered ?? false),
            due: before.due ?? (due === undefined ? null : String(due)),
          }
          if (Bun.deepEquals(order, before)) return
          const facts = { cancelled: order.cancelled === 1, delivered: order.delivered === 1, due: order.due }
          await trx.updateTable('orders').set(facts).where('order_id', '=', order_id).execute()
          await updatePayments(trx, order)
        },
        order_id,
      ),

    /** Each return is refunded once, as soon as the payment is captured. */
    returned: (message: Message, order_id: number, return_id: number, amount: number) =>
      once(
        message,
        async trx => {
          const order = await lockOrMake(trx, 'orders', { order_id })
          await trx
            .insertInto('returns')
            .ignore()
            .values({ return_id, order_id, amount: String(amount) })
            .execute()
          await updatePayments(trx, order)
        },
        order_id,
      ),
  }
}
export type OrderFacts = ReturnType<typeof orderFacts>
