import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { sumOf } from '#shared/money'
import { codeOf } from '#shared/testing-errors'
import { nextReturnStatus, type Returned, refundsFor, returnLines, type SoldLine } from './domain-returns'

const soldLine = fc.record({
  quantity: fc.integer({ min: 1, max: 7 }),
  price: fc.integer({ min: 0, max: 100_000 }),
  cut: fc.integer({ min: 0, max: 100 }),
  tax: fc.integer({ min: 0, max: 50_000 }),
})
const sold = fc.array(soldLine, { minLength: 1, maxLength: 4 }).map(all =>
  all.map(
    ({ quantity, price, cut, tax }, line): SoldLine => ({
      product_id: `p${line}`,
      sku: `S${line}`,
      quantity,
      price,
      discount: Math.floor((price * quantity * cut) / 100),
      tax,
    }),
  ),
)

describe('refunds of returns', () => {
  test('add up to exactly what was paid, piece by piece, in any order', () => {
    fc.assert(
      fc.property(
        sold.chain(lines => {
          const pieces = lines.flatMap(({ sku, quantity }) => Array.from({ length: quantity }, () => ({ sku, quantity: 1 })))
          return fc.tuple(fc.constant(lines), fc.shuffledSubarray(pieces, { minLength: pieces.length }))
        }),
        ([lines, pieces]) => {
          const received: Returned[][] = []
          let refunded = 0
          for (const piece of pieces) {
            const refund = sumOf(refundsFor(lines, [piece], received))
            expect(refund).toBeGreaterThanOrEqual(0)
            refunded += refund
            received.push([piece])
          }
          expect(refunded).toBe(lines.reduce((sum, { price, quantity, discount, tax }) => sum + price * quantity - discount + tax, 0))
        },
      ),
    )
  })
  test('of a third of 10.00 are 3.33, then 3.34, then 3.33', () => {
    const line = { product_id: 'p', sku: 'A', quantity: 3, price: 333, discount: 0, tax: 1 }
    const one = [{ sku: 'A', quantity: 1 }]
    expect([refundsFor([line], one, []), refundsFor([line], one, [one]), refundsFor([line], one, [one, one])]).toEqual([
      [333],
      [334],
      [333],
    ])
  })
  test('are told for each line that was sold', () => {
    const line = { product_id: 'p', sku: 'A', quantity: 2, price: 500, discount: 0, tax: 35 }
    const sold = [line, { ...line, sku: 'B', tax: 95 }]
    expect(refundsFor(sold, [{ sku: 'B', quantity: 1 }], [])).toEqual([0, 548])
  })
})

describe('a return', () => {
  const bought: SoldLine[] = [
    { product_id: 'p', sku: 'A', quantity: 3, price: 1, discount: 0, tax: 0 },
    { product_id: 'p', sku: 'B', quantity: 1, price: 1, discount: 0, tax: 0 },
    { product_id: 'q', sku: 'Q', quantity: 1, price: 1, discount: 0, tax: 0 },
  ]
  test('can have what was bought, less what other returns have', () => {
    expect(returnLines(bought, [{ product_id: 'p', sku: 'A', quantity: 2 }], [[{ sku: 'A', quantity: 1 }]])).toEqual([
      { product_id: 'p', sku: 'A', quantity: 2 },
    ])
    const tooMany = [{ product_id: 'p', sku: 'A', quantity: 3 }]
    expect(codeOf(() => returnLines(bought, tooMany, [[{ sku: 'A', quantity: 1 }]]))).toBe('too_many_returned')
    const inTwo = [2, 2].map(quantity => ({ product_id: 'p', sku: 'A', quantity }))
    expect(codeOf(() => returnLines(bought, inTwo, []))).toBe('too_many_returned')
  })
  test('names a line by its product alone where that is enough', () => {
    expect(returnLines(bought, [{ product_id: 'q', quantity: 1 }], [])).toEqual([{ product_id: 'q', sku: 'Q', quantity: 1 }])
    expect(codeOf(() => returnLines(bought, [{ product_id: 'p', quantity: 1 }], []))).toBe('sku_required')
    expect(codeOf(() => returnLines(bought, [{ product_id: 'x', quantity: 1 }], []))).toBe('unknown_line')
  })
  test('is requested, then approved and received, or rejected', () => {
    expect(nextReturnStatus('requested', 'approve')).toBe('approved')
    expect(nextReturnStatus('requested', 'reject')).toBe('rejected')
    expect(nextReturnStatus('approved', 'receive')).toBe('received')
    for (const [status, step] of [
      ['requested', 'receive'],
      ['approved', 'approve'],
      ['approved', 'reject'],
      ['rejected', 'approve'],
      ['received', 'receive'],
    ] as const)
      expect(codeOf(() => nextReturnStatus(status, step))).toBe('illegal_transition')
  })
})
