import { conflict, notFound } from '#shared/errors'
import type { Save, Saved } from '#shared/idempotency'
import { toMinor } from '#shared/money'
import { day } from '#shared/time'
import { type AskProvider, refundRef } from './ask-provider'
import type { PaymentDb, PaymentSql, RefundRow } from './database'
import { refundable } from './domain'
import { causeOf } from './domain-refunds'
import { type RefundView, refundView } from './model'
import { lockPayment, paymentOfRefund, savePayment } from './payment-rows'
import type { ProviderFollowUp } from './provider-follow-up'
import { beginRefund, settleRefund } from './settle-refund'
import type { PaymentTerms } from './terms'

interface RefundRequest {
  amount?: number
  reason?: string
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

  /** The refund that an earlier request with the same key began. */
  const refundOf = (requestKey: string | undefined) =>
    requestKey === undefined
      ? undefined
      : db
          .selectFrom('refunds')
          .selectAll()
          .where('request_key', '=', requestKey)
          .where('created_at', '>', new Date(Date.now() - day))
          .executeTakeFirst()

  const begin = (paymentId: number, { amount, reason }: RefundRequest, requestKey: string | undefined): Promise<RefundRow> =>
    sql.transaction(async trx => {
      const found = await trx.selectFrom('payments').select(['id', 'order_id']).where('id', '=', paymentId).executeTakeFirst()
      if (!found) throw notFound('payment')
      const { payment } = await lockPayment(trx, found)
      if (payment.captured === 0) throw conflict('not_refundable', 'This payment captured no money. Void it instead.')
      const left = refundable(payment)
      const requested = amount === undefined ? left : toMinor(amount, payment.currency)
      const askAt = new Date(Date.now() + terms.askAfterMs)
      const id =
        requested > left ? undefined : await beginRefund(trx, payment, { amount: requested, cause: 'requested', reason, requestKey, askAt })
      if (id === undefined) throw exceedsCaptured()
      await savePayment(trx, payment)
      return trx.selectFrom('refunds').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    })

  /** Begins a failed refund again, of which the automatic attempts are used up. */
  const beginAgain = (paymentId: number, refundId: number, requestKey: string | undefined): Promise<RefundRow> =>
    sql.transaction(async trx => {
      const ofPayment = trx.selectFrom('refunds').selectAll().where('payment_id', '=', paymentId)
      const found = await paymentOfRefund(trx, refundId)
      if (found?.id !== paymentId) throw notFound('refund')
      const { payment } = await lockPayment(trx, found)
      const failed = await ofPayment.where('id', '=', refundId).executeTakeFirstOrThrow()
      const { amount, attempt, reason } = failed
      const isRetried = (await ofPayment.where('retry_of', '=', refundId).executeTakeFirst()) !== undefined
      if (failed.state !== 'failed' || isRetried)
        throw conflict('not_retryable', 'Only a failed refund that is not being tried again already can be retried.')
      const askAt = new Date(Date.now() + terms.askAfterMs)
      const again = { amount, cause: causeOf(failed), reason, requestKey, askAt, attempt: attempt + 1, retryOf: refundId }
      const id = amount > refundable(payment) ? undefined : await beginRefund(trx, payment, again)
      if (id === undefined) throw exceedsCaptured()
      await savePayment(trx, payment)
      return trx.selectFrom('refunds').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    })

  /** Answers `pending` when the provider's answer is lost. The follow-up asks for it, and the same refund is never made twice. */
  const carryOut = async (
    paymentId: number,
    requestKey: string | undefined,
    begin: () => Promise<RefundRow>,
    save: Save<PaymentDb>,
  ): Promise<Saved<RefundView>> => {
    const earlier = await refundOf(requestKey)
    const row = earlier ?? (await begin())
    const payment = await db.selectFrom('payments').selectAll().where('id', '=', paymentId).executeTakeFirstOrThrow()
    const make = () => ask(payment, provider => provider.refund(refundRef(row, payment)))
    const answer = row.state === 'pending' ? await (earlier ? followUp.refundOutcome(row) : make()) : undefined
    return sql.transaction(async (trx, publish) => {
      const settled = answer?.state === 'known' ? await settleRefund(trx, publish, row.id, answer.outcome) : row
      const headers = { location: `/api/payments/${paymentId}/refunds/${row.id}` }
      return save(trx, { status: 201, headers, body: refundView(settled, payment.currency) })
    })
  }

  return {
    refund: (paymentId: number, request: RefundRequest, requestKey: string | undefined, save: Save<PaymentDb>) =>
      carryOut(paymentId, requestKey, () => begin(paymentId, request, requestKey), save),
    retry: (paymentId: number, refundId: number, requestKey: string | undefined, save: Save<PaymentDb>) =>
      carryOut(paymentId, requestKey, () => beginAgain(paymentId, refundId, requestKey), save),
  }
}
export type Refunds = ReturnType<typeof refunds>
