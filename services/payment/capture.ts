import { conflict, notFound } from '#shared/errors'
import type { Sql } from '#shared/sql'
import type { PaymentDb, PaymentRow } from './database'
import type { Doing } from './domain'
import { type Errands, refOf } from './errands'
import { lockPayment, savePayment, settleCharge, toDo } from './settle'

const mayBe: Record<Exclude<Doing, 'charge'>, (payment: PaymentRow) => boolean> = {
  capture: ({ status, payment_method }) => status === 'authorized' || (status === 'pending' && payment_method === 'bank_transfer'),
  void: ({ status }) => status === 'authorized' || status === 'requires_action' || status === 'pending',
}
const refusals = {
  capture: () => conflict('not_capturable', 'Only an authorized payment, or a transfer that is awaited, can be captured.'),
  void: () => conflict('not_voidable', 'Only a payment that is not captured yet can be voided; refund it instead.'),
}
const underWay = () => conflict('payment_in_progress', 'The provider has not answered yet for this payment. Try again shortly.', 1)

/** An admin's capture or void. It is written down first; when the provider's answer is lost, the sweep finds out. */
export const captureDesk = ({ sql, errands, askAfterMs = 20_000 }: { sql: Sql<PaymentDb>; errands: Errands; askAfterMs?: number }) => {
  const begin = (id: number, doing: Exclude<Doing, 'charge'>) =>
    sql.transaction(async trx => {
      const known = await trx.selectFrom('payments').select('id').where('id', '=', id).executeTakeFirst()
      if (!known) throw notFound('payment')
      const { order, payment } = await lockPayment(trx, id)
      if (payment.doing) throw underWay()
      if (!mayBe[doing](payment) || (doing === 'capture' && order.cancelled)) throw refusals[doing]()
      toDo(payment, doing, new Date(Date.now() + askAfterMs))
      await savePayment(trx, payment)
      return payment
    })

  const carryOut = async (id: number, doing: Exclude<Doing, 'charge'>): Promise<PaymentRow> => {
    const payment = await begin(id, doing)
    const charge = await errands.outcomeOf(payment, provider => provider[doing](refOf(payment)))
    if (!charge) return payment
    return sql.transaction((trx, publish) => settleCharge(trx, publish, id, charge))
  }
  return { capture: (id: number) => carryOut(id, 'capture'), void: (id: number) => carryOut(id, 'void') }
}
export type CaptureDesk = ReturnType<typeof captureDesk>
