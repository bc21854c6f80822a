import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { codeOf } from '#shared/testing-errors'
import { type Line, linesByWarehouse, mergeLines, type Parcel, packLines, remainingLines } from './domain-lines'

const line = (product_id: string, sku: string, quantity: number, warehouse?: string): Line => ({
  product_id,
  sku,
  quantity,
  ...(warehouse && { warehouse }),
})
const ordered = mergeLines([line('p1', 'A', 3), line('p2', 'B', 1), line('p2', 'C', 2), line('p1', 'A', 2)])
const created = (...lines: Line[]): Parcel => ({ status: 'created', pickedUp: false, lines })

describe('the lines left to ship', () => {
  test('are those in no shipment, or in one that never left', () => {
    const shipments: Parcel[] = [
      { status: 'delivered', pickedUp: true, lines: [line('p1', 'A', 4)] },
      { status: 'failed', pickedUp: false, lines: [line('p2', 'B', 1)] },
      { status: 'failed', pickedUp: true, lines: [line('p2', 'C', 1)] },
      { status: 'voided', pickedUp: false, lines: [line('p2', 'C', 1)] },
    ]
    expect(remainingLines(ordered, shipments)).toEqual([line('p1', 'A', 1), line('p2', 'B', 1), line('p2', 'C', 1)])
    expect(remainingLines(ordered, [created(...ordered)])).toEqual([])
    expect(remainingLines(ordered, [{ status: 'returned', pickedUp: true, lines: ordered }])).toEqual([])
  })
  test('are packed in one parcel for each warehouse', () => {
    const lines = [line('p1', 'A', 1, 'main'), line('p1', 'A', 1, 'east'), line('p2', 'B', 1, 'main')]
    expect(linesByWarehouse(lines)).toEqual([[line('p1', 'A', 1, 'main'), line('p2', 'B', 1, 'main')], [line('p1', 'A', 1, 'east')]])
    expect(linesByWarehouse(ordered)).toEqual([ordered])
  })
})

describe('the lines of a new parcel', () => {
  test('are named by product and SKU of the order', () => {
    expect(packLines(ordered, [], { lines: [{ product_id: 'p1', quantity: 5 }] }).lines).toEqual([line('p1', 'A', 5)])
    expect(packLines(ordered, [], { lines: [{ product_id: 'p2', sku: 'C', quantity: 2 }] }).lines).toEqual([line('p2', 'C', 2)])
    expect(packLines(ordered, [], {})).toEqual({ lines: ordered, repacked: [] })
    const codeFor = (product_id: string, quantity: number, sku?: string) =>
      codeOf(() => packLines(ordered, [], { lines: [{ product_id, quantity, sku }] }))
    expect(codeFor('p1', 6)).toBe('over_shipped')
    expect(codeFor('p2', 1)).toBe('sku_required')
    expect(codeFor('p2', 1, 'A')).toBe('unknown_line')
    expect(codeOf(() => packLines(ordered, [created(...ordered)], {}))).toBe('nothing_left')
  })
  test('have no warehouse where inventory did not say', () => {
    expect(packLines(ordered, [], { lines: [{ product_id: 'p1', quantity: 1 }] }).lines).toStrictEqual([line('p1', 'A', 1)])
  })
  test('are all there, or the parcel is refused', () => {
    const lines = [
      { product_id: 'p1', quantity: 1 },
      { product_id: 'p2', sku: 'B', quantity: 2 },
    ]
    expect(codeOf(() => packLines(ordered, [], { lines }))).toBe('over_shipped')
    expect(codeOf(() => packLines(ordered, [], { lines: lines.toReversed() }))).toBe('over_shipped')
  })
  test('come out of no parcel first, then out of those that have not left', () => {
    const left: Parcel = { status: 'picked_up', pickedUp: true, lines: [line('p1', 'A', 1)] }
    const waiting = created(line('p1', 'A', 2), line('p2', 'B', 1))
    const packed = packLines(ordered, [left, waiting], { lines: [{ product_id: 'p1', quantity: 3 }] })
    expect(packed.repacked).toEqual([{ parcel: waiting, lines: [line('p1', 'A', 1), line('p2', 'B', 1)] }])
    const free = packLines(ordered, [left, waiting], { lines: [{ product_id: 'p1', quantity: 2 }] })
    expect(free.repacked).toEqual([])
    expect(codeOf(() => packLines(ordered, [left, waiting], { lines: [{ product_id: 'p1', quantity: 5 }] }))).toBe('over_shipped')
  })
  test('come from one warehouse', () => {
    const lines = [line('p1', 'A', 2, 'main'), line('p1', 'A', 1, 'east'), line('p2', 'B', 1, 'east')]
    const [main, east] = [created(line('p1', 'A', 2, 'main')), created(line('p1', 'A', 1, 'east'), line('p2', 'B', 1, 'east'))]
    const parcels = [main, east]
    const pack = (quantity: number, warehouse?: string) => packLines(lines, parcels, { lines: [{ product_id: 'p1', quantity }], warehouse })
    expect(pack(2).lines).toEqual([line('p1', 'A', 2, 'main')])
    expect(pack(1, 'east').repacked).toEqual([{ parcel: east, lines: [line('p2', 'B', 1, 'east')] }])
    expect(codeOf(() => pack(3))).toBe('several_warehouses')
    expect(codeOf(() => pack(2, 'east'))).toBe('over_shipped')
    expect(packLines(lines, [], {}).lines).toEqual([line('p1', 'A', 2, 'main')])
    expect(packLines(lines, [], { warehouse: 'east' }).lines).toEqual([line('p1', 'A', 1, 'east'), line('p2', 'B', 1, 'east')])
  })
  test('never make more pieces than were ordered, in any series of requests', () => {
    const request = fc.array(fc.record({ product_id: fc.constant('p1'), quantity: fc.integer({ min: 1, max: 6 }) }), {
      minLength: 1,
      maxLength: 4,
    })
    fc.assert(
      fc.property(fc.array(request, { maxLength: 4 }), requests => {
        let parcels: Parcel[] = []
        for (const lines of requests) {
          try {
            const packed = packLines(ordered, parcels, { lines })
            parcels = parcels.map(parcel => created(...(packed.repacked.find(one => one.parcel === parcel)?.lines ?? parcel.lines)))
            parcels.push(created(...packed.lines))
          } catch {}
        }
        const packed = parcels.flatMap(({ lines }) => lines)
        expect(mergeLines([...packed, ...remainingLines(ordered, parcels)]).toSorted((a, b) => (a.sku < b.sku ? -1 : 1))).toEqual(ordered)
      }),
    )
  })
})
