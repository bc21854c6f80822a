import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import {
  addOrderFacts,
  isExpired,
  nextReservationStep,
  noOrderFacts,
  type OrderFacts,
  type ReservationState,
  type ReservationStep,
  stockSteps,
} from './domain'

const line = (sku: string, quantity: number) => ({ product_id: 'p', sku, quantity })
const known = (facts: Partial<OrderFacts>) => addOrderFacts(noOrderFacts, facts)

describe('the next step of a reservation', () => {
  test('reserves the stock of a placed order, and commits it once the order is fulfillable', () => {
    expect(nextReservationStep('new', known({ placed: true }))).toBe('reserve')
    expect(nextReservationStep('waiting', known({ placed: true }))).toBe('reserve')
    expect(nextReservationStep('reserved', known({ placed: true }))).toBe('nothing')
    expect(nextReservationStep('reserved', known({ placed: true, fulfillable: true }))).toBe('commit')
    expect(nextReservationStep('committed', known({ placed: true, fulfillable: true }))).toBe('nothing')
  })
  test('commits unreserved stock when a fulfillable order holds none', () => {
    for (const state of ['new', 'waiting', 'rejected', 'expired'] as const)
      expect(nextReservationStep(state, known({ fulfillable: true }))).toBe('commitUnreserved')
    expect(nextReservationStep('commit_failed', known({ fulfillable: true }))).toBe('nothing')
  })
  test('returns what a cancelled order holds, and is the last one', () => {
    expect(nextReservationStep('reserved', known({ cancelled: true }))).toBe('release')
    expect(nextReservationStep('committed', known({ fulfillable: true, cancelled: true }))).toBe('restock')
    for (const state of ['new', 'waiting', 'rejected', 'expired', 'commit_failed'] as const)
      expect(nextReservationStep(state, known({ cancelled: true }))).toBe('close')
    expect(nextReservationStep('released', known({ placed: true, fulfillable: true, cancelled: true }))).toBe('nothing')
  })
})

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute))
const eventFacts: Partial<OrderFacts>[] = [
  { placed: true, lines: [line('A', 2)], expiry: { at: at(1), version: 1 } },
  { expiry: { at: at(2), version: 2 } },
  { expiry: { at: at(3), version: 5 } },
  { fulfillable: true, lines: [line('A', 2)] },
  { fulfillable: true, lines: [line('A', 2)] },
  { cancelled: true },
]
/** The outcome of events in this order, if there is enough stock. */
const outcomeOf = (order: readonly Partial<OrderFacts>[]) => {
  let facts = noOrderFacts
  let state: ReservationState = 'new'
  let [onHand, reserved] = [10, 0]
  const apply: Record<ReservationStep, () => ReservationState> = {
    reserve: () => {
      reserved += 2
      return 'reserved'
    },
    commit: () => {
      reserved -= 2
      onHand -= 2
      return 'committed'
    },
    commitUnreserved: () => {
      onHand -= 2
      return 'committed'
    },
    release: () => {
      reserved -= 2
      return 'released'
    },
    restock: () => {
      onHand += 2
      return 'released'
    },
    close: () => 'released',
    nothing: () => state,
  }
  for (const one of order) {
    facts = addOrderFacts(facts, one)
    state = apply[nextReservationStep(state, facts)]()
  }
  return { facts, state, onHand, reserved }
}

test('events of an order may arrive in any order and any number of times: the outcome is the same', () => {
  const some = fc.subarray(eventFacts, { minLength: 1 })
  const shuffled = some.chain(chosen =>
    fc.tuple(
      fc.constant(chosen),
      fc.array(fc.constantFrom(...chosen), { maxLength: 6 }).chain(again => {
        const all = [...chosen, ...again]
        return fc.shuffledSubarray(all, { minLength: all.length })
      }),
    ),
  )
  fc.assert(
    fc.property(shuffled, ([chosen, order]) => {
      expect(outcomeOf(order)).toEqual(outcomeOf(chosen))
    }),
    { numRuns: 1000 },
  )
})

describe('what is known of an order', () => {
  test('stays known, and its lines are those that came first', () => {
    const all = known({ placed: true, lines: [line('A', 2)], fulfillable: true, cancelled: true })
    expect(addOrderFacts(all, { placed: false, fulfillable: false, cancelled: false, lines: [line('B', 1)] })).toEqual(all)
    expect([all.lines, addOrderFacts(known({ placed: true }), { lines: [line('B', 1)] }).lines]).toEqual([[line('A', 2)], [line('B', 1)]])
    expect(known({})).toEqual(noOrderFacts)
    expect(noOrderFacts).toEqual({ lines: [], placed: false, fulfillable: false, cancelled: false, expiry: undefined })
  })
  test('says the newest time at which its stock expires', () => {
    const [older, newer] = [
      { at: at(1), version: 2 },
      { at: at(2), version: 3 },
    ]
    expect([
      addOrderFacts(known({ expiry: older }), { expiry: newer }).expiry,
      addOrderFacts(known({ expiry: newer }), { expiry: older }).expiry,
    ]).toEqual([newer, newer])
    expect(addOrderFacts(known({ expiry: newer }), { expiry: { ...newer, at: at(9) } }).expiry).toEqual(newer)
  })
})

test('each step of a reservation leads to its state', () => {
  expect(
    Object.entries(stockSteps).map(([step, { reserved, onHand, to }]) => `${step}: ${reserved} reserved, ${onHand} on hand, ${to}`),
  ).toEqual([
    'reserve: 1 reserved, 0 on hand, reserved',
    'commit: -1 reserved, -1 on hand, committed',
    'commitUnreserved: 0 reserved, -1 on hand, committed',
    'release: -1 reserved, 0 on hand, released',
    'restock: 0 reserved, 1 on hand, released',
  ])
})
test('what is reserved and then committed or released leaves nothing reserved, and what is restocked is on hand again', () => {
  const { reserve, commit, commitUnreserved, release, restock } = stockSteps
  expect([reserve.reserved + commit.reserved, reserve.reserved + release.reserved, commitUnreserved.reserved]).toEqual([0, 0, 0])
  expect([commit.onHand + restock.onHand, commitUnreserved.onHand + restock.onHand]).toEqual([0, 0])
})

test('only reserved stock expires, from the moment on that its order names', () => {
  const at = new Date(1000)
  const facts = known({ expiry: { at, version: 1 } })
  expect([isExpired('reserved', facts, at), isExpired('reserved', facts, new Date(999))]).toEqual([true, false])
  expect([isExpired('committed', facts, at), isExpired('reserved', known({}), at)]).toEqual([false, false])
})
