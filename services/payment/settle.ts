import { paymentAuthorized, paymentFailed, paymentProcessed, paymentRefunded, paymentVoided } from '#shared/catalog'
import type { Publish } from '#shared/event'
import { toMajor, toMinor } from '#shared/money'
import type { OrderRow, PaymentRow, RefundRow, Trx } from './database'
import { advance, answers, type Doing, isOpen, refundable, type Status, statusAfterRefund } from './domain'
import { bookCapture, bookRefund } from './ledger'
import type { Charge, RefundOutcome } from './providers/provider'

/** Made if need be, and locked: capture and cancellation of one order come one after the other, and whichever is second sees the first. */
export const lockOrder = async (trx: Trx, orderId: number): Promise<OrderRow> => {
  const locked = () => trx.selectFrom('orders').selectAll().where('order_id', '=', orderId).forUpdate()
  const row = await locked().executeTakeFirst()
  if (row) return row
  await trx.insertInto('orders').ignore().values({ order_id: orderId, paid_by: null }).execute()
  return locked().executeTakeFirstOrThrow()
}

/** Always the order before its payments: nobody waits in a circle. */
export const lockPayment = async (trx: Trx, id: number): Promise<{ order: OrderRow; payment: PaymentRow }> => {
  const { order_id } = await trx.selectFrom('payments').select('order_id').where('id', '=', id).executeTakeFirstOrThrow()
  const order = await lockOrder(trx, order_id)
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

/** From now on the provider is asked until it is known what became of it. */
export const toDo = (payment: PaymentRow, doing: Doing, askAt = new Date()) => {
  payment.doing = doing
  payment.ask_at = askAt
}

const dataOf = ({ id, order_id, user_id, amount, currency, payment_method, transaction_id, reason }: PaymentRow) => ({
  payment_id: id,
  order_id,
  user_id,
  amount: toMajor(amount, currency),
  currency,
  payment_method,
  transaction_id: transaction_id ?? '',
  ...(reason && { reason }),
})
const eventOf: Partial<Record<Status, typeof paymentFailed>> = {
  authorized: paymentAuthorized,
  completed: paymentProcessed,
  failed: paymentFailed,
  voided: paymentVoided,
}

const enter = (payment: PaymentRow, status: Status, publish: Publish) => {
  payment.status = status
  if (status === 'failed' || status === 'voided') payment.live_order_id = null
  if (!isOpen(status)) payment.expires_at = null
  const event = eventOf[status]
  if (event) publish(event({ id: payment.id, version: ++payment.version }, dataOf(payment)))
}

/** The provider speaks of another amount than the order's: nothing is booked before a person has looked at it. */
export class ChargeMismatch extends Error {
  override readonly name = 'ChargeMismatch'
}

/** Takes in what a provider says of a charge, from whichever side it came: an answer, a question or a webhook; and does what follows from it. */
export const settleCharge = async (trx: Trx, publish: Publish, paymentId: number, charge: Charge): Promise<PaymentRow> => {
  const { order, payment } = await lockPayment(trx, paymentId)
  if (charge.amount !== payment.amount || charge.currency !== payment.currency)
    throw new ChargeMismatch(`payment ${paymentId}: the provider says ${charge.amount} ${charge.currency}`)
  payment.transaction_id ??= charge.transactionId || null
  const next = advance(payment.status, payment.captured_at !== null, charge.state)
  if (payment.doing && answers(payment.doing, payment.payment_method, charge.state)) {
    payment.doing = null
    payment.ask_at = null
  }
  if (next) payment.reason = charge.reason ?? null
  if (charge.nextAction) payment.next_action = JSON.stringify(charge.nextAction)
  else if (next) payment.next_action = null
  if (next === 'completed') {
    payment.captured = payment.amount
    payment.captured_at = new Date()
    if (payment.amount > 0) await bookCapture(trx, payment, payment.amount, charge.transactionId)
    if (order.paid_by === null) {
      order.paid_by = payment.id
      await trx.updateTable('orders').set({ paid_by: payment.id }).where('order_id', '=', order.order_id).execute()
    }
  }
  if (next) enter(payment, next, publish)
  if (charge.capturable && isOpen(payment.status) && !payment.doing) toDo(payment, 'capture')
  await follow(trx, order, payment)
  await savePayment(trx, payment)
  return payment
}

/** What the state of the order asks of a payment. It depends on what is known of both, never on which of it came last. The caller saves the payment. */
export const follow = async (trx: Trx, order: OrderRow, payment: PaymentRow): Promise<void> => {
  const cancelled = order.cancelled === 1
  if (payment.captured_at) {
    const second = order.paid_by !== payment.id
    const cause = `auto:${payment.id}`
    if (cancelled || second)
      await beginRefund(trx, payment, { amount: refundable(payment), cause, reason: second ? 'paid_twice' : 'order_cancelled' })
    else await refundReturns(trx, payment)
    return
  }
  if (!isOpen(payment.status) || payment.doing) return
  if (cancelled) toDo(payment, 'void')
  else if (order.delivered && payment.payment_method === 'cash_on_delivery') toDo(payment, 'capture')
}

/** Goods that came back before the money was in: their refunds were waiting for it. */
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
/** Sets the money aside, so that no two refunds can have the same; the provider is told afterwards. Once a cause. The caller saves the payment. */
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

export const settleRefund = async (
  trx: Trx,
  publish: Publish,
  refundId: number,
  { state, reference }: RefundOutcome,
): Promise<RefundRow> => {
  const of = trx.selectFrom('refunds').selectAll().where('id', '=', refundId)
  const { payment } = await lockPayment(trx, (await of.executeTakeFirstOrThrow()).payment_id)
  const refund = await of.forUpdate().executeTakeFirstOrThrow()
  if (refund.state !== 'pending') return refund
  const settled: RefundRow = { ...refund, reference, state, ask_at: state === 'pending' ? refund.ask_at : null, updated_at: new Date() }
  const { id: _, ...changed } = settled
  await trx.updateTable('refunds').set(changed).where('id', '=', refundId).execute()
  if (state === 'pending') return settled
  payment.refunding -= refund.amount
  if (state === 'succeeded') {
    payment.refunded += refund.amount
    payment.status = statusAfterRefund(payment)
    await bookRefund(trx, payment, refundId, refund.amount, reference)
    const total_refunded = toMajor(payment.refunded, payment.currency)
    const data = { ...dataOf(payment), amount: toMajor(refund.amount, payment.currency), refund_id: refundId, total_refunded }
    publish(paymentRefunded({ id: payment.id, version: ++payment.version }, { ...data, ...(refund.reason && { reason: refund.reason }) }))
  }
  await savePayment(trx, payment)
  return settled
}
