import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { codeOf } from '#shared/testing-errors'
import { itemsOf } from './domain-basket'

const line = (product_id: string, quantity: number, price?: number, category?: string) => ({ product_id, quantity, price, category })

describe('the items of a basket', () => {
  test('are its lines, with their prices', () => {
    expect(itemsOf([line('a', 2, 300, 'Books'), line('b', 1, 5)], 605)).toEqual([
      { product_id: 'a', quantity: 2, price: 300, category: 'Books' },
      { product_id: 'b', quantity: 1, price: 5, category: '' },
    ])
  })
  test('that is only a subtotal are one item of that price', () => {
    expect(itemsOf([], 1001)).toEqual([{ product_id: '', quantity: 1, price: 1001, category: '' }])
  })
  test('without a price share what the others leave of the subtotal, and the first of them are a cent dearer', () => {
    // 1001 − 600 = 401 for four pieces: one of 101, three of 100.
    expect(itemsOf([line('a', 2, 300), line('b', 3, undefined, 'Toys'), line('c', 1)], 1001)).toEqual([
      { product_id: 'a', quantity: 2, price: 300, category: '' },
      { product_id: 'b', quantity: 1, price: 101, category: 'Toys' },
      { product_id: 'b', quantity: 2, price: 100, category: 'Toys' },
      { product_id: 'c', quantity: 1, price: 100, category: '' },
    ])
    // 7 for four pieces: three of 2, one of 1.
    expect(itemsOf([line('b', 2), line('c', 2)], 7).map(({ product_id, quantity, price }) => [product_id, quantity, price])).toEqual([
      ['b', 2, 2],
      ['c', 1, 2],
      ['c', 1, 1],
    ])
    expect(itemsOf([line('a', 1, 300), line('b', 2)], 300)[1]).toMatchObject({ quantity: 2, price: 0 })
  })
  test('add up to the subtotal and to the pieces, whatever the lines', () => {
    const anyLine = fc.record({ quantity: fc.integer({ min: 1, max: 50 }), price: fc.option(fc.nat(10_000), { nil: undefined }) })
    fc.assert(
      fc.property(fc.array(anyLine, { minLength: 1, maxLength: 6 }), fc.nat(100_000), (lines, rest) => {
        const priced = lines.reduce((sum, { price = 0, quantity }) => sum + price * quantity, 0)
        const subtotal = lines.some(({ price }) => price === undefined) ? priced + rest : priced
        const items = itemsOf(
          lines.map(one => ({ product_id: 'a', ...one })),
          subtotal,
        )
        expect(items.reduce((sum, { price, quantity }) => sum + price * quantity, 0)).toBe(subtotal)
        expect(items.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(lines.reduce((sum, { quantity }) => sum + quantity, 0))
        expect(items.every(({ quantity }) => quantity > 0)).toBe(true)
      }),
    )
  })
  test('are refused when their prices do not add up to the subtotal', () => {
    const priced = [line('a', 2, 100)]
    expect([199, 200, 201].map(subtotal => codeOf(() => itemsOf(priced, subtotal)))).toEqual([
      'subtotal_mismatch',
      'nothing',
      'subtotal_mismatch',
    ])
    expect(codeOf(() => itemsOf([...priced, line('b', 1)], 199))).toBe('subtotal_mismatch')
  })
})
