import type { Plan } from './world'

/** What is explored. Each plan lets the world do some things in every order, and leaves out others, so that all of its states can be visited. */

const oneShelf = (quantity: number) => [{ warehouse: 'main', quantity, reserved: 0 }]
const card: Plan = {
  orders: 1,
  quantity: 1,
  shelves: oneShelf(1),
  method: 'credit_card',
  dueIn: 2,
  answers: ['captured', 'failed'],
  customer: [],
  carrier: ['picked_up', 'delivered'],
  cancels: true,
  crashes: true,
  keepsOldMail: false,
  returns: false,
  carriage: [500],
  allows: { payments: 1 },
}
/** Time passes in one step: the claim, the payment and the order come to their ends together. */
const shortly = { dueIn: 1, crashes: false }
/** As an order usually goes until it is paid. */
const paid = [
  'inventory hears: order.created',
  'order hears: inventory.reserved',
  'the customer pays: payment 1 claims the order',
  'payment 1 is stored',
  'the provider is asked for payment 1, which becomes captured',
  'payment hears: report that payment 1 is captured',
  'order hears: payment 1 completed',
]
const everyCarrier = ['picked_up', 'delivered', 'failed', 'returned'] as const

export const plans = {
  'a card': card,
  'what a provider answers': {
    ...card,
    crashes: false,
    paysAtOnce: true,
    answers: ['captured', 'failed', 'requires_action', 'pending', 'authorized'],
    customer: ['captured', 'failed', 'approved'],
  },
  'messages that come twice': { ...card, ...shortly, answers: ['captured'], coupon: { limit: 1 }, allows: { payments: 1, copies: 1 } },
  'another address': { ...card, answers: ['captured', 'requires_action'], customer: ['captured'], carriage: [500, 300], cancels: false },
  'a dearer address': { ...card, answers: ['captured'], carriage: [500, 800] },
  'two payments': {
    ...card,
    ...shortly,
    paysAtOnce: true,
    answers: ['captured', 'failed', 'authorized'],
    cancels: false,
    allows: { payments: 2, lateCaptures: 1 },
  },
  'money that comes late': { ...card, dueIn: 1, allows: { payments: 1, lateCaptures: 1 } },
  'refunds that fail': { ...card, ...shortly, answers: ['captured'], allows: { payments: 1, refundFailures: 2 } },
  'goods that come back': {
    ...card,
    ...shortly,
    quantity: 2,
    shelves: oneShelf(2),
    answers: ['captured'],
    cancels: false,
    returns: true,
    allows: { payments: 1, refundFailures: 1 },
    after: paid,
  },
  'a parcel': { ...card, ...shortly, answers: ['captured'], carrier: everyCarrier, allows: { payments: 1, packingFailures: 1 } },
  parcels: {
    ...card,
    ...shortly,
    quantity: 2,
    shelves: [...oneShelf(1), { warehouse: 'north', quantity: 1, reserved: 0 }],
    answers: ['captured'],
    carrier: ['picked_up', 'delivered', 'returned'],
    allows: { payments: 1, packingFailures: 1 },
    after: paid,
  },
  'a price that rose between two payments': {
    ...card,
    ...shortly,
    cancels: false,
    carriage: [500, 800],
    allows: { payments: 2, lateCaptures: 1 },
    after: [
      ...paid.slice(0, 4),
      'the provider is asked for payment 1, which becomes failed',
      'payment hears: report that payment 1 is failed',
      'order hears: payment 1 failed',
      'the customer changes the address, and with it the price',
      'the customer pays: payment 2 claims the order',
      'payment 2 is stored',
    ],
  },
  'a price that fell between two payments': {
    ...card,
    ...shortly,
    cancels: false,
    carriage: [500, 300],
    allows: { payments: 2, lateCaptures: 1 },
    after: [
      ...paid.slice(0, 4),
      'the provider is asked for payment 1, which becomes failed',
      'payment hears: report that payment 1 is failed',
      'order hears: payment 1 failed',
      'the customer changes the address, and with it the price',
      'the customer pays: payment 2 claims the order',
      'payment 2 is stored',
    ],
  },
  'cash on delivery': { ...card, ...shortly, method: 'cash_on_delivery', carrier: everyCarrier },
  'a bank transfer': { ...card, method: 'bank_transfer', dueIn: 1 },
  'the last piece': {
    ...card,
    ...shortly,
    orders: 2,
    paysAtOnce: true,
    answers: ['captured'],
    cancels: false,
    coupon: { limit: 1 },
    allows: { payments: 2 },
  },
} satisfies Record<string, Plan>

/** Explored only on demand. The tests that break a function stop at the first broken promise, so they may use these as well. */
export const largerPlans = {
  'two payments, step by step': { ...plans['two payments'], paysAtOnce: false },
  'messages that come twice and late': { ...plans['messages that come twice'], keepsOldMail: true },
  ...Object.fromEntries(
    Object.entries<Plan>(plans).map(([name, plan]) => [`${name}, with time, crashes and messages that come twice`, larger(plan)]),
  ),
} satisfies Record<string, Plan>
function larger(plan: Plan): Plan {
  const allows = { ...plan.allows, copies: (plan.allows.copies ?? 0) + 1 }
  // Of two orders, the states multiply.
  return plan.orders > 1 ? { ...plan, allows } : { ...plan, dueIn: 2, crashes: true, paysAtOnce: false, allows }
}
