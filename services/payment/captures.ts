import { conflict, notFound } from '#shared/errors'
import type { Save, Saved } from '#shared/idempotency'
import type { Log } from '#shared/log'
import { type AskProvider, paymentRef } from './ask-provider'
import type { PaymentDb, PaymentRow, PaymentSql, Trx } from './database'
import { isOpen, type ProviderAction } from './domain'
import { mayAsk } from './domain-charges'
import { type PaymentView, paymentView } from './model'
import { beginAction, lockPayment, savePayment } from './payment-rows'
import { settleAnswer } from './settle'
import type { PaymentTerms } from './terms'

type AdminAction = Exclude<ProviderAction, 'charge'>
interface Ports {
  sql: PaymentSql
  ask: AskProvider
  log: Pick<Log, 'error'>
  terms: Pick<PaymentTerms, 'askAfterMs'>
}

const refusalOf = (action: AdminAction, { payment_method, status }: PaymentRow) => {
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

/** An admin's capture or void. It is stored before the provider is asked; if the answer is lost, the follow-up finds out. */
export const captures = ({ sql, ask, log, terms }: Ports) => {
  const begin = (id: number, action: AdminAction) =>
    sql.transaction(async trx => {
      const found = await trx.selectFrom('payments').select(['id', 'order_id']).where('id', '=', id).executeTakeFirst()
      if (!found) throw notFound('payment')
      const { order, payment } = await lockPayment(trx, found)
      if (payment.doing) throw underWay()
      if (!mayAsk(action, payment, { isCancelled: order.cancelled === 1 })) throw refusalOf(action, payment)
      beginAction(payment, action, new Date(Date.now() + terms.askAfterMs))
      await savePayment(trx, payment)
      return payment
    })

  const carryOut = async (id: number, action: AdminAction, save: Save<PaymentDb>): Promise<Saved<PaymentView>> => {
    const payment = await begin(id, action)
    const answer = await ask(payment, provider => provider[action](paymentRef(payment)))
    const answerWith = (trx: Trx, settled: PaymentRow) => save(trx, { status: 200, body: paymentView(settled) })
    return answer.state === 'known'
      ? settleAnswer({ sql, log, payment, charge: answer.outcome, finish: answerWith })
      : sql.transaction(trx => answerWith(trx, payment))
  }
  return {
    capture: (id: number, save: Save<PaymentDb>) => carryOut(id, 'capture', save),
    void: (id: number, save: Save<PaymentDb>) => carryOut(id, 'void', save),
  }
}
export type Captures = ReturnType<typeof captures>
