import { paymentAuthorized, paymentFailed, paymentPending, paymentProcessed, paymentVoided } from '#shared/catalog'
import type { Publish } from '#shared/event'
import type { Log } from '#shared/log'
import { toMinor } from '#shared/money'
import { nextActionColumn, type PaymentRow, type PaymentSql, type Trx } from './database'
import { isOpen, type PaymentStatus, waitsForMoney } from './domain'
import { paidByAfter, settledBy } from './domain-charges'
import { dueAction, dueRefunds, type OrderFacts, refundsToBegin } from './domain-refunds'
import { bookCapture } from './ledger'
import {
  beginAction,
  type LockedPayment,
  lockPayment,
  type PaymentKey,
  paymentEventData,
  paymentsOfOrders,
  savePayment,
} from './payment-rows'
import type { Charge, NextAction } from './providers/provider'
import { beginRefund } from './settle-refund'

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
  if (event) publish(event({ id: payment.id, version: ++payment.version }, paymentEventData(payment)))
}

/** Tells once where a transfer goes, what it has to say, and until when it is awaited: the buyer may have closed the page that showed it. */
const tellTransfer = ({ order, payment }: LockedPayment, { reference, due_at, bank_account }: NextAction, publish: Publish) => {
  if (payment.payment_method !== 'bank_transfer' || payment.next_action !== null || !reference || !due_at) return
  if (!waitsForMoney(payment.status) || order.cancelled === 1) return
  const transfer = { reference, due_at, ...(bank_account && { bank_account }) }
  publish(paymentPending({ id: payment.id, version: ++payment.version }, { ...paymentEventData(payment), ...transfer }))
}

/** The provider reports another amount than the payment's. Nothing is booked until a person has looked at it. */
export class ChargeMismatch extends Error {
  override readonly name = 'ChargeMismatch'
}

interface Answered<T> {
  sql: PaymentSql
  log: Pick<Log, 'error'>
  payment: PaymentKey
  charge: Charge
  /** Belongs to the same transaction. */
  finish(trx: Trx, payment: PaymentRow): Promise<T>
}
/** Records the answer of a provider. One about another amount ends the asking: drift lists the payment until a report of it fits. */
export const settleAnswer = async <T>({ sql, log, payment: key, charge, finish }: Answered<T>): Promise<T> => {
  try {
    return await sql.transaction(async (trx, publish) => finish(trx, await settleCharge(trx, publish, key, charge)))
  } catch (error) {
    if (!(error instanceof ChargeMismatch)) throw error
    log.error({ err: error, payment: key.id }, 'a provider answered with another amount than its payment')
    return sql.transaction(async trx => {
      const { payment } = await lockPayment(trx, key)
      const mismatched: PaymentRow = { ...payment, doing: null, ask_at: null, mismatch_at: new Date() }
      await savePayment(trx, mismatched)
      return finish(trx, mismatched)
    })
  }
}

/** Records what a provider reports of a charge, in an answer or a webhook, and what follows from it. */
export const settleCharge = async (trx: Trx, publish: Publish, key: PaymentKey, charge: Charge): Promise<PaymentRow> => {
  const locked = await lockPayment(trx, key)
  const { order, payment } = locked
  const paidBefore = order.paid_by
  const settled = settledBy({ ...payment, isCaptured: payment.captured_at !== null }, charge)
  if (!settled)
    throw new ChargeMismatch(
      `payment ${payment.id} is for ${payment.amount} ${payment.currency}, but its provider reports ${charge.amount} ${charge.currency}`,
    )
  payment.mismatch_at = null
  payment.transaction_id ??= charge.transactionId || null
  const { status, captures, doing } = settled
  const isLate = captures && !isOpen(payment.status)
  if (doing === null) {
    payment.doing = null
    payment.ask_at = null
  } else if (doing !== payment.doing) beginAction(payment, doing)
  if (status) payment.reason = charge.reason ?? null
  if (charge.nextAction) {
    tellTransfer(locked, charge.nextAction, publish)
    payment.next_action = nextActionColumn.write(charge.nextAction)
  } else if (status) payment.next_action = null
  if (captures) {
    payment.captured = payment.amount
    payment.captured_at = new Date()
    if (payment.amount > 0) await bookCapture(trx, payment, payment.amount, charge.transactionId)
    order.paid_by = paidByAfter(order.paid_by, payment.id, settled)
  }
  if (status) changeStatus(payment, status, publish)
  await followOrder(trx, locked)
  await savePayment(trx, payment, order.paid_by === paidBefore ? undefined : order.paid_by)
  // Another payment may have begun once this one was over.
  if (isLate) await followOrders(trx, [order.order_id])
  return payment
}

/** Applies the order's facts to a payment; what became known last makes no difference. The caller saves the payment. */
export const followOrder = async (trx: Trx, { order, payment, hasReturns }: LockedPayment): Promise<void> => {
  const { id, payment_method, status, amount, currency, captured_at } = payment
  const isCaptured = captured_at !== null
  const waiting = isCaptured && hasReturns ? await waitingReturns(trx, order.order_id) : []
  const needsAllCaptures = isCaptured
    ? order.paid_by !== id || order.due !== null || waiting.length > 0
    : isOpen(status) && order.paid_by !== null
  const facts: OrderFacts = {
    isCancelled: order.cancelled === 1,
    isDelivered: order.delivered === 1,
    paidBy: order.paid_by,
    captured: needsAllCaptures ? await capturedPayments(trx, payment) : undefined,
    due: order.due === null ? undefined : toMinor(Number(order.due), currency),
    returns: waiting.map(row => ({ id: row.return_id, amount: toMinor(Number(row.amount), currency) })),
  }
  const known = { id, payment_method, status, amount, isCaptured, doing: payment.doing }
  const action = dueAction(known, facts)
  if (action) beginAction(payment, action)
  const due = dueRefunds(known, facts)
  if (due.length === 0) return
  for (const { key, cause, amount } of refundsToBegin(payment, due, await begunRefunds(trx, id)))
    await beginRefund(trx, payment, { amount, key, cause, reason: cause })
  const settled = waiting.filter(row => due.some(({ key }) => key === `return:${row.return_id}`)).map(row => row.return_id)
  if (settled.length > 0) await trx.updateTable('returns').set({ settled: true }).where('return_id', 'in', settled).execute()
}

/** The same for all payments of orders that are locked. */
export const followOrders = async (trx: Trx, orderIds: readonly number[]): Promise<void> => {
  for (const locked of await paymentsOfOrders(trx, orderIds)) {
    const { payment } = locked
    const before = { ...payment }
    await followOrder(trx, locked)
    if (!Bun.deepEquals(payment, before)) await savePayment(trx, payment)
  }
}

/** The captured payments of an order, the earliest first. This one may not be stored as captured yet. */
const capturedPayments = async (trx: Trx, { id, order_id, amount, captured_at }: PaymentRow) => {
  const others = trx.selectFrom('payments').select(['id', 'amount', 'captured_at']).where('order_id', '=', order_id).where('id', '!=', id)
  const captured = await others.where('captured_at', 'is not', null).execute()
  const all = captured_at === null ? captured : [...captured, { id, amount, captured_at }]
  return all.toSorted((a, b) => Number(a.captured_at) - Number(b.captured_at) || a.id - b.id)
}

/** The keys of the refunds that were begun for a payment before. */
const begunRefunds = async (trx: Trx, paymentId: number): Promise<ReadonlySet<string>> => {
  const begun = trx.selectFrom('refunds').select('cause').where('payment_id', '=', paymentId).where('cause', 'is not', null)
  return new Set((await begun.execute()).flatMap(({ cause }) => (cause === null ? [] : [cause])))
}

/** Returned goods, whose refunds wait until the payment is captured. */
const waitingReturns = (trx: Trx, orderId: number) => {
  const waiting = trx.selectFrom('returns').selectAll().where('order_id', '=', orderId).where('settled', '=', 0)
  return waiting.orderBy('return_id').forUpdate().execute()
}
