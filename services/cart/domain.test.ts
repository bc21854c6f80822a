import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { choose, currentLine, lastShown, mostOf, newlyShown, type Product, pricedLines, quoteOf } from './domain'

const laptop: Product = {
  id: '507f1f77bcf86cd799439011',
  name: 'Laptop',
  price: 150_000,
  currency: 'USD',
  category: 'Electronics',
  sku: 'LT-001',
  stock: 3,
  status: 'active',
  variants: [],
}
const shirt: Product = { ...laptop, variants: [{ sku: 'RED', price: 2000, stock: 1 }] }
const line = { product_id: laptop.id, sku: 'LT-001', quantity: 2, price: 150_000, currency: 'USD', position: 1 }

describe('a choice', () => {
  test('is the SKU that the customer means, at its own price', () => {
    expect(choose(laptop, undefined)).toEqual({ line: laptop.id, sku: 'LT-001', price: 150_000, currency: 'USD' })
    expect(choose(shirt, 'RED')).toEqual({ line: `${laptop.id}:RED`, sku: 'RED', price: 2000, currency: 'USD' })
  })
  test.each([
    ['product_not_found', undefined, undefined],
    ['product_unavailable', { ...laptop, status: 'archived' as const }, undefined],
    ['sku_required', shirt, undefined],
    ['unknown_sku', shirt, 'LT-001'],
    ['unknown_sku', laptop, 'RED'],
  ])('is refused with %s', (code, product, sku) => {
    expect(() => choose(product, sku)).toThrow(expect.objectContaining({ code }))
  })
})

describe('a current line', () => {
  test('is available while its pieces are in stock', () => {
    const having = (stock: number) => currentLine(line, { ...laptop, stock }, true).availability
    expect([2, 1, 0].map(having)).toEqual(['in_stock', 'insufficient_stock', 'out_of_stock'])
    expect(currentLine(line, shirt, true)).toMatchObject({ availability: 'unavailable', price: undefined })
    expect(currentLine(line, undefined, false)).toMatchObject({ availability: 'unknown', price_changed: false })
  })
  test('says that its price or currency has changed since it was added', () => {
    expect(currentLine(line, { ...laptop, price: 149_999 }, true).price_changed).toBe(true)
    expect(currentLine(line, { ...laptop, currency: 'EUR' }, true).price_changed).toBe(true)
    expect(currentLine(line, laptop, true).price_changed).toBe(false)
  })
  test('can be priced with the others if they have one currency', () => {
    const [usd, eur, gone] = [
      currentLine(line, laptop, true),
      currentLine(line, { ...laptop, currency: 'EUR' }, true),
      currentLine(line, undefined, true),
    ]
    expect(pricedLines([usd, gone])).toMatchObject({ currency: 'USD', lines: [{ price: 150_000 }] })
    expect(pricedLines([usd, eur])).toBeUndefined()
    expect(pricedLines([gone])).toBeUndefined()
  })
})

describe('the price that was shown last', () => {
  const now = (price: number, more: object = {}) => [currentLine(line, { ...laptop, price, ...more }, true)]
  const known = newlyShown([line], now(160_000), new Map())
  test('is the one at which the line was added, until another one is shown', () => {
    expect(newlyShown([line], now(150_000), new Map())).toBeUndefined()
    expect(lastShown(line, new Map())).toMatchObject({ price: 150_000, currency: 'USD' })
    expect(lastShown(line, known!)).toEqual({ price: 160_000, currency: 'USD' })
    expect(newlyShown([line], now(160_000), known!)).toBeUndefined()
  })
  test('is followed back to where it was, into another currency, and out of the catalog', () => {
    expect(newlyShown([line], now(150_000), known!)).toEqual(new Map())
    expect([...newlyShown([line], now(150_000, { currency: 'EUR' }), known!)!.values()]).toEqual([{ price: 150_000, currency: 'EUR' }])
    expect([...newlyShown([line], now(150_000, { status: 'archived' }), known!)!.values()]).toMatchObject([{ price: undefined }])
  })
  test('is that of the line, and not of one that was removed before it', () => {
    expect(lastShown({ ...line, position: 7 }, known!)).toMatchObject({ price: 150_000 })
  })
})

test('a merged line has at most what is in stock, and at least one piece', () => {
  expect(mostOf(line, laptop)).toBe(3)
  expect(mostOf(line, { ...laptop, stock: 0 })).toBe(1)
  expect(mostOf(line, undefined)).toBe(1)
  expect(mostOf(line, { ...laptop, stock: 1_000_000 })).toBe(10_000)
})

test('the total is exactly subtotal − discount + tax + shipping', () => {
  const amount = fc.nat(1_000_000_000)
  fc.assert(
    fc.property(amount, amount, amount, amount, (subtotal, off, tax, shipping) => {
      const discount = Math.min(off, subtotal)
      const cents = (major: number) => Math.round(major * 100)
      const quote = quoteOf({ subtotal, discount, tax, shipping }, 'USD')
      expect(cents(quote.total)).toBe(cents(quote.subtotal) - cents(quote.discount) + cents(quote.tax) + cents(quote.shipping))
    }),
  )
})
