import { conflict, notFound } from '#shared/errors'
import type { Save, Saved } from '#shared/idempotency'
import type { Log } from '#shared/log'
import { type AskProvider, paymentRef } from './ask-provider'
import type { Claims } from './claims'
import type { PaymentDb, PaymentRow, PaymentSql, Trx } from './database'
import { isOpen } from './domain'
import { isCancelled, mayAsk, type Requested } from './domain-charges'
import { type PaymentView, paymentView } from './model'
import { beginAction, lockPayment, savePayment } from './payment-rows'
import { settleAnswer } from './settle'
import type { PaymentTerms } from './terms'

interface Ports {
  sql: PaymentSql
  claims: Pick<Claims, 'release'>
  ask: AskProvider
  log: Pick<Log, 'error'>
  terms: Pick<PaymentTerms, 'askAfterMs'>
}

const refusalOf = (action: Requested, { payment_method, status }: PaymentRow) => {
  if (action === 'cancel')
    return conflict('not_cancellable', 'Only a payment that still waits for its customer can be cancelled. Look at its status.')
  if (action === 'capture')
    return conflict('not_capturable', 'Only an authorized payment, or a bank transfer that has not arrived yet, can be captured.')
  return payment_method === 'cash_on_delivery' && isOpen(status)
    ? conflict(
        'not_voidable',
        'The goods of this payment are sent before it is captured. Cancel the order instead; that voids the payment.',
      )
    : conflict('not_voidable', 'Only a payment that is not captured yet can be voided. Refund a captured one instead.')
}
const underWay = () => conflict('payment_in_progress', 'The provider has not answered yet for this payment. Try again shortly.', 1)

/**
 * An admin's capture or void, and a customer's cancellation. It is stored before the provider is asked; if the answer is lost, the follow-up
 * finds out.
 */
export const captures = ({ sql, claims, ask, log, terms }: Ports) => {
  const begin = (id: number, requested: Requested) =>
    sql.transaction(async trx => {
      const found = await trx.selectFrom('payments').select(['id', 'order_id']).where('id', '=', id).executeTakeFirst()
      if (!found) throw notFound('payment')
      const { order, payment } = await lockPayment(trx, found)
      if (requested === 'cancel' && isCancelled(payment)) return payment
      if (payment.doing) throw underWay()
      if (!mayAsk(requested, payment, { isCancelled: order.cancelled === 1 })) throw refusalOf(requested, payment)
      beginAction(payment, requested === 'capture' ? 'capture' : 'void', new Date(Date.now() + terms.askAfterMs))
      await savePayment(trx, payment)
      return payment
    })

  const carryOut = async (id: number, requested: Requested, save: Save<PaymentDb>): Promise<Saved<PaymentView>> => {
    const payment = await begin(id, requested)
    const { doing } = payment
    const answer = doing && doing !== 'charge' ? await ask(payment, provider => provider[doing](paymentRef(payment))) : undefined
    const answerWith = (trx: Trx, settled: PaymentRow) => save(trx, { status: 200, body: paymentView(settled) })
    const saved =
      answer?.state === 'known'
        ? await settleAnswer({ sql, log, payment, charge: answer.outcome, finish: answerWith })
        : await sql.transaction(trx => answerWith(trx, payment))
    if (saved.body.status === 'voided') await claims.release(payment.order_id, id)
    return saved
  }
  return {
    capture: (id: number, save: Save<PaymentDb>) => carryOut(id, 'capture', save),
    void: (id: number, save: Save<PaymentDb>) => carryOut(id, 'void', save),
    /** May be repeated. When the bank confirms at the same moment, the payment is completed. */
    cancel: (id: number, save: Save<PaymentDb>) => carryOut(id, 'cancel', save),
  }
}
export type Captures = ReturnType<typeof captures>
