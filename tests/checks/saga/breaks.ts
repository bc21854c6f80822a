import { stockSteps } from '#services/inventory/domain'
import { type Break, broken } from './break'
import { laterBreaks } from './later-breaks'

/** Each function that decides, broken on purpose. */

const order: Break[] = [
  broken('afterFacts', 'the order waits as paid', 'a card', 'order accepts a capture after it was cancelled', real => (known, added) => {
    const revives = known.status === 'cancelled' && added.some(fact => fact.kind === 'payment' && fact.outcome === 'captured')
    const { calledOff: _, ...facts } = known.facts
    return revives ? real({ ...known, status: 'awaiting_payment', facts }, added) : real(known, added)
  }),
  broken(
    'cancellation',
    'is on its way',
    'a card',
    'order cancels a paid order without asking shipping',
    real => status => (real(status) === 'after_void' ? 'at_once' : real(status)),
  ),
  broken(
    'claimAfter',
    'while it was held',
    'two payments, step by step',
    'the outcome of any payment ends the claim of another',
    real => (_, fact) => (fact.kind === 'payment' ? real({ claim_payment_id: fact.id }, fact) : {}),
  ),
  broken('claimFor', 'has claimed it', 'another address', 'a claim ends at once', real => (known, id) => real(known, id, new Date(0))),
  broken(
    'endOfRequest',
    'is on its way',
    'parcels',
    'order cancels although shipping refused',
    real => (status, terms) => real(status, { ...terms, voided: true }),
  ),
  broken('holdFor', 'is held for payment', 'another address', 'a hold is not kept', () => () => ({
    claim: { claim_payment_id: 0, claim_until: new Date(0) },
  })),
  broken(
    'refundsFor',
    'for an order that owes',
    'goods that come back',
    'a return is refunded twice over',
    real =>
      (...all) =>
        real(...all).map(refund => 2 * refund),
  ),
  broken(
    'requireHoldable',
    'is held for payment',
    'another address',
    'order is held for a payment of another amount',
    real => (known, due, now) => real({ ...known, total: due.amount * 100 }, due, now),
  ),
  broken(
    'requirePayable',
    'claimed an order at once',
    'two payments, step by step',
    'two payments claim an order at once',
    real => (known, due, now) => real({ ...known, claim_until: null, payment_status: 'unpaid' }, due, now),
  ),
  broken(
    'requireRepriceable',
    'an order costs',
    'another address',
    'the price changes while somebody pays',
    real => (known, now) => real({ ...known, claim_until: null, payment_status: 'unpaid' }, now),
  ),
  broken('returnedParcels', 'pieces are on hand', 'parcels', 'a parcel that came back is forgotten', () => () => []),
  broken(
    'returnLines',
    'a step fails',
    'goods that come back',
    'more comes back than was bought',
    real => (sold, lines) => real(sold, lines, []),
  ),
  broken(
    'unpaidUntil',
    'timed out while',
    'another address',
    'an order times out while it is held for a payment',
    () => known => known.payment_due_at,
  ),
]

const inventory: Break[] = [
  broken(
    'addOrderFacts',
    'the stock of an order',
    'a card',
    'inventory does not note a cancellation',
    real => (known, given) => real(known, { ...given, cancelled: false }),
  ),
  broken(
    'allocateLines',
    'of which',
    'the last piece',
    'inventory gives away what is reserved',
    real => (lines, of) =>
      real(lines, sku => {
        const known = of(sku)
        return known && { ...known, stock: known.stock.map(shelf => ({ ...shelf, reserved: 0 })) }
      }),
  ),
  broken('allocateReturn', 'pieces are on hand', 'goods that come back', 'inventory loses what came back', () => () => []),
  broken(
    'isExpired',
    'are reserved',
    'a card',
    'inventory gives up stock that has left',
    real => (state, facts, now) =>
      real(state === 'committed' ? 'reserved' : state, { expiry: facts.expiry ?? { at: now, version: 1 } }, now),
  ),
  broken(
    'nextReservationStep',
    'the stock of an order',
    'a card',
    'inventory commits after the order was cancelled',
    real => (state, facts) => (facts.fulfillable && facts.cancelled ? real(state, { ...facts, cancelled: false }) : real(state, facts)),
  ),
  {
    ...{ function: 'stockSteps', so: 'committed stock stays reserved', in: 'a card', found: 'of which' },
    broken: () => ({ stockSteps: { ...stockSteps, commit: { ...stockSteps.commit, reserved: 0 as -1 } } }),
  },
]

export const breaks = [...order, ...inventory, ...laterBreaks]
