import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { allocateLines, allocateReturn, allocateSku, availableQuantity, type LeftAllocation, productStockVersion } from './domain'

const line = (sku: string, quantity: number) => ({ product_id: 'p', sku, quantity })

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
    const warehousesFor = (ordered: number, ...rows: [string, number, number?][]) =>
      allocateSku('A', ordered, available(...rows).stock)?.map(({ warehouse, quantity }) => `${quantity} ${warehouse}`)
    expect(warehousesFor(2, ['main', 2], ['north', 9])).toEqual(['2 main'])
    // Of 20 pieces in the south 15 are reserved, so that the north has more.
    expect(warehousesFor(7, ['south', 20, 15], ['north', 6])).toEqual(['6 north', '1 south'])
    expect(warehousesFor(7, ['north', 6], ['south', 20, 15])).toEqual(['6 north', '1 south'])
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
    expect(allocateLines([], from({}))).toEqual([])
  })
})

describe('stock that can be sold', () => {
  test('is what is on hand and not reserved', () => {
    expect([availableQuantity({ quantity: 5, reserved: 2 }), availableQuantity({ quantity: 5, reserved: 5 })]).toEqual([3, 0])
  })
  test('changes the version of its product with every SKU that was counted once', () => {
    const skus = [
      { opened: 1, version: 3 },
      { opened: 0, version: 9 },
      { opened: 1, version: 4 },
    ]
    expect([productStockVersion(skus), productStockVersion([])]).toEqual([7, 0])
  })
})

describe('returned pieces', () => {
  const left = (warehouse: string, quantity: number, returned = 0, sku = 'A'): LeftAllocation => ({ sku, warehouse, quantity, returned })
  const back = (quantity: number, warehouse?: string, sku = 'A') => ({ ...line(sku, quantity), ...(warehouse && { warehouse }) })
  const received = (lines: Parameters<typeof allocateReturn>[0], from: readonly LeftAllocation[]) =>
    allocateReturn(lines, from).map(({ sku, warehouse, quantity }) => `${quantity} ${sku} ${warehouse}`)

  test('go to the warehouses that they came from', () => {
    expect(received([back(2)], [left('north', 2)])).toEqual(['2 A north'])
    expect(received([back(3)], [left('north', 2), left('south', 2)])).toEqual(['2 A north', '1 A south'])
    expect(received([back(2), back(1, undefined, 'B')], [left('north', 2), left('south', 1, 0, 'B')])).toEqual(['2 A north', '1 B south'])
  })
  test('do not go again to where all pieces are back already', () => {
    expect(received([back(1)], [left('north', 2, 2), left('south', 1)])).toEqual(['1 A south'])
    expect(received([back(2)], [left('north', 2, 1), left('south', 1)])).toEqual(['1 A north', '1 A south'])
  })
  test('go to the warehouse that their line names', () => {
    expect(received([back(2, 'south')], [left('north', 2), left('south', 2)])).toEqual(['2 A south'])
    expect(received([back(3, 'south')], [left('north', 2), left('south', 2)])).toEqual(['3 A south'])
    // Then only the other warehouse has a piece out.
    expect(received([back(1, 'south'), back(1)], [left('south', 1), left('north', 1)])).toEqual(['1 A south', '1 A north'])
  })
  test('go to the main warehouse when they came from none', () => {
    expect(received([back(2)], [])).toEqual(['2 A main'])
    expect(received([back(2)], [left('north', 2, 0, 'B')])).toEqual(['2 A main'])
    expect(received([back(3)], [left('north', 1)])).toEqual(['1 A north', '2 A main'])
  })
  test('are counted once, and the lines of one SKU and warehouse are added up', () => {
    expect(received([back(1), back(1)], [left('north', 2)])).toEqual(['2 A north'])
    expect(received([back(1), back(2)], [left('north', 2)])).toEqual(['2 A north', '1 A main'])
    const anyLeft = fc.record({
      ...{ sku: fc.constantFrom('A', 'B'), warehouse: fc.constantFrom('main', 'north') },
      ...{ quantity: fc.integer({ min: 1, max: 5 }), returned: fc.nat(1) },
    })
    const anyBack = fc.record({ sku: fc.constantFrom('A', 'B'), quantity: fc.integer({ min: 1, max: 5 }), product_id: fc.constant('p') })
    fc.assert(
      fc.property(fc.array(anyBack), fc.array(anyLeft), (lines, from) => {
        const pieces = (of: readonly { sku: string; quantity: number }[], sku: string) =>
          of.reduce((sum, one) => sum + (one.sku === sku ? one.quantity : 0), 0)
        const all = allocateReturn(lines, from)
        for (const sku of ['A', 'B']) expect(pieces(all, sku)).toBe(pieces(lines, sku))
        for (const { quantity } of all) expect(quantity).toBeGreaterThan(0)
      }),
    )
  })
})
