import {
  isOfPayment,
  isOpen,
  isOutcomeOf,
  type PaymentMethod,
  type PaymentStatus,
  type ProviderAction,
  type ReportedState,
  statusAfterReport,
  waitsForMoney,
} from './domain'

/** What a provider's report changes of a payment, and what its provider may be asked next. */

export interface ChargedPayment {
  payment_method: PaymentMethod
  status: PaymentStatus
  /** In minor units. */
  amount: number
  currency: string
  isCaptured: boolean
  /** What the provider was asked to do, while the outcome is unknown. */
  doing: ProviderAction | null
}
export interface ChargeReport extends ReportedState {
  amount: number
  currency: string
  /** The customer has agreed, and the money may be captured now. */
  capturable?: boolean
}
export interface SettledCharge {
  /** Absent when it stays as it is. */
  status?: PaymentStatus
  /** The money came with this report. */
  captures: boolean
  doing: ProviderAction | null
}

/**
 * What a report settles, in an answer or a webhook; undefined for a report about another amount than the payment's. A payment that failed
 * is over: where its customer could still confirm it, it is voided at the provider.
 */
export const settledBy = (payment: ChargedPayment, report: ChargeReport): SettledCharge | undefined => {
  if (!isOfPayment(payment, report)) return undefined
  const { payment_method, isCaptured } = payment
  const status = statusAfterReport(payment.status, isCaptured, report.state)
  const doing = payment.doing && isOutcomeOf(payment.doing, payment_method, report) ? null : payment.doing
  const mayCapture = report.capturable === true && isOpen(status ?? payment.status) && doing === null
  const mustVoid = report.confirmable === true && !isCaptured && doing === null
  return { ...(status && { status }), captures: status === 'completed', doing: mustVoid ? 'void' : mayCapture ? 'capture' : doing }
}

/** The first payment that is captured pays the order. */
export const paidByAfter = (paidBy: number | null, paymentId: number, { captures }: Pick<SettledCharge, 'captures'>) =>
  captures ? (paidBy ?? paymentId) : paidBy

type Asked = { state: 'known'; outcome: ReportedState } | { state: 'never_seen' } | { state: 'unknown' }
/** `wait`: ask again later. */
export type FollowUp = 'settle' | 'act' | 'give_up' | 'wait'

/**
 * What follows when a provider was asked for the outcome of an action. A charge is never repeated, since its customer is gone: one that
 * the provider has not seen is given up once it cannot be on its way any more. Another action is carried out unless it was.
 */
export const followUpOf = (
  { doing, payment_method }: { doing: ProviderAction; payment_method: PaymentMethod },
  asked: Asked,
  { isGivenUp }: { isGivenUp: boolean },
): FollowUp => {
  if (asked.state === 'unknown') return 'wait'
  if (doing === 'charge') return asked.state === 'known' ? 'settle' : isGivenUp ? 'give_up' : 'wait'
  return asked.state === 'known' && isOutcomeOf(doing, payment_method, asked.outcome) ? 'settle' : 'act'
}

type Known = Pick<ChargedPayment, 'payment_method' | 'status' | 'doing'>
/** An admin's capture or void, or a customer's cancellation. */
export type Requested = 'capture' | 'void' | 'cancel'
/**
 * What may be asked of a payment's provider. One question at a time. The goods of a payment on delivery are sent before it is captured, so
 * it is voided only with its order; by any other method, no goods are sent before the capture. A customer gives up only what waits for them.
 */
export const mayAsk = (requested: Requested, { payment_method, status }: Known, order: { isCancelled: boolean }): boolean => {
  const isAwaitedTransfer = status === 'pending' && payment_method === 'bank_transfer'
  if (requested === 'cancel') return status === 'requires_action' || isAwaitedTransfer
  if (requested === 'void') return isOpen(status) && (order.isCancelled || payment_method !== 'cash_on_delivery')
  return !order.isCancelled && (status === 'authorized' || isAwaitedTransfer)
}

/** A cancellation that is repeated has nothing to begin. */
export const isCancelled = ({ status, doing }: Pick<Known, 'status' | 'doing'>): boolean => status === 'voided' || doing === 'void'

/** A payment whose time is over, or whose order could not be held, takes no money any more. One that is being asked about waits. */
export const endOfUnfinished = ({ status, doing }: Pick<Known, 'status' | 'doing'>): 'void' | 'nothing' | 'later' =>
  doing ? 'later' : waitsForMoney(status) ? 'void' : 'nothing'

/** How long its order has to be held for a payment, from `now` on; undefined when there is nothing to wait for. */
export const holdMs = (
  { status, payment_method, created_at }: Pick<Known, 'status' | 'payment_method'> & { created_at: Date },
  { transferDueMs, actionMs }: { transferDueMs: number; actionMs: number },
  now: number,
): number | undefined => {
  const leftMs = created_at.getTime() + (payment_method === 'bank_transfer' ? transferDueMs : actionMs) - now
  return waitsForMoney(status) && leftMs > 0 ? leftMs : undefined
}
