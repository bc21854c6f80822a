import { readPlainEvent } from './plain-event'
import type { Charge, NextAction, PaymentRef, Provider, RefundOutcome, RefundRef } from './provider'

interface Options {
  secret?: string | undefined
  /** When a transfer is due. */
  dueMs: number
  /** Where a transfer goes, as the buyer reads it. */
  account?: string | undefined
}

/**
 * Bank transfers and cash on delivery: people move the money, and no other company is called. The bank's feed (`POST /webhooks/offline`) or
 * an admin's capture reports that a transfer has arrived. A refund is done once it is booked, since the accountant pays what is booked.
 */
export const offlineProvider = ({ secret, dueMs, account }: Options): Provider => {
  const transactionOf = ({ paymentId, method }: PaymentRef) => `${method === 'bank_transfer' ? 'transfer' : 'cash'}_${paymentId}`
  const chargeIn = (payment: PaymentRef, state: Charge['state']): Charge => ({
    state,
    transactionId: payment.transactionId ?? transactionOf(payment),
    amount: payment.amount,
    currency: payment.currency,
  })
  const charge = async (payment: PaymentRef): Promise<Charge> => {
    // Nothing is due, so no money has to move.
    if (payment.amount === 0) return chargeIn(payment, 'captured')
    if (payment.method !== 'bank_transfer') return chargeIn(payment, 'authorized')
    const due_at = new Date(payment.createdAt.getTime() + dueMs).toISOString()
    const nextAction: NextAction = {
      type: 'bank_transfer',
      reference: transactionOf(payment),
      due_at,
      ...(account && { bank_account: account }),
    }
    return { ...chargeIn(payment, 'pending'), nextAction }
  }
  const refund = async ({ refundId }: RefundRef): Promise<RefundOutcome> => ({ state: 'succeeded', reference: `payout_${refundId}` })
  return {
    name: 'offline',
    charge,
    chargeOf: charge,
    capture: async payment => chargeIn(payment, 'captured'),
    void: async payment => chargeIn(payment, 'voided'),
    refund,
    refundOf: refund,
    eventOf: async (body, headers) => readPlainEvent(secret, body, headers),
  }
}
