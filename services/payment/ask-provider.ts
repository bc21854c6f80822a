import { within } from '#shared/deadline'
import type { Log } from '#shared/log'
import type { PaymentRow, RefundRow } from './database'
import type { PaymentRef, Provider, Providers, RefundRef } from './providers/provider'

/** A provider's answer. After an error, or without an answer by the deadline, the outcome is unknown. */
export type ProviderAnswer<T> = { state: 'known'; outcome: T } | { state: 'never_seen' } | { state: 'unknown' }

interface Ports {
  providers: Providers
  log: Pick<Log, 'warn' | 'error'>
  deadlineMs: number
}

const unknown = { state: 'unknown' } as const
const noAnswer = () => {
  throw new Error('the provider did not answer by the deadline')
}

/** Asks the provider of a payment. */
export const askProvider =
  ({ providers, log, deadlineMs }: Ports) =>
  async <T>(
    payment: Pick<PaymentRow, 'id' | 'provider'>,
    question: (provider: Provider) => Promise<T | undefined>,
  ): Promise<ProviderAnswer<T>> => {
    const provider = providers.get(payment.provider)
    if (!provider) {
      log.error({ payment: payment.id, provider: payment.provider }, 'the provider of a payment is not configured')
      return unknown
    }
    try {
      const outcome = await within(deadlineMs, question(provider), noAnswer)
      return outcome === undefined ? { state: 'never_seen' } : { state: 'known', outcome }
    } catch (error) {
      log.warn({ err: error, payment: payment.id }, 'a provider gave no clear answer; the follow-up asks again')
      return unknown
    }
  }
export type AskProvider = ReturnType<typeof askProvider>

export const paymentRef = (row: PaymentRow): PaymentRef => ({
  paymentId: row.id,
  keyPrefix: row.key_prefix,
  orderId: row.order_id,
  amount: row.amount,
  currency: row.currency,
  method: row.payment_method,
  transactionId: row.transaction_id,
  createdAt: row.created_at,
})
export const refundRef = (refund: RefundRow, payment: PaymentRow): RefundRef => ({
  refundId: refund.id,
  payment: paymentRef(payment),
  amount: refund.amount,
  createdAt: refund.created_at,
})
