import { sql as raw } from 'kysely'
import { toMajor } from '#shared/money'
import { defer, lockOrMakeAll } from '#shared/sql'
import type { OrderRow, PaymentRow, Trx } from './database'
import type { ProviderAction } from './domain'

/** What a payment is locked by. Neither ever changes, so they may be known from an earlier read. */
export type PaymentKey = Pick<PaymentRow, 'id' | 'order_id'>

export interface LockedPayment {
  order: OrderRow
  payment: PaymentRow
  /** Whether goods came back whose refund waits for the capture. */
  hasReturns: boolean
}

const payments = (trx: Trx) =>
  trx
    .selectFrom('payments')
    .innerJoin('orders', 'orders.order_id', 'payments.order_id')
    .selectAll('payments')
    .select(['orders.cancelled', 'orders.delivered', 'orders.paid_by', 'orders.due'])
    .select(raw<number>`exists (select 1 from returns where order_id = payments.order_id and settled = 0)`.as('hasReturns'))
    .orderBy('payments.id')
    .forUpdate()
const lockedPayment = (row: Awaited<ReturnType<ReturnType<typeof payments>['execute']>>[number]): LockedPayment => {
  const { cancelled, delivered, paid_by, due, hasReturns, ...payment } = row
  return { order: { order_id: payment.order_id, cancelled, delivered, paid_by, due }, payment, hasReturns: hasReturns === 1 }
}

/**
 * Locks the order first, as every transaction does, so that a capture and a cancellation take turns. What is read afterwards is what the
 * transaction that held the lock before has committed.
 */
export const lockPayment = async (trx: Trx, { id, order_id }: PaymentKey): Promise<LockedPayment> => {
  await lockOrMakeAll(trx, 'orders', 'order_id', [order_id])
  return lockedPayment(await payments(trx).where('payments.id', '=', id).executeTakeFirstOrThrow())
}

/** The payments of orders that are locked already. */
export const paymentsOfOrders = async (trx: Trx, orderIds: readonly number[]): Promise<LockedPayment[]> => {
  const rows = await payments(trx).where('payments.order_id', 'in', orderIds).execute()
  return rows.map(lockedPayment)
}

export const paymentOfRefund = (trx: Trx, refundId: number): Promise<PaymentKey | undefined> =>
  trx
    .selectFrom('refunds')
    .innerJoin('payments', 'payments.id', 'refunds.payment_id')
    .select(['payments.id', 'payments.order_id'])
    .where('refunds.id', '=', refundId)
    .executeTakeFirst()

/** With `paidBy`, its order is saved, too: by a statement of its own, since one update of both tables took MySQL 1.2 ms under load. */
export const savePayment = async (trx: Trx, { id, ...row }: PaymentRow, paidBy?: number | null): Promise<void> => {
  const { order_id, created_at: _, ...changed } = row
  const set = { ...changed, updated_at: new Date() }
  await defer(trx.updateTable('payments').set(set).where('id', '=', id))
  if (paidBy !== undefined) await defer(trx.updateTable('orders').set({ paid_by: paidBy }).where('order_id', '=', order_id))
}

/** From `askAt` on, the follow-up asks the provider until the outcome of the action is known. The caller saves the payment. */
export const beginAction = (payment: PaymentRow, action: ProviderAction, askAt = new Date()) => {
  payment.doing = action
  payment.ask_at = askAt
}

/** What all events of a payment have in common. */
export const paymentEventData = ({ id, order_id, user_id, amount, currency, payment_method, transaction_id, reason }: PaymentRow) => ({
  payment_id: id,
  order_id,
  user_id,
  amount: toMajor(amount, currency),
  currency,
  payment_method,
  transaction_id: transaction_id ?? '',
  ...(reason && { reason }),
})
