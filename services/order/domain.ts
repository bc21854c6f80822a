/** The life of an order: what other services report about it is kept as facts, and `transitions` says which steps they lead to. */

export const statuses = ['pending', 'awaiting_payment', 'paid', 'fulfilling', 'shipped', 'delivered', 'cancelled'] as const
export type Status = (typeof statuses)[number]
export type PaymentStatus = 'unpaid' | 'authorized' | 'paid' | 'partially_refunded' | 'refunded'
export const cancelReasons = ['by_customer', 'payment_timeout', 'out_of_stock', 'coupon_rejected', 'undeliverable'] as const
export type CancelReason = (typeof cancelReasons)[number]
/** Who called an order off, where a person did. The reason is `by_customer` for both. */
export const cancellers = ['customer', 'shop'] as const
export type Canceller = (typeof cancellers)[number]

export interface Line {
  product_id: string
  sku: string
  quantity: number
}

/** A line without what else is known of it. */
export const bareLine = ({ product_id, sku, quantity }: Line): Line => ({ product_id, sku, quantity })

type Answer = 'reserved' | 'stock_refused' | 'committed' | 'commit_failed' | 'redeemed' | 'promise_refused'
export type Fact =
  /** What inventory or promotion answered. */
  | { kind: Answer }
  | { kind: 'called_off'; reason: CancelReason; by?: Canceller }
  | { kind: 'payment'; id: number; method: string; outcome: 'authorized' | 'captured' | 'failed' | 'voided'; amount: number }
  | { kind: 'refund'; id: number; total: number }
  | { kind: 'shipment'; id: number; version?: number; status: string; lines: readonly Line[] }

export interface Payment {
  method?: string
  authorized?: number
  captured?: number
  refunded?: number
  ended?: true
}
/** Facts are only ever added, so that late, repeated and reordered events lead to the same end. Stored as it is, under these names. */
export interface Facts {
  heard: { [answer in Answer]?: true }
  calledOff?: CancelReason
  calledOffBy?: Canceller
  payments: Record<string, Payment>
  /** The lines are those of the newest version: until a parcel leaves, lines may move to another one. */
  shipments: Record<string, { lines: readonly Line[]; version?: number; seen: readonly string[] }>
}
export const noFacts: Facts = { heard: {}, payments: {}, shipments: {} }

const addToPayment = (before: Payment = {}, fact: Extract<Fact, { kind: 'payment' | 'refund' }>): Payment => {
  if (fact.kind === 'refund') return { ...before, refunded: Math.max(before.refunded ?? 0, fact.total) }
  const { method, outcome, amount } = fact
  const known = { ...before, method }
  return outcome === 'failed' || outcome === 'voided' ? { ...known, ended: true } : { ...known, [outcome]: amount }
}

export const addFact = (facts: Facts, fact: Fact): Facts => {
  if (fact.kind === 'payment' || fact.kind === 'refund')
    return { ...facts, payments: { ...facts.payments, [fact.id]: addToPayment(facts.payments[fact.id], fact) } }
  if (fact.kind === 'shipment') {
    const { lines = fact.lines, version = 0, seen = [] } = facts.shipments[fact.id] ?? {}
    const newest =
      fact.version === undefined || fact.version >= version ? { lines: fact.lines, version: fact.version ?? version } : { lines, version }
    const shipment = { ...newest, seen: seen.includes(fact.status) ? seen : [...seen, fact.status] }
    return { ...facts, shipments: { ...facts.shipments, [fact.id]: shipment } }
  }
  if (fact.kind === 'called_off')
    return facts.calledOff ? facts : { ...facts, calledOff: fact.reason, ...(fact.by && { calledOffBy: fact.by }) }
  return { ...facts, heard: { ...facts.heard, [fact.kind]: true } }
}

/** Everything that a step may depend on. Amounts are in minor units. */
export interface Known {
  facts: Facts
  /** Priced with a coupon or a campaign: promotion must confirm that its limits allow it. */
  hasPromise: boolean
  total: number
  lines: readonly Line[]
}

/** A parcel that was handed to the carrier counts as shipped, whatever happens to it later. */
const shippedStates = new Set(['picked_up', 'in_transit', 'delivered', 'returned'])
const deliveredStates = new Set(['delivered'])
const returnedStates = new Set(['returned'])
const endStates = new Set([...deliveredStates, ...returnedStates])
const isDelivered = ({ shipments }: Facts) => Object.values(shipments).some(({ seen }) => seen.includes('delivered'))

const allLinesIn = (states: ReadonlySet<string>, { facts, lines }: Known): boolean => {
  const missing = new Map<string, number>()
  for (const { sku, quantity } of lines) missing.set(sku, (missing.get(sku) ?? 0) + quantity)
  for (const shipment of Object.values(facts.shipments))
    if (shipment.seen.some(status => states.has(status)))
      for (const { sku, quantity } of shipment.lines) missing.set(sku, (missing.get(sku) ?? 0) - quantity)
  return [...missing.values()].every(quantity => quantity <= 0)
}
const onDelivery = ({ method }: Payment) => method === 'cash_on_delivery'
/** A payment of less than a repriced order costs does not pay for it: the order times out, and the money is refunded. */
const covers = (total: number, amount: number | undefined) => amount !== undefined && amount >= total
/** Whether a payment is larger than the price of its order. The excess goes back. */
export const isOverpaid = ({ facts, total }: Pick<Known, 'facts' | 'total'>) =>
  Object.values(facts.payments).some(({ captured, authorized }) => (captured ?? authorized ?? 0) > total)
const paymentsOf = ({ facts }: Known) => Object.values(facts.payments)

export const conditions = {
  stock_refused: ({ facts }) => facts.heard.stock_refused === true,
  promise_refused: ({ facts, hasPromise }) => hasPromise && facts.heard.promise_refused === true,
  called_off: ({ facts }) => facts.calledOff !== undefined,
  secured: ({ facts, hasPromise }) => facts.heard.reserved === true && (!hasPromise || facts.heard.redeemed === true),
  paid_on_delivery: known => paymentsOf(known).some(p => onDelivery(p) && covers(known.total, p.authorized ?? p.captured)),
  captured: known => paymentsOf(known).some(p => !onDelivery(p) && covers(known.total, p.captured)),
  commit_failed: ({ facts }) => facts.heard.commit_failed === true,
  shipment_created: ({ facts }) => Object.keys(facts.shipments).length > 0,
  all_shipped: known => allLinesIn(shippedStates, known),
  all_delivered: known => allLinesIn(deliveredStates, known),
  undeliverable: known => allLinesIn(returnedStates, known) && !isDelivered(known.facts),
  rest_came_back: known => allLinesIn(endStates, known) && isDelivered(known.facts),
} satisfies Record<string, (known: Known) => boolean>
export type Condition = keyof typeof conditions

/** Every step that an order can take. Of two that are possible, the first is taken. */
export const transitions: Record<Status, readonly { when: Condition; to: Status }[]> = {
  pending: [
    { when: 'called_off', to: 'cancelled' },
    { when: 'stock_refused', to: 'cancelled' },
    { when: 'promise_refused', to: 'cancelled' },
    { when: 'secured', to: 'awaiting_payment' },
  ],
  awaiting_payment: [
    { when: 'called_off', to: 'cancelled' },
    { when: 'paid_on_delivery', to: 'fulfilling' },
    { when: 'captured', to: 'paid' },
  ],
  paid: [
    { when: 'called_off', to: 'cancelled' },
    { when: 'commit_failed', to: 'cancelled' },
    { when: 'shipment_created', to: 'fulfilling' },
  ],
  fulfilling: [
    { when: 'called_off', to: 'cancelled' },
    { when: 'commit_failed', to: 'cancelled' },
    { when: 'all_shipped', to: 'shipped' },
  ],
  shipped: [
    { when: 'undeliverable', to: 'cancelled' },
    { when: 'all_delivered', to: 'delivered' },
    { when: 'rest_came_back', to: 'delivered' },
  ],
  delivered: [],
  cancelled: [],
}

/** What keeps an order from waiting for ever in a state: its payment deadline, or the people who watch the report of stuck orders. */
export const endedBy = {
  pending: 'payment_timeout',
  awaiting_payment: 'payment_timeout',
  paid: 'watch',
  fulfilling: 'watch',
  shipped: 'watch',
  delivered: 'nothing',
  cancelled: 'nothing',
} as const satisfies Record<Status, 'payment_timeout' | 'watch' | 'nothing'>

export const nextStates = (status: Status): Status[] => [...new Set(transitions[status].map(step => step.to))]
export const isOver = (status: Status) => transitions[status].length === 0
export const awaitsPayment = (status: Status) => endedBy[status] === 'payment_timeout'

/** An unpaid order is cancelled at once, a paid one once shipping has stopped its parcels, and a shipped or cancelled one not at all. */
export const cancellation = (status: Status): 'at_once' | 'after_void' | 'illegal' =>
  !transitions[status].some(({ when }) => when === 'called_off') ? 'illegal' : awaitsPayment(status) ? 'at_once' : 'after_void'

/** What becomes of a request to cancel once shipping has answered. The first of several callers ends it; the others find it ended. */
export const endOfRequest = (status: Status, { isOpen, voided }: { isOpen: boolean; voided: boolean }): 'call_off' | 'drop' | 'nothing' => {
  if (!isOpen) return 'nothing'
  return voided && cancellation(status) !== 'illegal' ? 'call_off' : 'drop'
}

export interface Step {
  from: Status
  to: Status
  reason?: CancelReason
  by?: Canceller
}
const reasonOf = (when: Condition, { calledOff }: Facts): CancelReason | undefined => {
  if (when === 'called_off') return calledOff
  if (when === 'undeliverable') return 'undeliverable'
  return when === 'promise_refused' ? 'coupon_rejected' : 'out_of_stock'
}

/** All steps that can be taken now, one after the other. */
export const stepsFrom = (status: Status, known: Known): Step[] => {
  const step = transitions[status].find(({ when }) => conditions[when](known))
  if (!step) return []
  const reason = step.to === 'cancelled' ? reasonOf(step.when, known.facts) : undefined
  const by = step.when === 'called_off' ? known.facts.calledOffBy : undefined
  return [{ from: status, to: step.to, ...(reason && { reason }), ...(by && { by }) }, ...stepsFrom(step.to, known)]
}

/**
 * The parcels that came back while another one was delivered. Their lines are given back; when nothing was delivered, the whole order
 * ends.
 */
export const returnedParcels = (facts: Facts) =>
  isDelivered(facts)
    ? Object.entries(facts.shipments).flatMap(([id, { lines, seen }]) =>
        seen.includes('returned') && !seen.includes('delivered') ? [{ shipmentId: Number(id), lines }] : [],
      )
    : []

export const paidOf = ({ payments }: Facts) => {
  const each = Object.values(payments).map(({ captured = 0, refunded = 0 }) => ({ captured: Math.max(captured, refunded), refunded }))
  return {
    captured: each.reduce((sum, payment) => sum + payment.captured, 0),
    refunded: each.reduce((sum, payment) => sum + payment.refunded, 0),
    /** The payment of which the most is kept: an order that was paid twice and refunded once is paid. */
    best: each.reduce((a, b) => (b.captured - b.refunded > a.captured - a.refunded ? b : a), { captured: 0, refunded: 0 }),
  }
}

export const paymentStatusOf = (facts: Facts): PaymentStatus => {
  const payments = Object.values(facts.payments)
  const { captured, best } = paidOf(facts)
  if (best.captured > best.refunded) return best.refunded > 0 ? 'partially_refunded' : 'paid'
  if (captured > 0) return 'refunded'
  // An order that costs nothing is paid by a payment of nothing.
  if (payments.some(payment => payment.captured !== undefined)) return 'paid'
  return payments.some(({ authorized, ended }) => authorized !== undefined && !ended) ? 'authorized' : 'unpaid'
}
