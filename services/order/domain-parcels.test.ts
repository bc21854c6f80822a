import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { addFact, type Fact, type Known, type Line, noFacts, returnedParcels, type Status, stepsFrom } from './domain'

const [a, b]: [Line, Line] = [
  { product_id: 'p', sku: 'A', quantity: 2 },
  { product_id: 'p', sku: 'B', quantity: 1 },
]
const lines = [a, b]
const paid: Fact[] = [{ kind: 'reserved' }, { kind: 'payment', id: 1, method: 'credit_card', outcome: 'captured', amount: 3000 }]
const parcel = (id: number, status: string, sent: readonly Line[] = lines): Fact => ({ kind: 'shipment', id, status, lines: sent })

const live = (facts: readonly Fact[]) => {
  let known: Known = { facts: noFacts, hasPromise: false, total: 3000, lines }
  let status: Status = 'pending'
  let reason: string | undefined
  for (const fact of facts) {
    known = { ...known, facts: addFact(known.facts, fact) }
    const last = stepsFrom(status, known).at(-1)
    if (last) ({ to: status, reason } = last)
  }
  return { status, reason: reason ?? null, back: returnedParcels(known.facts).map(({ shipmentId }) => shipmentId) }
}

describe('an order whose parcels come back', () => {
  test.each<[string, Fact[], Status, string | null, number[]]>([
    ['all of them', [parcel(1, 'picked_up'), parcel(1, 'failed'), parcel(1, 'returned')], 'cancelled', 'undeliverable', []],
    ['both of them', [parcel(1, 'returned', [a]), parcel(2, 'returned', [b])], 'cancelled', 'undeliverable', []],
    ['while another is on its way', [parcel(1, 'returned', [a]), parcel(2, 'in_transit', [b])], 'shipped', null, []],
    ['while another was delivered', [parcel(1, 'returned', [a]), parcel(2, 'delivered', [b])], 'delivered', null, [1]],
    ['while another is not packed', [parcel(1, 'returned', [a])], 'fulfilling', null, []],
    ['after a failure, but is delivered', [parcel(1, 'failed'), parcel(1, 'delivered')], 'delivered', null, []],
    ['in part, of three', [parcel(1, 'delivered', [a]), parcel(2, 'returned', [b]), parcel(3, 'voided', [b])], 'delivered', null, [2]],
  ])('%s ends the same in any order of arrival', (_, parcels, status, reason, back) => {
    const facts = [...paid, ...parcels, ...parcels]
    expect(live([...paid, ...parcels])).toEqual({ status, reason, back })
    fc.assert(
      fc.property(fc.shuffledSubarray(facts, { minLength: facts.length }), shuffled => {
        expect(live(shuffled)).toEqual({ status, reason, back })
      }),
      { numRuns: 50 },
    )
  })
})

test('lines of one SKU are shipped when all their pieces are', () => {
  const twice = { facts: noFacts, hasPromise: false, total: 3000, lines: [a, { ...b, sku: 'A' }] }
  const afterParcel = (quantity: number) => {
    const facts = [...paid, parcel(1, 'picked_up', [{ ...a, quantity }])].reduce(addFact, noFacts)
    return stepsFrom('fulfilling', { ...twice, facts }).at(-1)?.to
  }
  expect([1, 2, 3].map(afterParcel)).toEqual([undefined, undefined, 'shipped'])
})

test('a parcel that an earlier release tells without its version has the lines that it tells last', () => {
  const facts = [parcel(1, 'created', [a, b]), parcel(1, 'created', [a]), parcel(1, 'picked_up', [a])].reduce(addFact, noFacts)
  expect(facts.shipments).toEqual({ 1: { lines: [a], version: 0, seen: ['created', 'picked_up'] } })
})

test('only parcels that came back and never arrived are given back, and none while nothing arrived', () => {
  const back = (...parcels: Fact[]) => returnedParcels(parcels.reduce(addFact, noFacts))
  expect(back(parcel(1, 'returned', [a]), parcel(2, 'delivered', [b]))).toEqual([{ shipmentId: 1, lines: [a] }])
  expect(back(parcel(1, 'delivered', [a]), parcel(1, 'returned', [a]))).toEqual([])
  expect(back(parcel(1, 'returned', [a]))).toEqual([])
})
