import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { allocate, available, learn, type News, nextStep, nothingHeard, portionsFor, type ReservationState } from './domain'

const line = (sku: string, quantity: number) => ({ product_id: 'p', sku, quantity })
const heard = (facts: { placed?: boolean; wanted?: boolean; cancelled?: boolean }) => ({
  placed: false,
  wanted: false,
  cancelled: false,
  ...facts,
})

describe('what is done for an order', () => {
  test('is to hold its stock when placed, and to let it leave when paid', () => {
    expect(nextStep('new', heard({ placed: true }))).toBe('reserve')
    expect(nextStep('waiting', heard({ placed: true }))).toBe('reserve')
    expect(nextStep('reserved', heard({ placed: true }))).toBe('nothing')
    expect(nextStep('reserved', heard({ placed: true, wanted: true }))).toBe('commit')
    expect(nextStep('committed', heard({ placed: true, wanted: true }))).toBe('nothing')
  })
  test('is to take what was never held or is held no more, once it is paid', () => {
    for (const state of ['new', 'waiting', 'rejected', 'expired'] as const) expect(nextStep(state, heard({ wanted: true }))).toBe('take')
    expect(nextStep('commit_failed', heard({ wanted: true }))).toBe('nothing')
  })
  test('is to give back what a cancelled order held or took, and nothing afterwards', () => {
    expect(nextStep('reserved', heard({ cancelled: true }))).toBe('release')
    expect(nextStep('committed', heard({ wanted: true, cancelled: true }))).toBe('restock')
    for (const state of ['new', 'waiting', 'rejected', 'expired', 'commit_failed'] as const)
      expect(nextStep(state, heard({ cancelled: true }))).toBe('close')
    expect(nextStep('released', heard({ placed: true, wanted: true, cancelled: true }))).toBe('nothing')
  })
})

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute))
const news: News[] = [
  { placed: true, lines: [line('A', 2)], expiry: { at: at(1), version: 1 } },
  { expiry: { at: at(2), version: 2 } },
  { expiry: { at: at(3), version: 5 } },
  { wanted: true, lines: [line('A', 2)] },
  { wanted: true, lines: [line('A', 2)] },
  { cancelled: true },
]
/** Where there is enough of everything: what is on hand and held after all of it was heard, in this order. */
const after = (order: readonly News[]) => {
  let facts = nothingHeard
  let state: ReservationState = 'new'
  let [onHand, held] = [10, 0]
  const change: Record<ReturnType<typeof nextStep>, () => ReservationState> = {
    reserve: () => {
      held += 2
      return 'reserved'
    },
    commit: () => {
      held -= 2
      onHand -= 2
      return 'committed'
    },
    take: () => {
      onHand -= 2
      return 'committed'
    },
    release: () => {
      held -= 2
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
    facts = learn(facts, one)
    state = change[nextStep(state, facts)]()
  }
  return { facts, state, onHand, held }
}

test('news of an order may come in any order and any number of times: the end is the same', () => {
  const some = fc.subarray(news, { minLength: 1 })
  const muddled = some.chain(chosen =>
    fc.tuple(
      fc.constant(chosen),
      fc.array(fc.constantFrom(...chosen), { maxLength: 6 }).chain(again => {
        const all = [...chosen, ...again]
        return fc.shuffledSubarray(all, { minLength: all.length })
      }),
    ),
  )
  fc.assert(
    fc.property(muddled, ([chosen, order]) => {
      expect(after(order)).toEqual(after(chosen))
    }),
    { numRuns: 1000 },
  )
})

describe('how an order is shared over the shelves', () => {
  const offer = (...places: [warehouse: string, quantity: number, reserved?: number][]) => ({
    opened: true,
    archived: false,
    places: places.map(([warehouse, quantity, reserved = 0]) => ({ warehouse, quantity, reserved })),
  })
  const from = (offers: Record<string, ReturnType<typeof offer>>) => (sku: string) => offers[sku]

  test('the main warehouse gives first, then the fullest', () => {
    const { places } = offer(['north', 9], ['main', 2], ['south', 20, 5])
    expect(allocate('A', 5, places)).toEqual([
      { sku: 'A', warehouse: 'main', quantity: 2 },
      { sku: 'A', warehouse: 'south', quantity: 3 },
    ])
  })
  test('never more than is free, and all or nothing', () => {
    const place = fc.record({ warehouse: fc.string(), quantity: fc.nat(50), held: fc.nat(50) }).map(({ warehouse, quantity, held }) => ({
      warehouse,
      quantity,
      reserved: Math.min(quantity, held),
    }))
    fc.assert(
      fc.property(
        fc.uniqueArray(place, { selector: ({ warehouse }) => warehouse, maxLength: 5 }),
        fc.integer({ min: 1, max: 100 }),
        (places, wanted) => {
          const portions = allocate('A', wanted, places)
          const free = places.reduce((sum, one) => sum + available(one), 0)
          expect(portions !== undefined).toBe(free >= wanted)
          if (!portions) return
          expect(portions.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(wanted)
          for (const { warehouse, quantity } of portions) {
            const lies = places.find(one => one.warehouse === warehouse)
            expect(quantity).toBeGreaterThan(0)
            expect(quantity).toBeLessThanOrEqual(lies ? available(lies) : 0)
          }
        },
      ),
    )
  })
  test('lines of one SKU are summed', () => {
    expect(portionsFor([line('A', 2), line('A', 2)], from({ A: offer(['main', 3]) }))).toBe('short')
    expect(portionsFor([line('A', 2), line('A', 1)], from({ A: offer(['main', 3]) }))).toEqual([
      { sku: 'A', warehouse: 'main', quantity: 3 },
    ])
  })
  test('a SKU that is not sold any more is short; one not heard of is unknown, unless another is short anyway', () => {
    expect(portionsFor([line('A', 1)], from({ A: { ...offer(['main', 3]), archived: true } }))).toBe('short')
    expect(portionsFor([line('A', 1), line('B', 1)], from({ B: offer(['main', 1]) }))).toBe('unknown')
    expect(portionsFor([line('A', 1)], from({ A: { ...offer(['main', 3]), opened: false } }))).toBe('unknown')
    expect(portionsFor([line('A', 1), line('B', 2)], from({ B: offer(['main', 1]) }))).toBe('short')
  })
})
