import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import {
  addOrderFacts,
  allocateLines,
  allocateSku,
  availableQuantity,
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

describe('allocation', () => {
  const available = (...rows: [warehouse: string, quantity: number, reserved?: number][]) => ({
    opened: true,
    archived: false,
    stock: rows.map(([warehouse, quantity, reserved = 0]) => ({ warehouse, quantity, reserved })),
  })
  const from = (skus: Record<string, ReturnType<typeof available>>) => (sku: string) => skus[sku]

  test('uses the main warehouse first, then the fullest', () => {
    const { stock } = available(['north', 9], ['main', 2], ['south', 20, 5])
    expect(allocateSku('A', 5, stock)).toEqual([
      { sku: 'A', warehouse: 'main', quantity: 2 },
      { sku: 'A', warehouse: 'south', quantity: 3 },
    ])
  })
  test('never exceeds what is available, and is all or nothing', () => {
    const row = fc
      .record({ warehouse: fc.string(), quantity: fc.nat(50), reserved: fc.nat(50) })
      .map(({ warehouse, quantity, reserved }) => ({
        warehouse,
        quantity,
        reserved: Math.min(quantity, reserved),
      }))
    fc.assert(
      fc.property(
        fc.uniqueArray(row, { selector: ({ warehouse }) => warehouse, maxLength: 5 }),
        fc.integer({ min: 1, max: 100 }),
        (stock, ordered) => {
          const allocations = allocateSku('A', ordered, stock)
          const total = stock.reduce((sum, row) => sum + availableQuantity(row), 0)
          expect(allocations !== undefined).toBe(total >= ordered)
          if (!allocations) return
          expect(allocations.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(ordered)
          for (const { warehouse, quantity } of allocations) {
            const source = stock.find(row => row.warehouse === warehouse)
            expect(quantity).toBeGreaterThan(0)
            expect(quantity).toBeLessThanOrEqual(source ? availableQuantity(source) : 0)
          }
        },
      ),
    )
  })
  test('sums the lines of one SKU', () => {
    expect(allocateLines([line('A', 2), line('A', 2)], from({ A: available(['main', 3]) }))).toBe('out_of_stock')
    expect(allocateLines([line('A', 2), line('A', 1)], from({ A: available(['main', 3]) }))).toEqual([
      { sku: 'A', warehouse: 'main', quantity: 3 },
    ])
  })
  test('treats an archived SKU as out of stock, and an unknown one as unknown unless another is out of stock', () => {
    expect(allocateLines([line('A', 1)], from({ A: { ...available(['main', 3]), archived: true } }))).toBe('out_of_stock')
    expect(allocateLines([line('A', 1), line('B', 1)], from({ B: available(['main', 1]) }))).toBe('unknown_product')
    expect(allocateLines([line('A', 1)], from({ A: { ...available(['main', 3]), opened: false } }))).toBe('unknown_product')
    expect(allocateLines([line('A', 1), line('B', 2)], from({ B: available(['main', 1]) }))).toBe('out_of_stock')
  })
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
