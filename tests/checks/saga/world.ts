import type { LeftAllocation, ReservationState, OrderFacts as StockFacts, WarehouseStock } from '#services/inventory/domain'
import type { Fact, Facts, PaymentStatus, Status } from '#services/order/domain'
import { reservationGraceMs } from '#services/order/domain-claims'
import type { ChargeState, PaymentMethod } from '#services/payment/domain'
import type { ChargedPayment } from '#services/payment/domain-charges'
import type { RefundCause, RefundState } from '#services/payment/domain-refunds'
import type { RedemptionState } from '#services/promotion/domain-redemptions'
import type { Line, Parcel } from '#services/shipping/domain-lines'
import type { Decisions } from './decisions'

/** The whole platform as the model sees it: what each service has stored about each order, and the messages that are under way. */

/** Time passes in steps of this length. Deadlines are counted in them from now on; one that has passed is 0. */
export const tickMs = reservationGraceMs
const dates = Array.from({ length: 20 }, (_, ticks) => new Date(ticks * tickMs))
export const at = (ticks: number): Date => dates[ticks] ?? new Date(ticks * tickMs)
export const now = at(0)
export const ticksUntil = (date: Date) => date.getTime() / tickMs

/** A message to one consumer. Two with the same name say the same, and count as one that is delivered twice. */
export type Mail = { name: string; isCopy?: true } & (
  | { to: 'order'; fact: Fact }
  | { to: 'inventory'; facts: Partial<Omit<StockFacts, 'expiry'>>; expiry?: Expiry }
  | { to: 'inventory'; returned: { id: number; lines: readonly Line[] } }
  | { to: 'promotion'; event: 'placed' | 'cancelled' }
  | { to: 'payment'; facts: { cancelled?: true; delivered?: true; due?: number } }
  | { to: 'payment'; returned: { id: number; amount: number } }
  /** A webhook, or an answer. May be lost, unless nobody would ask for it. */
  | { to: 'payment'; report: { payment: number; state: ChargeState; capturable: boolean }; isSure: boolean }
  | { to: 'shipping'; committed: readonly Line[] }
  | { to: 'shipping'; cancelled: true }
)
export interface Expiry {
  ticks: number
  version: number
}

export interface Refund {
  id: number
  key: string | null
  cause: RefundCause
  amount: number
  attempt: number
  state: RefundState
  atProvider: 'never_seen' | 'succeeded' | 'failed'
}
export interface Payment extends ChargedPayment {
  id: number
  captured: number
  refunded: number
  refunding: number
  refunds: readonly Refund[]
  /** How long the customer or the bank may take, and what is done about that: the order is held, and the payment ended. */
  ticksLeft: number
  holds: boolean
  expires: boolean
  /** The provider's side. `approved`: the customer has agreed, and the money waits to be captured. */
  charge: ChargeState | 'never_seen' | 'approved'
}
export interface Return {
  id: number
  lines: readonly Line[]
  refund: number
  shipmentId: number | null
}
/** Everything about one order, by service. */
export interface Life {
  order: {
    status: Status
    payment_status: PaymentStatus
    facts: Facts
    total: number
    dueIn: number
    reservedFor: number
    claimedBy: number | null
    claimedFor: number
    version: number
    returns: readonly Return[]
    /** A request to cancel, and what shipping has answered. */
    cancelling: false | 'asking' | 'voided' | 'refused'
  }
  stock: {
    state: ReservationState
    facts: Omit<StockFacts, 'expiry'>
    expiry: Expiry | null
    left: readonly LeftAllocation[]
    returns: readonly number[]
  }
  redemption: RedemptionState
  books: {
    cancelled: boolean
    delivered: boolean
    paidBy: number | null
    captured: readonly { id: number; amount: number }[]
    due: number | null
    returns: readonly { id: number; amount: number; settled: boolean }[]
  }
  payments: readonly Payment[]
  /** Requests to pay that have not ended: the order is claimed, or the payment is stored and not charged yet. */
  paying: readonly { id: number; amount: number; at: 'claimed' | 'stored'; ticksLeft: number }[]
  packing: { lines: readonly Line[] | undefined; voided: boolean }
  parcels: readonly (Parcel & { id: number; version: number })[]
  mail: readonly Mail[]
}
export interface World {
  lives: Life[]
  shelves: WarehouseStock[]
  couponUses: number
  /** What may still happen, and how often. */
  left: Allowance
}
export interface Allowance {
  copies: number
  payments: number
  refundFailures: number
  packingFailures: number
  splits: number
  /** Money that comes after the provider had refused it. */
  lateCaptures: number
}

export interface Plan {
  orders: number
  quantity: number
  shelves: readonly WarehouseStock[]
  coupon?: { limit: number }
  method: PaymentMethod
  /** How long an order waits for its payment, and a payment for its customer; a bank may take twice as long. A claim lasts 1. */
  dueIn: number
  /** A request to pay is one step. Nothing comes between its claim, its payment and its charge. */
  paysAtOnce?: boolean
  /** What a provider may answer to a charge. */
  answers: readonly (ChargeState | 'approved')[]
  /** What may come of a charge that waits for its customer. */
  customer: readonly ('captured' | 'failed' | 'approved')[]
  /** What carriers may report. */
  carrier: readonly ('picked_up' | 'delivered' | 'failed' | 'returned')[]
  cancels: boolean
  crashes: boolean
  /** Also follows messages that can change nothing any more. */
  keepsOldMail: boolean
  returns: boolean
  /** Each time the price goes to the next of these. */
  carriage: readonly number[]
  allows: Partial<Allowance>
  /** The steps that have been taken when the exploration begins. */
  after?: readonly string[]
}
export interface Model {
  plan: Plan
  decide: Decisions
}

export const pricePerPiece = 1000
export const totalOf = (plan: Plan, carriage: number) => plan.quantity * pricePerPiece + carriage
export const sku = 'A'
export const lineOf = (quantity: number): Line => ({ product_id: 'p', sku, quantity })

export const begin = (plan: Plan): World => {
  const [carriage = 500] = plan.carriage
  const lines = [lineOf(plan.quantity)]
  const life: Life = {
    order: {
      status: 'pending',
      payment_status: 'unpaid',
      facts: { heard: {}, payments: {}, shipments: {} },
      total: totalOf(plan, carriage),
      dueIn: plan.dueIn,
      reservedFor: plan.dueIn + 1,
      claimedBy: null,
      claimedFor: 0,
      version: 1,
      returns: [],
      cancelling: false,
    },
    stock: { state: 'new', facts: { lines: [], placed: false, fulfillable: false, cancelled: false }, expiry: null, left: [], returns: [] },
    redemption: 'new',
    books: { cancelled: false, delivered: false, paidBy: null, captured: [], due: null, returns: [] },
    payments: [],
    paying: [],
    packing: { lines: undefined, voided: false },
    parcels: [],
    mail: [
      { to: 'inventory', name: 'order.created', facts: { placed: true, lines }, expiry: { ticks: plan.dueIn + 1, version: 1 } },
      ...(plan.coupon ? [{ to: 'promotion', name: 'order.created', event: 'placed' } as const] : []),
    ],
  }
  const none = { copies: 0, payments: 0, refundFailures: 0, packingFailures: 0, splits: 0, lateCaptures: 0 }
  return {
    lives: Array.from({ length: plan.orders }, () => life),
    shelves: plan.shelves.map(shelf => ({ ...shelf })),
    couponUses: 0,
    left: { ...none, ...plan.allows },
  }
}

/** One step of the world. It changes only the draft that it gets, and replaces whatever it changes in there. */
export interface Step {
  text: string
  /** It may happen, but nobody waits for it. */
  isOptional: boolean
  take(world: World, life: Life): void
}

export const send = (life: Life, ...mail: readonly Mail[]): void => {
  const isUnderWay = ({ to, name, isCopy }: Mail) => life.mail.some(one => one.to === to && one.name === name && one.isCopy === isCopy)
  life.mail = [...life.mail, ...mail.filter(one => !isUnderWay(one))]
}
/** What a function refuses. */
export const refuses = (attempt: () => unknown): boolean => {
  try {
    attempt()
    return false
  } catch {
    return true
  }
}
