import { plainEvent } from './plain-event'
import type { Charge, PaymentRef, Provider } from './provider'

/**
 * Money that comes by bank or by courier: nobody is called, people move it. Transfers are told by the bank's feed (`POST /webhooks/offline`) or by an admin's
 * capture; a refund counts as done when it is booked, since the accountant pays it out from the books.
 */
export const offlineProvider = ({ secret, dueMs }: { secret?: string | undefined; dueMs: number }): Provider => {
  const transactionOf = ({ paymentId, method }: PaymentRef) => `${method === 'bank_transfer' ? 'transfer' : 'cash'}_${paymentId}`
  const charged = (payment: PaymentRef, state: Charge['state']): Charge => ({
    state,
    transactionId: payment.transactionId ?? transactionOf(payment),
    amount: payment.amount,
    currency: payment.currency,
  })
  const charge = async (payment: PaymentRef): Promise<Charge> => {
    // Nothing is due: nothing has to be moved.
    if (payment.amount === 0) return charged(payment, 'captured')
    if (payment.method !== 'bank_transfer') return charged(payment, 'authorized')
    const due_at = new Date(payment.createdAt.getTime() + dueMs).toISOString()
    return { ...charged(payment, 'pending'), nextAction: { type: 'bank_transfer', reference: transactionOf(payment), due_at } }
  }
  return {
    name: 'offline',
    charge,
    chargeOf: charge,
    capture: async payment => charged(payment, 'captured'),
    void: async payment => charged(payment, 'voided'),
    refund: async ({ refundId }) => ({ state: 'succeeded', reference: `payout_${refundId}` }),
    refundOf: async ({ refundId }) => ({ state: 'succeeded', reference: `payout_${refundId}` }),
    eventOf: async (body, headers) => plainEvent(secret, body, headers),
  }
}
