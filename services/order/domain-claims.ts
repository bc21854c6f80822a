import { conflict } from '#shared/errors'
import { toMinor } from '#shared/money'
import { minute } from '#shared/time'
import { awaitsPayment, type Fact, type Facts, type PaymentStatus, type Status } from './domain'

/** How long an order waits for its payment, and which payment it waits for. */

/** Stock stays reserved longer than the order may be paid, so that a payment in the last moment still gets it. */
export const reservationGraceMs = 10 * minute

/** How many payments of an order may fail. Each makes its facts longer, which are written whole with every change. */
const maxFailedPayments = 20

/** An order as it waits to be paid. */
export interface Awaited {
  status: Status
  payment_status: PaymentStatus
  /** In minor units. */
  total: number
  currency: string
  payment_due_at: Date
  reservation_expires_at: Date
  /** The payment that is under way, and until when it keeps address and price as they are. */
  claim_payment_id: number | null
  claim_until: Date | null
}
/** What a payment is about to pay. The amount is in major units. */
export interface Due {
  payment_id: number
  amount: number
  currency?: string
}

/** The facts after which an order may be payable, or never will be. */
export const endsPending = (kind: Fact['kind']) =>
  kind === 'reserved' || kind === 'stock_refused' || kind === 'redeemed' || kind === 'promise_refused'

/** While a payment is under way, address and price stay as they are. */
export const isFrozen = ({ claim_until, payment_status }: Pick<Awaited, 'claim_until' | 'payment_status'>, now: Date) =>
  payment_status !== 'unpaid' || (claim_until !== null && claim_until > now)

/** How long until a claim ends by itself, as it does when its payment never reports an outcome. */
const secondsLeft = ({ claim_until, payment_status }: Awaited, now: Date) =>
  payment_status === 'unpaid' && claim_until ? Math.ceil((claim_until.getTime() - now.getTime()) / 1000) : undefined

/** Refuses to hold an order for what it does not cost, or while another payment is under way. */
export const requireHoldable = (order: Awaited, { amount, currency, payment_id }: Due, now: Date): void => {
  if (order.status !== 'awaiting_payment') throw conflict('order_not_payable', 'The order is not waiting for a payment.')
  if (currency !== undefined && currency !== order.currency)
    throw conflict('currency_mismatch', 'An order must be paid in its own currency.')
  if (toMinor(amount, order.currency) !== order.total)
    throw conflict('amount_mismatch', 'The amount must be exactly what is due for the order.')
  if (order.claim_payment_id !== payment_id && isFrozen(order, now))
    throw conflict('payment_in_progress', 'Another payment of this order is under way.', secondsLeft(order, now))
}

/** Refuses a claim for the same reasons, and also a new payment's claim once the time to pay is over. */
export const requirePayable = (order: Awaited, due: Due, now: Date): void => {
  if (order.status === 'pending') throw conflict('order_not_payable', 'The order is still being checked; try again in a moment.', 1)
  requireHoldable(order, due, now)
  if (order.claim_payment_id !== due.payment_id && order.payment_due_at <= now)
    throw conflict('order_not_payable', 'The time to pay this order is over.')
}

/** Refuses to hold an order for a payment that is over: its hold may come late, and no outcome would end it. */
export const requireGoingOn = ({ payments }: Pick<Facts, 'payments'>, paymentId: number): void => {
  if (payments[paymentId]?.ended) throw conflict('order_not_payable', 'This payment of the order is over.')
}

/** How many payments of an order failed or were voided, and took no money after all. */
const failedPayments = ({ payments }: Pick<Facts, 'payments'>): number =>
  Object.values(payments).filter(({ ended, captured }) => ended && captured === undefined).length

/** Refuses another payment of an order once so many of its payments have failed. */
export const requireFewFailed = (facts: Pick<Facts, 'payments'>): void => {
  if (failedPayments(facts) >= maxFailedPayments)
    throw conflict('order_not_payable', 'Too many payments of this order failed. Place it again, or contact us.')
}

export const requireRepriceable = (order: Pick<Awaited, 'status' | 'claim_until' | 'payment_status'>, now: Date): void => {
  if (!awaitsPayment(order.status)) throw conflict('illegal_transition', 'The address can be changed only before the order is paid.')
  if (isFrozen(order, now)) throw conflict('payment_in_progress', 'The order is being paid; its address and price cannot change meanwhile.')
}

/** A repeated claim does not shorten the hold that may have followed the first. */
export const claimFor = ({ claim_payment_id, claim_until }: Awaited, paymentId: number, until: Date) => {
  const earlier = claim_payment_id === paymentId && claim_until ? claim_until.getTime() : 0
  return { claim_payment_id: paymentId, claim_until: new Date(Math.max(until.getTime(), earlier)) }
}

/** The order waits until `until`. A reservation that would end before takes the due time along. */
export const holdFor = ({ reservation_expires_at }: Awaited, paymentId: number, until: Date) => {
  const claim = { claim_payment_id: paymentId, claim_until: until }
  if (until <= reservation_expires_at) return { claim }
  return { claim, due: { payment_due_at: until, reservation_expires_at: new Date(until.getTime() + reservationGraceMs) } }
}

/** A claim ends with the outcome of its payment. */
export const claimAfter = ({ claim_payment_id }: Pick<Awaited, 'claim_payment_id'>, fact: Fact) =>
  fact.kind === 'payment' && fact.id === claim_payment_id ? { claim_payment_id: null, claim_until: null } : {}

/** When an unpaid order is cancelled. A payment that was begun in time may be finished: the order waits until its claim ends. */
export const unpaidUntil = ({ payment_due_at, claim_until }: Pick<Awaited, 'payment_due_at' | 'claim_until'>) =>
  claim_until && claim_until > payment_due_at ? claim_until : payment_due_at
