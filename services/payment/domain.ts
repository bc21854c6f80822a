import { invalid } from '#shared/errors'

export const paymentMethods = ['credit_card', 'bank_transfer', 'wallet', 'cash_on_delivery'] as const
export type PaymentMethod = (typeof paymentMethods)[number]

export const paymentStatuses = [
  'pending',
  'requires_action',
  'authorized',
  'completed',
  'failed',
  'voided',
  'partially_refunded',
  'refunded',
] as const
export type PaymentStatus = (typeof paymentStatuses)[number]

/** How far a charge is at its provider. */
export const chargeStates = ['pending', 'requires_action', 'authorized', 'captured', 'failed', 'voided'] as const
export type ChargeState = (typeof chargeStates)[number]

/** What a provider can be asked to do with a payment. */
export type ProviderAction = 'charge' | 'capture' | 'void'

/** No money has arrived yet, but it still may. */
export const isOpen = (status: PaymentStatus) => status === 'pending' || status === 'requires_action' || status === 'authorized'

/** The customer or the bank has to act before there is money. */
export const waitsForMoney = (status: PaymentStatus) => status === 'pending' || status === 'requires_action'

/**
 * The new status of a payment whose provider reports a state of the charge; undefined when it does not change. Reports may arrive in any
 * order and repeatedly: the status only moves forward, and captured money counts even after the payment had failed or was voided.
 */
export const statusAfterReport = (status: PaymentStatus, captured: boolean, state: ChargeState): PaymentStatus | undefined => {
  if (captured) return undefined
  if (state === 'captured') return 'completed'
  if (!isOpen(status)) return undefined
  if (state === 'failed' || state === 'voided') return state
  if (state === 'authorized') return status === 'authorized' ? undefined : 'authorized'
  return state === 'requires_action' && status === 'pending' ? 'requires_action' : undefined
}

/** Whether a provider's report is about the money of the payment. Of a charge that took none, the amount does not matter. */
export const isOfPayment = (
  payment: { amount: number; currency: string },
  charge: { state: ChargeState; amount: number; currency: string },
): boolean =>
  charge.state === 'failed' || charge.state === 'voided' || (charge.amount === payment.amount && charge.currency === payment.currency)

/** How a provider reports a charge. */
export interface ReportedState {
  state: ChargeState
  /** It failed, but the customer could confirm it again with another card until it is voided. */
  confirmable?: boolean
}

/** Whether a report is an outcome of the action. A pending transfer is the outcome of its charge: next, the customer pays. */
export const isOutcomeOf = (action: ProviderAction, method: PaymentMethod, { state, confirmable }: ReportedState): boolean => {
  if (action === 'void' && confirmable) return false
  if (state === 'captured' || state === 'failed' || state === 'voided') return true
  return action === 'charge' && (state !== 'pending' || method === 'bank_transfer')
}

/** Sums of one payment, in minor units. */
export interface PaymentSums {
  captured: number
  refunded: number
  /** Set aside for refunds that the provider has not confirmed yet. */
  refunding: number
}
export const refundable = ({ captured, refunded, refunding }: PaymentSums) => captured - refunded - refunding

export const statusAfterRefund = ({ captured, refunded }: Pick<PaymentSums, 'captured' | 'refunded'>): PaymentStatus =>
  refunded >= captured ? 'refunded' : 'partially_refunded'

/** Each provider has a clearing account of its own, which reconciliation compares with the provider's report. */
export type Account = `clearing:${string}` | 'sales' | 'refunds'
export interface Entry {
  account: Account
  debit: number
  credit: number
}

export const captureEntries = (provider: string, amount: number): Entry[] => [
  { account: `clearing:${provider}`, debit: amount, credit: 0 },
  { account: 'sales', debit: 0, credit: amount },
]
export const refundEntries = (provider: string, amount: number): Entry[] => [
  { account: 'refunds', debit: amount, credit: 0 },
  { account: `clearing:${provider}`, debit: 0, credit: amount },
]
export const isBalanced = (entries: readonly Entry[]) =>
  entries.reduce((sum, { debit, credit }) => sum + BigInt(debit) - BigInt(credit), 0n) === 0n

const passesLuhn = (digits: string) => {
  const sum = [...digits].reverse().reduce((total, digit, at) => {
    const value = Number(digit) * (at % 2 === 1 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return sum % 10 === 0
}

/** True for a text that consists of 12 to 19 digits, and for a text that contains digits which pass the check of card numbers. */
export const looksLikeCard = (text: string): boolean => {
  const packed = text.replaceAll(/[\s.-]/g, '')
  if (/^\d{12,19}$/.test(packed)) return true
  for (const [run] of packed.matchAll(/\d{13,}/g))
    for (let at = 0; at + 13 <= run.length; at++)
      for (const length of [13, 14, 15, 16, 19]) if (at + length <= run.length && passesLuhn(run.slice(at, at + length))) return true
  return false
}

/** Card data never enters the platform: the customer gives it to the provider and sends us the provider's token. */
export const refuseCardData = (token: string | undefined) => {
  if (token !== undefined && looksLikeCard(token))
    throw invalid('card_data_refused', 'Card numbers are not accepted here. Send the token that the payment provider issued for the card.')
}
