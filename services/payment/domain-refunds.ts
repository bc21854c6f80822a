import { hour, minute } from '#shared/time'
import {
  isOpen,
  type PaymentMethod,
  type PaymentStatus,
  type PaymentSums,
  type ProviderAction,
  refundable,
  statusAfterRefund,
} from './domain'

/** What follows for a payment from what is known of its order, and what follows from a refund that failed. */

export const refundCauses = ['requested', 'order_cancelled', 'paid_twice', 'overpaid', 'goods_returned'] as const
export type RefundCause = (typeof refundCauses)[number]

interface Payment {
  id: number
  payment_method: PaymentMethod
  status: PaymentStatus
  /** In minor units. */
  amount: number
  isCaptured: boolean
}
/** Facts are never undone, so the order in which they become known makes no difference. Amounts are in the payment's minor units. */
export interface OrderFacts {
  isCancelled: boolean
  isDelivered: boolean
  /** The first payment that was captured. */
  paidBy: number | null
  /** The payments that were captured, in that order. Absent where it is only this one, and where it makes no difference. */
  captured?: readonly { id: number; amount: number }[] | undefined
  /** What the order costs; known where another amount was captured than that. */
  due?: number | undefined
  returns: readonly { id: number; amount: number }[]
}
/** A refund of at most `upTo`. No two refunds have the same key, so that each is made once. */
export interface DueRefund {
  key: string
  cause: RefundCause
  upTo: number
}

/**
 * The payment that pays the order: the first that was captured, or the first of enough when that one was begun before the price rose. While
 * the amounts differ and order has not said what it costs, nobody knows.
 */
export const payerOf = ({ paidBy, captured = [], due }: Pick<OrderFacts, 'paidBy' | 'captured' | 'due'>): number | null | 'unknown' => {
  const first = captured.find(({ id }) => id === paidBy)
  if (!first || captured.every(({ amount }) => amount === first.amount)) return paidBy
  if (due === undefined) return 'unknown'
  return first.amount >= due ? paidBy : (captured.find(({ amount }) => amount >= due)?.id ?? paidBy)
}

/**
 * The refunds that are due for a payment, with those that were begun before. A cancelled order, or one that another payment paid, gets
 * all of its money back.
 */
export const dueRefunds = (
  { id, amount, isCaptured }: Payment,
  { isCancelled, paidBy, captured, due, returns }: OrderFacts,
): DueRefund[] => {
  if (!isCaptured) return []
  const all = (cause: RefundCause): DueRefund[] => [{ key: `auto:${id}`, cause, upTo: amount }]
  const payer = payerOf({ paidBy, captured, due })
  if (isCancelled) return all((payer === 'unknown' ? paidBy : payer) === id ? 'order_cancelled' : 'paid_twice')
  if (payer === 'unknown') return []
  if (payer !== id) return all('paid_twice')
  const excess: DueRefund[] = due !== undefined && due < amount ? [{ key: `overpaid:${id}`, cause: 'overpaid', upTo: amount - due }] : []
  return [...excess, ...returns.map(({ id, amount: upTo }): DueRefund => ({ key: `return:${id}`, cause: 'goods_returned', upTo }))]
}

/** The refunds to begin now. What others have set aside is not refunded twice, and what was begun is not begun again. */
export const refundsToBegin = (sums: PaymentSums, due: readonly DueRefund[], begun: ReadonlySet<string>) => {
  let refunding = sums.refunding
  const refunds: { key: string; cause: RefundCause; amount: number }[] = []
  for (const { key, cause, upTo } of due) {
    const amount = Math.min(upTo, refundable({ ...sums, refunding }))
    if (begun.has(key) || amount <= 0) continue
    refunding += amount
    refunds.push({ key, cause, amount })
  }
  return refunds
}

/**
 * What to ask the provider of a payment that has captured nothing yet. Where another payment has brought enough, this one is voided: captured,
 * its money would only go back.
 */
export const dueAction = (
  {
    status,
    amount,
    isCaptured,
    payment_method,
    doing,
  }: Pick<Payment, 'status' | 'amount' | 'isCaptured' | 'payment_method'> & { doing: ProviderAction | null },
  { isCancelled, isDelivered, captured = [] }: Pick<OrderFacts, 'isCancelled' | 'isDelivered' | 'captured'>,
): 'void' | 'capture' | undefined => {
  if (isCaptured || !isOpen(status) || doing) return undefined
  if (isCancelled || captured.some(other => other.amount >= amount)) return 'void'
  return isDelivered && payment_method === 'cash_on_delivery' ? 'capture' : undefined
}

/** How long a failed refund waits before it is tried again; undefined after the last attempt, when a person has to look at it. */
export const retryPauseMs = (attempt: number): number | undefined => [minute, 10 * minute, hour, 6 * hour][attempt - 1]

export type RefundState = 'pending' | 'succeeded' | 'failed'

/**
 * What a provider's report of a refund changes of its payment; undefined while the outcome is open, and when it was known before. A failed
 * one is tried again: the money stays set aside for that.
 */
export const settledRefund = (
  { captured, refunded, refunding }: PaymentSums,
  { state, amount, attempt }: { state: RefundState; amount: number; attempt: number },
  reported: RefundState,
): { sums: PaymentSums; status?: PaymentStatus; retryInMs?: number } | undefined => {
  if (state !== 'pending' || reported === 'pending') return undefined
  const rest = { captured, refunded, refunding: refunding - amount }
  if (reported === 'failed') {
    const retryInMs = retryPauseMs(attempt)
    return { sums: rest, ...(retryInMs !== undefined && { retryInMs }) }
  }
  const after = { ...rest, refunded: refunded + amount }
  return { sums: after, status: statusAfterRefund(after) }
}

/** Earlier releases stored the cause of a refund only in its key and its reason. */
export const causeOf = ({
  refund_cause,
  cause,
  reason,
}: {
  refund_cause: RefundCause | null
  cause: string | null
  reason: string | null
}) => {
  if (refund_cause) return refund_cause
  if (cause?.startsWith('return:')) return 'goods_returned'
  if (cause?.startsWith('auto:')) return reason === 'paid_twice' ? 'paid_twice' : 'order_cancelled'
  return 'requested'
}
