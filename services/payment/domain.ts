import { invalid } from '#shared/errors'

export const methods = ['credit_card', 'bank_transfer', 'wallet', 'cash_on_delivery'] as const
export type Method = (typeof methods)[number]

export const statuses = [
  'pending',
  'requires_action',
  'authorized',
  'completed',
  'failed',
  'voided',
  'partially_refunded',
  'refunded',
] as const
export type Status = (typeof statuses)[number]

/** How far a charge is at its provider. */
export type ChargeState = 'pending' | 'requires_action' | 'authorized' | 'captured' | 'failed' | 'voided'

/** What the provider was told to do, while the outcome is not known. */
export type Doing = 'charge' | 'capture' | 'void'

/** No money has come in yet, and it still may. */
export const isOpen = (status: Status) => status === 'pending' || status === 'requires_action' || status === 'authorized'

/**
 * Takes in what a provider says of a charge, in whatever order it is told: only forward, and money that came in counts even after
 * the payment had been given up. Nothing when it is no news.
 */
export const advance = (status: Status, captured: boolean, state: ChargeState): Status | undefined => {
  if (captured) return undefined
  if (state === 'captured') return 'completed'
  if (!isOpen(status)) return undefined
  if (state === 'failed' || state === 'voided') return state
  if (state === 'authorized') return status === 'authorized' ? undefined : 'authorized'
  return state === 'requires_action' && status === 'pending' ? 'requires_action' : undefined
}

/** Whether this is the outcome that was waited for. A transfer that is awaited is one: the customer comes next. */
export const answers = (doing: Doing, method: Method, state: ChargeState): boolean => {
  if (state === 'captured' || state === 'failed' || state === 'voided') return true
  return doing === 'charge' && (state !== 'pending' || method === 'bank_transfer')
}

export interface Money {
  captured: number
  refunded: number
  /** On its way back, not yet confirmed. */
  refunding: number
}
export const refundable = ({ captured, refunded, refunding }: Money) => captured - refunded - refunding

export const statusAfterRefund = ({ captured, refunded }: Pick<Money, 'captured' | 'refunded'>): Status =>
  refunded >= captured ? 'refunded' : 'partially_refunded'

/** Where money is. Each provider keeps ours in an account of its own, which is what its report is held against. */
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

/** Nothing but digits of a card's length, or such digits within other text that check as a card's do. */
export const looksLikeCard = (text: string): boolean => {
  const packed = text.replaceAll(/[\s.-]/g, '')
  if (/^\d{12,19}$/.test(packed)) return true
  for (const [run] of packed.matchAll(/\d{13,}/g))
    for (let at = 0; at + 13 <= run.length; at++)
      for (const length of [13, 14, 15, 16, 19]) if (at + length <= run.length && passesLuhn(run.slice(at, at + length))) return true
  return false
}

/** Card data never enters the platform: the customer gives it to the provider, and brings us the provider's token. */
export const refuseCardData = (token: string | undefined) => {
  if (token !== undefined && looksLikeCard(token))
    throw invalid('card_data_refused', 'Card numbers are not taken here. Send the token that the payment provider gave for the card.')
}
