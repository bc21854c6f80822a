import { orderPaymentTimeout } from '#shared/catalog'
import type { Message, Publish } from '#shared/event'
import { change, lockOrder } from './changes'
import type { OrderRow, OrderSql, Terms, Trx } from './database'
import { awaitsPayment } from './domain'

/** A payment that was begun in time may end: the order waits for it, at most for its claim. */
const timeoutOf = ({ payment_due_at, claim_until }: Pick<OrderRow, 'payment_due_at' | 'claim_until'>) =>
  claim_until && claim_until > payment_due_at ? claim_until : payment_due_at

export const timeouts = (sql: OrderSql, { paymentTimeoutMs }: Pick<Terms, 'paymentTimeoutMs'>) => {
  /** Looks again, since much may have happened. Tells when to come back, if it is too early. */
  const end = async (trx: Trx, publish: Publish, orderId: number): Promise<{ row: OrderRow; dueAt: Date } | undefined> => {
    const order = await lockOrder(trx, orderId)
    if (!order || !awaitsPayment(order.row.status)) return undefined
    const dueAt = timeoutOf(order.row)
    if (dueAt > new Date()) return { row: order.row, dueAt }
    await change(trx, publish, order, { facts: [{ kind: 'called_off', reason: 'payment_timeout' }] })
    return undefined
  }

  return {
    /** The alarm that was set when the order was placed; set anew when it rings early. */
    ring: (message: Message, orderId: number) =>
      sql.once(message, async (trx, publish) => {
        const early = await end(trx, publish, orderId)
        if (!early) return
        const { row, dueAt } = early
        // A long wait must not stand in the way of the short ones behind it.
        const term = dueAt.getTime() - Date.now() > paymentTimeoutMs ? 'transfer' : 'standard'
        publish(orderPaymentTimeout({ id: row.id, version: row.version }, { order_id: row.id }, { at: dueAt, term }))
      }),

    /** The net under the alarms. */
    async sweep(now: Date, limit = 100): Promise<void> {
      const overdue = await sql.db
        .selectFrom('orders')
        .select(['id', 'payment_due_at', 'claim_until'])
        .where('status', 'in', ['pending', 'awaiting_payment'])
        .where('payment_due_at', '<=', now)
        .limit(limit)
        .execute()
      for (const order of overdue)
        if (timeoutOf(order) <= now) await sql.transaction((trx, publish) => end(trx, publish, order.id).then(() => {}))
    },
  }
}
export type Timeouts = ReturnType<typeof timeouts>
