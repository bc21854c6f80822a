import { paymentRefunded } from '#shared/catalog'
import type { Publish } from '#shared/event'
import { toMajor } from '#shared/money'
import type { PaymentRow, RefundRow, Trx } from './database'
import { causeOf, type RefundCause, settledRefund } from './domain-refunds'
import { bookRefund } from './ledger'
import { lockPayment, paymentEventData, paymentOfRefund, savePayment } from './payment-rows'
import type { RefundOutcome } from './providers/provider'

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

/** Tries a failed refund again later, under a new id: the provider keeps its refusal of the old one. */
const retryLater = async (trx: Trx, payment: PaymentRow, { id, amount, attempt, reason, ...row }: RefundRow, pauseMs: number) => {
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
  const found = await paymentOfRefund(trx, refundId)
  if (!found) throw new Error(`there is no refund ${refundId}`)
  const { payment } = await lockPayment(trx, found)
  const refund = await rows.forUpdate().executeTakeFirstOrThrow()
  if (refund.state !== 'pending') return refund
  const settled: RefundRow = { ...refund, reference, state, ask_at: state === 'pending' ? refund.ask_at : null, updated_at: new Date() }
  const { id: _, ...changed } = settled
  await trx.updateTable('refunds').set(changed).where('id', '=', refundId).execute()
  const after = settledRefund(payment, refund, state)
  if (!after) return settled
  payment.refunding = after.sums.refunding
  if (after.retryInMs !== undefined) await retryLater(trx, payment, refund, after.retryInMs)
  if (after.status) {
    payment.refunded = after.sums.refunded
    payment.status = after.status
    await bookRefund(trx, payment, refund, reference)
    const data = {
      ...paymentEventData(payment),
      amount: toMajor(refund.amount, payment.currency),
      refund_id: refundId,
      total_refunded: toMajor(payment.refunded, payment.currency),
      captured: toMajor(payment.captured, payment.currency),
      cause: causeOf(refund),
      ...(refund.reason && { reason: refund.reason }),
    }
    publish(paymentRefunded({ id: payment.id, version: ++payment.version }, data))
  }
  await savePayment(trx, payment)
  return settled
}
