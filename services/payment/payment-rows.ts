import { toMajor } from '#shared/money'
import { lockOrMake } from '#shared/sql'
import type { OrderRow, PaymentRow, Trx } from './database'
import type { ProviderAction } from './domain'

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

/** What all events of a payment have in common. */
export const paymentEventData = ({ id, order_id, user_id, amount, currency, payment_method, transaction_id, reason }: PaymentRow) => ({
  payment_id: id,
  order_id,
  user_id,
  amount: toMajor(amount, currency),
  currency,
  payment_method,
  transaction_id: transaction_id ?? '',
  ...(reason && { reason }),
})
