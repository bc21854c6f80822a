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
import { causeOf, dueAction, dueRefunds, type OrderFacts, type RefundCause, retryPauseMs } from './domain-refunds'
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
  const { id, payment_method, status, amount, currency, captured_at } = payment
  const isCaptured = captured_at !== null
  const waiting = isCaptured ? await waitingReturns(trx, order.order_id) : []
  const facts: OrderFacts = {
    isCancelled: order.cancelled === 1,
    isDelivered: order.delivered === 1,
    paidBy: order.paid_by,
    due: order.due === null ? undefined : toMinor(Number(order.due), currency),
    returns: waiting.map(row => ({ id: row.return_id, amount: toMinor(Number(row.amount), currency) })),
  }
  const known = { id, payment_method, status, amount, isCaptured }
  const action = dueAction(known, facts)
  if (action && !payment.doing) beginAction(payment, action)
  const refunds = dueRefunds(known, facts)
  for (const { key, cause, upTo } of refunds)
    await beginRefund(trx, payment, { amount: Math.min(upTo, refundable(payment)), key, cause, reason: cause })
  const begun = waiting.filter(row => refunds.some(({ key }) => key === `return:${row.return_id}`)).map(row => row.return_id)
  if (begun.length > 0) await trx.updateTable('returns').set({ settled: true }).where('return_id', 'in', begun).execute()
}

/** Returned goods, whose refunds wait until the payment is captured. */
const waitingReturns = (trx: Trx, orderId: number) => {
  const waiting = trx.selectFrom('returns').selectAll().where('order_id', '=', orderId).where('settled', '=', 0)
  return waiting.orderBy('return_id').forUpdate().execute()
}

interface NewRefund {
  amount: number
  cause: RefundCause
  key?: string
  reason?: string | null | undefined
  requestKey?: string | undefined
  askAt?: Date
  attempt?: number
  retryOf?: number
}
/**
 * Sets the money aside, so that no two refunds spend the same; the provider is asked later. Undefined when there is nothing to refund, or
 * the refund was begun before. The caller saves the payment.
 */
export const beginRefund = async (trx: Trx, payment: PaymentRow, refund: NewRefund): Promise<number | undefined> => {
  const { amount, cause, key = null, reason = null, requestKey = null, askAt = new Date(), attempt = 1, retryOf = null } = refund
  if (amount <= 0) return undefined
  const asked = { request_key: requestKey, ask_at: askAt, attempt, retry_of: retryOf }
  const { insertId, numInsertedOrUpdatedRows } = await trx
    .insertInto('refunds')
    .ignore()
    .values({ payment_id: payment.id, amount, cause: key, refund_cause: cause, reason, reference: null, ...asked })
    .executeTakeFirstOrThrow()
  if (numInsertedOrUpdatedRows !== 1n) return undefined
  payment.refunding += amount
  return Number(insertId)
}

/** Tries a failed refund again later, under a new id: the provider keeps its refusal of the old one. Its money stays set aside. */
const retryLater = async (trx: Trx, payment: PaymentRow, { id, amount, attempt, reason, ...row }: RefundRow) => {
  const pauseMs = retryPauseMs(attempt)
  if (pauseMs === undefined) return
  const askAt = new Date(Date.now() + pauseMs)
  await beginRefund(trx, payment, { amount, cause: causeOf({ reason, ...row }), reason, askAt, attempt: attempt + 1, retryOf: id })
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
  if (state === 'failed') await retryLater(trx, payment, refund)
  if (state === 'succeeded') {
    payment.refunded += refund.amount
    payment.status = statusAfterRefund(payment)
    await bookRefund(trx, payment, refund, reference)
    const data = {
      ...eventData(payment),
      amount: toMajor(refund.amount, payment.currency),
      refund_id: refundId,
      total_refunded: toMajor(payment.refunded, payment.currency),
      cause: causeOf(refund),
      ...(refund.reason && { reason: refund.reason }),
    }
    publish(paymentRefunded({ id: payment.id, version: ++payment.version }, data))
  }
  await savePayment(trx, payment)
  return settled
}
