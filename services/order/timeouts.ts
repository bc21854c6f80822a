import { orderPaymentTimeout } from '#shared/catalog'
import type { Message, Publish } from '#shared/event'
import type { Log } from '#shared/log'
import { eachIsolated } from '#shared/sweep'
import { changeOrder, loadLockedOrder } from './changes'
import type { OrderRow, OrderSql, Terms, Trx } from './database'
import { awaitsPayment, statuses } from './domain'
import { unpaidUntil } from './domain-claims'

interface Ports {
  sql: OrderSql
  terms: Pick<Terms, 'paymentTimeoutMs'>
  log: Pick<Log, 'warn'>
}

/** Timers of one term wait in one queue, which gives them out in order: a wait of days must not delay those of minutes behind it. */
export const timerTerm = (dueAt: Date, { paymentTimeoutMs }: Pick<Terms, 'paymentTimeoutMs'>) =>
  dueAt.getTime() - Date.now() > paymentTimeoutMs ? 'transfer' : 'standard'

export const timeouts = ({ sql, terms, log }: Ports) => {
  /** Cancels the order if it is unpaid and overdue. Too early, it returns when to look again. */
  const cancelOverdue = async (trx: Trx, publish: Publish, orderId: number): Promise<{ row: OrderRow; dueAt: Date } | undefined> => {
    const order = await loadLockedOrder(trx, orderId)
    if (!order || !awaitsPayment(order.row.status)) return undefined
    const dueAt = unpaidUntil(order.row)
    if (dueAt > new Date()) return { row: order.row, dueAt }
    await changeOrder(trx, publish, order, { facts: [{ kind: 'called_off', reason: 'payment_timeout' }] })
    return undefined
  }

  return {
    /** Handles the timer that was set when the order was placed, and sets another when it comes too early. Most orders are paid by then. */
    async timerDue(message: Message, orderId: number) {
      const order = await sql.db.selectFrom('orders').select('status').where('id', '=', orderId).executeTakeFirst()
      if (!order || !awaitsPayment(order.status)) return
      await sql.once(message, async (trx, publish) => {
        const early = await cancelOverdue(trx, publish, orderId)
        if (!early) return
        const { row, dueAt } = early
        publish(
          orderPaymentTimeout({ id: row.id, version: row.version }, { order_id: row.id }, { at: dueAt, term: timerTerm(dueAt, terms) }),
        )
      })
    },

    /** Finds overdue orders whose timer was lost. */
    async sweep(now: Date, limit = 100): Promise<void> {
      const overdue = await sql.db
        .selectFrom('orders')
        .select('id')
        .where('status', 'in', statuses.filter(awaitsPayment))
        .where('payment_due_at', '<=', now)
        .where(order => order.or([order('claim_until', 'is', null), order('claim_until', '<=', now)]))
        .orderBy('status')
        .orderBy('payment_due_at')
        .limit(limit)
        .execute()
      await eachIsolated(
        overdue,
        ({ id }) => sql.transaction((trx, publish) => cancelOverdue(trx, publish, id)),
        (error, { id }) => log.warn({ err: error, order_id: id }, 'an overdue order could not be cancelled; it is tried again'),
      )
    },
  }
}
