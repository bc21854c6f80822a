import { paymentAuthorized, paymentFailed, paymentProcessed, paymentRefunded, paymentVoided } from '#shared/catalog'
import type { Publish } from '#shared/event'
import { toMajor, toMinor } from '#shared/money'
import { lockOrMake } from '#shared/sql'
import { nextActionColumn, type OrderRow, type PaymentRow, type RefundRow, type Trx } from './database'
import {
  isOpen,
  isOutcomeOf,
  type PaymentStatus,
  type ProviderAction,
  refundable,
  statusAfterRefund,
  statusAfterReport,
  waitsForMoney,
} from './domain'
import { bookCapture, bookRefund } from './ledger'
import type { Charge, RefundOutcome } from './providers/provider'

/** Locks the order first, as every transaction does, so that a capture and a cancellation take turns and the second sees the first. */
export const lockPayment = async (trx: Trx, id: number): Promise<{ order: OrderRow; payment: PaymentRow }> => {
  const { order_id } = await trx.selectFrom('payments').select('order_id').where('id', '=', id).executeTakeFirstOrThrow()
  const order = await lockOrMake(trx, 'orders', { order_id })
  return { order, payment: await trx.selectFrom('payments').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow() }
}

export const savePayment = async (trx: Trx, { id, ...row }: PaymentRow): Promise<void> => {
  const { order_id: _, created_at: __, ...changed } = row
  await trx
    .updateTable('payments')
    .set({ ...changed, updated_at: new Date() })
    .where('id', '=', id)
    .execute()
}

/** From `askAt` on, the follow-up asks the provider until the outcome of the action is known. The caller saves the payment. */
export const beginAction = (payment: PaymentRow, action: ProviderAction, askAt = new Date()) => {
  payment.doing = action
  payment.ask_at = askAt
}

const eventData = ({ id, order_id, user_id, amount, currency, payment_method, transaction_id, reason }: PaymentRow) => ({
  payment_id: id,
  order_id,
  user_id,
  amount: toMajor(amount, currency),
  currency,
  payment_method,
  transaction_id: transaction_id ?? '',
  ...(reason && { reason }),
})
const eventOf: Partial<Record<PaymentStatus, typeof paymentFailed>> = {
  authorized: paymentAuthorized,
  completed: paymentProcessed,
  failed: paymentFailed,
  voided: paymentVoided,
}

const changeStatus = (payment: PaymentRow, status: PaymentStatus, publish: Publish) => {
  payment.status = status
  if (status === 'failed' || status === 'voided') payment.live_order_id = null
  if (!isOpen(status)) payment.expires_at = null
  if (!waitsForMoney(status)) payment.hold_at = null
  const event = eventOf[status]
  if (event) publish(event({ id: payment.id, version: ++payment.version }, eventData(payment)))
}

/** The provider reports another amount than the payment's. Nothing is booked until a person has looked at it. */
export class ChargeMismatch extends Error {
  override readonly name = 'ChargeMismatch'
}

/** Records what a provider reports of a charge, in an answer or a webhook, and what follows from it. */
export const settleCharge = async (trx: Trx, publish: Publish, paymentId: number, charge: Charge): Promise<PaymentRow> => {
  const { order, payment } = await lockPayment(trx, paymentId)
  if (charge.amount !== payment.amount || charge.currency !== payment.currency)
    throw new ChargeMismatch(
      `payment ${paymentId} is for ${payment.amount} ${payment.currency}, but its provider reports ${charge.amount} ${charge.currency}`,
    )
  payment.transaction_id ??= charge.transactionId || null
  const status = statusAfterReport(payment.status, payment.captured_at !== null, charge.state)
  if (payment.doing && isOutcomeOf(payment.doing, payment.payment_method, charge.state)) {
    payment.doing = null
    payment.ask_at = null
  }
  if (status) payment.reason = charge.reason ?? null
  if (charge.nextAction) payment.next_action = nextActionColumn.write(charge.nextAction)
  else if (status) payment.next_action = null
  if (status === 'completed') {
    payment.captured = payment.amount
    payment.captured_at = new Date()
    if (payment.amount > 0) await bookCapture(trx, payment, payment.amount, charge.transactionId)
    if (order.paid_by === null) {
      order.paid_by = payment.id
      await trx.updateTable('orders').set({ paid_by: payment.id }).where('order_id', '=', order.order_id).execute()
    }
  }
  if (status) changeStatus(payment, status, publish)
  if (charge.capturable && isOpen(payment.status) && !payment.doing) beginAction(payment, 'capture')
  await followOrder(trx, order, payment)
  await savePayment(trx, payment)
  return payment
}

/** Applies the order's facts to a payment; what became known last makes no difference. The caller saves the payment. */
export const followOrder = async (trx: Trx, order: OrderRow, payment: PaymentRow): Promise<void> => {
  const cancelled = order.cancelled === 1
  if (payment.captured_at) {
    const paidTwice = order.paid_by !== payment.id
    const cause = `auto:${payment.id}`
    if (cancelled || paidTwice)
      await beginRefund(trx, payment, { amount: refundable(payment), cause, reason: paidTwice ? 'paid_twice' : 'order_cancelled' })
    else await refundReturns(trx, payment)
    return
  }
  if (!isOpen(payment.status) || payment.doing) return
  if (cancelled) beginAction(payment, 'void')
  else if (order.delivered && payment.payment_method === 'cash_on_delivery') beginAction(payment, 'capture')
}

/** Begins the refunds of returned goods, which wait until the payment is captured. */
const refundReturns = async (trx: Trx, payment: PaymentRow) => {
  const waiting = trx.selectFrom('returns').selectAll().where('order_id', '=', payment.order_id).where('settled', '=', 0)
  for (const { return_id, amount } of await waiting.orderBy('return_id').forUpdate().execute()) {
    const due = Math.min(toMinor(Number(amount), payment.currency), refundable(payment))
    await beginRefund(trx, payment, { amount: due, cause: `return:${return_id}`, reason: 'goods_returned' })
    await trx.updateTable('returns').set({ settled: true }).where('return_id', '=', return_id).execute()
  }
}

interface NewRefund {
  amount: number
  cause?: string
  reason?: string | undefined
  requestKey?: string | undefined
  askAt?: Date
}
/**
 * Sets the money aside, so that no two refunds spend the same; the provider is asked later. Undefined when there is nothing to refund, or
 * the cause was refunded before. The caller saves the payment.
 */
export const beginRefund = async (trx: Trx, payment: PaymentRow, refund: NewRefund): Promise<number | undefined> => {
  const { amount, cause = null, reason = null, requestKey: request_key = null, askAt: ask_at = new Date() } = refund
  if (amount <= 0) return undefined
  const { insertId, numInsertedOrUpdatedRows } = await trx
    .insertInto('refunds')
    .ignore()
    .values({ payment_id: payment.id, amount, cause, reason, request_key, ask_at, reference: null })
    .executeTakeFirstOrThrow()
  if (numInsertedOrUpdatedRows !== 1n) return undefined
  payment.refunding += amount
  return Number(insertId)
}

/** Records what a provider reports of a refund. */
export const settleRefund = async (
  trx: Trx,
  publish: Publish,
  refundId: number,
  { state, reference }: RefundOutcome,
): Promise<RefundRow> => {
  const rows = trx.selectFrom('refunds').selectAll().where('id', '=', refundId)
  const { payment } = await lockPayment(trx, (await rows.executeTakeFirstOrThrow()).payment_id)
  const refund = await rows.forUpdate().executeTakeFirstOrThrow()
  if (refund.state !== 'pending') return refund
  const settled: RefundRow = { ...refund, reference, state, ask_at: state === 'pending' ? refund.ask_at : null, updated_at: new Date() }
  const { id: _, ...changed } = settled
  await trx.updateTable('refunds').set(changed).where('id', '=', refundId).execute()
  if (state === 'pending') return settled
  payment.refunding -= refund.amount
  if (state === 'succeeded') {
    payment.refunded += refund.amount
    payment.status = statusAfterRefund(payment)
    await bookRefund(trx, payment, refund, reference)
    const data = {
      ...eventData(payment),
      amount: toMajor(refund.amount, payment.currency),
      refund_id: refundId,
      total_refunded: toMajor(payment.refunded, payment.currency),
      ...(refund.reason && { reason: refund.reason }),
    }
    publish(paymentRefunded({ id: payment.id, version: ++payment.version }, data))
  }
  await savePayment(trx, payment)
  return settled
}
