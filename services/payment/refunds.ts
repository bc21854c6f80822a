import { conflict, notFound } from '#shared/errors'
import type { Save, Saved } from '#shared/idempotency'
import { toMinor } from '#shared/money'
import { day } from '#shared/time'
import { type AskProvider, refundRef } from './ask-provider'
import type { PaymentDb, PaymentRow, PaymentSql, RefundRow, Trx } from './database'
import { refundable } from './domain'
import { causeOf } from './domain-refunds'
import { type RefundView, refundView } from './model'
import { lockPayment, type PaymentKey, paymentOfRefund, savePayment } from './payment-rows'
import type { ProviderFollowUp } from './provider-follow-up'
import { beginRefund, settleRefund } from './settle-refund'
import type { PaymentTerms } from './terms'

interface RefundRequest {
  amount?: number
  reason?: string
}
/** Begins a refund of a locked payment; undefined when it is of more than is left. */
type Begin = (trx: Trx, payment: PaymentRow) => Promise<number | undefined>
interface Begun {
  row: RefundRow
  /** An earlier request with the same key began it. */
  isRepeated: boolean
}
interface Ports {
  sql: PaymentSql
  ask: AskProvider
  followUp: Pick<ProviderFollowUp, 'refundOutcome'>
  terms: Pick<PaymentTerms, 'askAfterMs'>
}

const exceedsCaptured = () =>
  conflict(
    'refund_exceeds_captured',
    'All refunds together cannot exceed what was captured. Look at the refunds of this payment, and refund at most the rest.',
  )

/** An admin's refunds. The money is set aside under the payment's lock, so that all refunds together never exceed what was captured. */
export const refunds = ({ sql, ask, followUp, terms }: Ports) => {
  const { db } = sql
  const askAt = () => new Date(Date.now() + terms.askAfterMs)

  const refundOf = (trx: Trx, requestKey: string | undefined) =>
    requestKey === undefined
      ? undefined
      : trx
          .selectFrom('refunds')
          .selectAll()
          .where('request_key', '=', requestKey)
          .where('created_at', '>', new Date(Date.now() - day))
          .executeTakeFirst()

  /**
   * Begins a refund, unless an earlier request with the same key did. That is read under the payment's lock: such a request may still be
   * running elsewhere.
   */
  const beginOnce = (requestKey: string | undefined, find: (trx: Trx) => Promise<PaymentKey>, begin: Begin): Promise<Begun> =>
    sql.transaction(async trx => {
      const { payment } = await lockPayment(trx, await find(trx))
      const earlier = await refundOf(trx, requestKey)
      if (earlier) return { row: earlier, isRepeated: true }
      const id = await begin(trx, payment)
      if (id === undefined) throw exceedsCaptured()
      await savePayment(trx, payment)
      const row = await trx.selectFrom('refunds').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
      return { row, isRepeated: false }
    })

  const begin = (paymentId: number, { amount, reason }: RefundRequest, requestKey: string | undefined): Promise<Begun> => {
    const find = async (trx: Trx) => {
      const found = await trx.selectFrom('payments').select(['id', 'order_id']).where('id', '=', paymentId).executeTakeFirst()
      if (!found) throw notFound('payment')
      return found
    }
    return beginOnce(requestKey, find, async (trx, payment) => {
      if (payment.captured === 0) throw conflict('not_refundable', 'This payment captured no money. Void it instead.')
      const left = refundable(payment)
      const requested = amount === undefined ? left : toMinor(amount, payment.currency)
      if (requested > left) return undefined
      return beginRefund(trx, payment, { amount: requested, cause: 'requested', reason, requestKey, askAt: askAt() })
    })
  }

  /** Begins a failed refund again, of which the automatic attempts are used up. */
  const beginAgain = (paymentId: number, refundId: number, requestKey: string | undefined): Promise<Begun> => {
    const find = async (trx: Trx) => {
      const found = await paymentOfRefund(trx, refundId)
      if (found?.id !== paymentId) throw notFound('refund')
      return found
    }
    return beginOnce(requestKey, find, async (trx, payment) => {
      const ofPayment = trx.selectFrom('refunds').selectAll().where('payment_id', '=', paymentId)
      const failed = await ofPayment.where('id', '=', refundId).executeTakeFirstOrThrow()
      const { amount, attempt, reason } = failed
      const isRetried = (await ofPayment.where('retry_of', '=', refundId).executeTakeFirst()) !== undefined
      if (failed.state !== 'failed' || isRetried)
        throw conflict('not_retryable', 'Only a failed refund that is not being tried again already can be retried.')
      if (amount > refundable(payment)) return undefined
      const again = { amount, cause: causeOf(failed), reason, requestKey, attempt: attempt + 1, retryOf: refundId }
      return beginRefund(trx, payment, { ...again, askAt: askAt() })
    })
  }

  /** Answers `pending` when the provider's answer is lost. The follow-up asks for it, and the same refund is never made twice. */
  const carryOut = async (paymentId: number, begun: Promise<Begun>, save: Save<PaymentDb>): Promise<Saved<RefundView>> => {
    const { row, isRepeated } = await begun
    const payment = await db.selectFrom('payments').selectAll().where('id', '=', paymentId).executeTakeFirstOrThrow()
    const make = () => ask(payment, provider => provider.refund(refundRef(row, payment)))
    const answer = row.state === 'pending' ? await (isRepeated ? followUp.refundOutcome(row) : make()) : undefined
    return sql.transaction(async (trx, publish) => {
      const settled = answer?.state === 'known' ? await settleRefund(trx, publish, row.id, answer.outcome) : row
      const headers = { location: `/api/payments/${paymentId}/refunds/${row.id}` }
      return save(trx, { status: 201, headers, body: refundView(settled, payment.currency) })
    })
  }

  return {
    refund: (paymentId: number, request: RefundRequest, requestKey: string | undefined, save: Save<PaymentDb>) =>
      carryOut(paymentId, begin(paymentId, request, requestKey), save),
    retry: (paymentId: number, refundId: number, requestKey: string | undefined, save: Save<PaymentDb>) =>
      carryOut(paymentId, beginAgain(paymentId, refundId, requestKey), save),
  }
}
export type Refunds = ReturnType<typeof refunds>
