import { Type as t } from '@sinclair/typebox'
import { defineEvent } from '../event'

const payment = {
  payment_id: t.Integer(),
  order_id: t.Integer(),
  user_id: t.Integer(),
  amount: t.Number(),
  currency: t.String(),
  payment_method: t.String(),
  transaction_id: t.String(),
  reason: t.Optional(t.String()),
}
const paymentEvent = (type: string) => defineEvent(type, { from: 'payment', to: ['order'], aggregate: 'payment', data: t.Object(payment) })

/** A bank transfer is awaited. Other methods need no such message: they lead the buyer to the next step themselves. */
export const paymentPending = defineEvent('payment.pending', {
  from: 'payment',
  to: ['notification'],
  aggregate: 'payment',
  data: t.Object({
    ...payment,
    /** What the buyer writes on the transfer. */
    reference: t.String(),
    due_at: t.String(),
    /** Where the transfer goes. Absent in events of an earlier release. */
    bank_account: t.Optional(t.String()),
  }),
})
export const paymentAuthorized = paymentEvent('payment.authorized')
/** The money was captured. */
export const paymentProcessed = paymentEvent('payment.processed')
export const paymentFailed = paymentEvent('payment.failed')
export const paymentVoided = paymentEvent('payment.voided')
export const paymentRefunded = defineEvent('payment.refunded', {
  from: 'payment',
  to: ['order', 'tax', 'notification', 'search'],
  aggregate: 'payment',
  data: t.Object({
    ...payment,
    refund_id: t.Integer(),
    total_refunded: t.Number(),
    /** What was taken for this payment. Absent in events of an earlier release. */
    captured: t.Optional(t.Number()),
    /** Why the money went back. Absent in events of an earlier release. */
    cause: t.Optional(t.Union(['requested', 'order_cancelled', 'paid_twice', 'overpaid', 'goods_returned'].map(cause => t.Literal(cause)))),
  }),
})
