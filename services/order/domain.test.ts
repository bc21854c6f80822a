import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import {
  addFact,
  awaitsPayment,
  type CancelReason,
  cancellation,
  endedBy,
  type Fact,
  type Facts,
  isOver,
  type Known,
  type Line,
  nextStates,
  noFacts,
  type PaymentStatus,
  paymentStatusOf,
  type Status,
  type Step,
  statuses,
  stepsFrom,
  transitions,
} from './domain'

const total = 3000
const lines: Line[] = [
  { product_id: 'p', sku: 'A', quantity: 2 },
  { product_id: 'p', sku: 'B', quantity: 1 },
]
interface Life {
  status: Status
  facts: Facts
  steps: Step[]
}
const placed: Life = { status: 'pending', facts: noFacts, steps: [] }
const add = (life: Life, fact: Fact, hasPromise = false): Life => {
  const facts = addFact(life.facts, fact)
  const known: Known = { facts, hasPromise, total, lines }
  const steps = stepsFrom(life.status, known)
  return { facts, status: steps.at(-1)?.to ?? life.status, steps: [...life.steps, ...steps] }
}
const live = (facts: readonly Fact[], hasPromise = false) => facts.reduce((life, fact) => add(life, fact, hasPromise), placed)

const pay = (outcome: 'authorized' | 'captured' | 'failed' | 'voided', more: object = {}): Fact => ({
  kind: 'payment',
  id: 1,
  method: 'credit_card',
  outcome,
  amount: total,
  ...more,
})
const parcel = (id: number, status: string, sent: readonly Line[] = lines): Fact => ({ kind: 'shipment', id, status, lines: sent })
const reserved: Fact = { kind: 'reserved' }

describe('the transitions', () => {
  test('has these steps and no other', () => {
    const edges = statuses.flatMap(from => nextStates(from).map(to => `${from} → ${to}`))
    expect(edges.toSorted()).toEqual([
      'awaiting_payment → cancelled',
      'awaiting_payment → fulfilling',
      'awaiting_payment → paid',
      'fulfilling → cancelled',
      'fulfilling → shipped',
      'paid → cancelled',
      'paid → fulfilling',
      'pending → awaiting_payment',
      'pending → cancelled',
      'shipped → cancelled',
      'shipped → delivered',
    ])
  })

  test.each<[string, Status, CancelReason | null, Fact[]]>([
    ['reserved', 'awaiting_payment', null, [reserved]],
    ['refused by stock', 'cancelled', 'out_of_stock', [{ kind: 'stock_refused' }]],
    ['called off', 'cancelled', 'by_customer', [{ kind: 'called_off', reason: 'by_customer' }]],
    ['not paid in time', 'cancelled', 'payment_timeout', [reserved, { kind: 'called_off', reason: 'payment_timeout' }]],
    ['captured', 'paid', null, [reserved, pay('captured')]],
    ['declined', 'awaiting_payment', null, [reserved, pay('failed')]],
    ['authorised by card', 'awaiting_payment', null, [reserved, pay('authorized')]],
    ['to be paid on delivery', 'fulfilling', null, [reserved, pay('authorized', { method: 'cash_on_delivery' })]],
    ['out of stock after payment', 'cancelled', 'out_of_stock', [reserved, pay('captured'), { kind: 'commit_failed' }]],
    ['packed', 'fulfilling', null, [reserved, pay('captured'), parcel(1, 'created')]],
    ['half shipped', 'fulfilling', null, [reserved, pay('captured'), parcel(1, 'picked_up', [lines[0]!])]],
    ['shipped', 'shipped', null, [reserved, pay('captured'), parcel(1, 'picked_up', [lines[0]!]), parcel(2, 'in_transit', [lines[1]!])]],
    [
      'half delivered',
      'shipped',
      null,
      [reserved, pay('captured'), parcel(1, 'delivered', [lines[0]!]), parcel(2, 'picked_up', [lines[1]!])],
    ],
    ['delivered', 'delivered', null, [reserved, pay('captured'), parcel(1, 'delivered')]],
    ['paid too little', 'awaiting_payment', null, [reserved, pay('captured', { amount: total - 1 })]],
  ])('an order that is %s is %s', (_, status, reason, facts) => {
    const life = live(facts)
    expect(life.status).toBe(status)
    expect(life.steps.at(-1)?.reason ?? null).toBe(reason)
  })

  test('makes an order with a coupon wait for stock and promotion', () => {
    expect(live([reserved], true).status).toBe('pending')
    expect(live([{ kind: 'redeemed' }], true).status).toBe('pending')
    expect(live([{ kind: 'redeemed' }, reserved], true).status).toBe('awaiting_payment')
    expect(live([reserved, { kind: 'promise_refused' }], true).steps.at(-1)).toMatchObject({ to: 'cancelled', reason: 'coupon_rejected' })
    expect(live([{ kind: 'promise_refused' }, reserved]).status).toBe('awaiting_payment')
  })

  test('counts the lines that a parcel has in its newest version, in any order of arrival', () => {
    const [first, second] = [lines[0]!, lines[1]!]
    const split: Fact[] = [
      { kind: 'shipment', id: 1, version: 1, status: 'created', lines },
      { kind: 'shipment', id: 1, version: 2, status: 'created', lines: [first] },
      { kind: 'shipment', id: 1, version: 3, status: 'picked_up', lines: [first] },
      { kind: 'shipment', id: 2, version: 1, status: 'created', lines: [second] },
    ]
    for (const facts of [split, split.toReversed()]) expect(live([reserved, pay('captured'), ...facts]).status).toBe('fulfilling')
  })

  test('lets an order be cancelled at once while unpaid, after a void while paid, and never later', () => {
    const ways = Object.fromEntries(statuses.map(status => [status, cancellation(status)]))
    expect(ways).toEqual({
      pending: 'at_once',
      awaiting_payment: 'at_once',
      paid: 'after_void',
      fulfilling: 'after_void',
      shipped: 'illegal',
      delivered: 'illegal',
      cancelled: 'illegal',
    })
  })
})

const anyFact: fc.Arbitrary<Fact> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('reserved', 'stock_refused', 'committed', 'commit_failed', 'redeemed', 'promise_refused'),
  }),
  fc.record({ kind: fc.constant('called_off' as const), reason: fc.constantFrom('by_customer', 'payment_timeout') }),
  fc.record({
    kind: fc.constant('payment' as const),
    id: fc.integer({ min: 1, max: 2 }),
    method: fc.constantFrom('credit_card', 'cash_on_delivery'),
    outcome: fc.constantFrom('authorized', 'captured', 'failed', 'voided'),
    amount: fc.constantFrom(total, total - 1),
  }),
  fc.record({ kind: fc.constant('refund' as const), id: fc.integer({ min: 1, max: 2 }), total: fc.integer({ min: 1, max: total }) }),
  fc.record({
    kind: fc.constant('shipment' as const),
    id: fc.integer({ min: 1, max: 2 }),
    status: fc.constantFrom('created', 'picked_up', 'in_transit', 'delivered', 'failed'),
    lines: fc.constantFrom(lines, lines.slice(0, 1), lines.slice(1)),
  }),
)

describe('with any facts in any order', () => {
  test('an order takes only these steps, and none after its end', () => {
    fc.assert(
      fc.property(fc.array(anyFact, { maxLength: 25 }), fc.boolean(), (facts, hasPromise) => {
        let at: Status = 'pending'
        for (const { from, to, reason } of live(facts, hasPromise).steps) {
          expect(from).toBe(at)
          expect(nextStates(from)).toContain(to)
          expect(reason !== undefined).toBe(to === 'cancelled')
          at = to
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('a cancelled order stays cancelled, and shows what was paid and refunded', () => {
    const late = live([reserved, { kind: 'called_off', reason: 'payment_timeout' }, pay('captured')])
    expect([late.status, paymentStatusOf(late.facts)]).toEqual(['cancelled', 'paid'])
    const back = add(late, { kind: 'refund', id: 1, total })
    expect([back.status, paymentStatusOf(back.facts)]).toEqual(['cancelled', 'refunded'])
  })

  /** Histories that can happen: every service has come to one of its ends. */
  const packed = [parcel(1, 'created', [lines[0]!]), parcel(2, 'created', [lines[1]!])]
  const pickedUp = [...packed, parcel(1, 'picked_up', [lines[0]!]), parcel(2, 'in_transit', [lines[1]!])]
  const refund: Fact = { kind: 'refund', id: 1, total: 1000 }
  const committed: Fact = { kind: 'committed' }
  const redeemed: Fact = { kind: 'redeemed' }
  const payOnDelivery = [pay('authorized', { method: 'cash_on_delivery' }), pay('captured', { method: 'cash_on_delivery' })]
  const twice = [pay('captured'), pay('captured', { id: 2 }), { kind: 'refund', id: 2, total } as const]
  const histories: [string, Fact[], Status, PaymentStatus][] = [
    ['only reserved', [reserved, redeemed], 'awaiting_payment', 'unpaid'],
    ['refused', [{ kind: 'stock_refused' }, redeemed], 'cancelled', 'unpaid'],
    ['without its coupon', [reserved, { kind: 'promise_refused' }], 'cancelled', 'unpaid'],
    ['declined, then paid', [reserved, redeemed, pay('failed', { id: 2 }), pay('captured')], 'paid', 'paid'],
    ['paid twice, once back', [reserved, redeemed, ...twice], 'paid', 'paid'],
    ['out of stock', [reserved, redeemed, pay('captured'), { kind: 'commit_failed' }], 'cancelled', 'paid'],
    ['packed', [reserved, redeemed, pay('authorized'), pay('captured'), committed, ...packed], 'fulfilling', 'paid'],
    ['shipped', [reserved, redeemed, pay('captured'), committed, ...pickedUp], 'shipped', 'paid'],
    [
      'delivered, partly refunded',
      [
        reserved,
        redeemed,
        pay('captured'),
        committed,
        ...pickedUp,
        parcel(1, 'delivered', [lines[0]!]),
        parcel(2, 'delivered', [lines[1]!]),
        refund,
      ],
      'delivered',
      'partially_refunded',
    ],
    [
      'paid on delivery',
      [reserved, redeemed, ...payOnDelivery, committed, parcel(1, 'picked_up'), parcel(1, 'delivered')],
      'delivered',
      'paid',
    ],
  ]
  test.each(histories)('an order that is %s ends the same when its facts come twice and in any order', (_, facts, status, payment) => {
    const doubled = [...facts, ...facts]
    fc.assert(
      fc.property(fc.shuffledSubarray(doubled, { minLength: doubled.length }), shuffled => {
        const life = live(shuffled, true)
        expect([life.status, paymentStatusOf(life.facts)]).toEqual([status, payment])
      }),
    )
  })
})

describe('no order waits for ever', () => {
  test('every state that is not an end has something that ends it', () => {
    for (const status of statuses) expect(isOver(status)).toBe(endedBy[status] === 'nothing')
  })
  test('the payment deadline ends every state that waits for payment', () => {
    for (const status of statuses.filter(awaitsPayment)) {
      const facts = addFact(noFacts, { kind: 'called_off', reason: 'payment_timeout' })
      const [step] = stepsFrom(status, { facts, hasPromise: false, total, lines })
      expect(step).toEqual({ from: status, to: 'cancelled', reason: 'payment_timeout' })
    }
  })
  test('every state leads to an end, and none in a circle', () => {
    const ends = (status: Status, path: Status[] = []): boolean => {
      expect(path).not.toContain(status)
      return transitions[status].length === 0 || transitions[status].every(({ to }) => ends(to, [...path, status]))
    }
    expect(statuses.every(status => ends(status))).toBe(true)
  })
})
