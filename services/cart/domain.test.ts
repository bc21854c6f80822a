import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { capOf, choose, lineNow, type Product, pricedLines, quoteOf } from './domain'

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
const line = { product_id: laptop.id, sku: 'LT-001', quantity: 2, price: 150_000, currency: 'USD' }

describe('what is put in', () => {
  test('is the SKU that is meant, at its own price', () => {
    expect(choose(laptop, undefined)).toEqual({ line: laptop.id, sku: 'LT-001', price: 150_000, currency: 'USD' })
    expect(choose(shirt, 'RED')).toEqual({ line: `${laptop.id}:RED`, sku: 'RED', price: 2000, currency: 'USD' })
  })
  test.each([
    ['product_not_found', undefined, undefined],
    ['product_unavailable', { ...laptop, status: 'archived' as const }, undefined],
    ['sku_required', shirt, undefined],
    ['unknown_sku', shirt, 'LT-001'],
    ['unknown_sku', laptop, 'RED'],
  ])('else %s', (code, product, sku) => {
    expect(() => choose(product, sku)).toThrow(expect.objectContaining({ code }))
  })
})

describe('a line now', () => {
  test('is available while as many are in stock', () => {
    const having = (stock: number) => lineNow(line, { ...laptop, stock }, true).availability
    expect([2, 1, 0].map(having)).toEqual(['in_stock', 'insufficient_stock', 'out_of_stock'])
    expect(lineNow(line, shirt, true)).toMatchObject({ availability: 'unavailable', price: undefined })
    expect(lineNow(line, undefined, false)).toMatchObject({ availability: 'unknown', price_changed: false })
  })
  test('says when its price or currency is another than when it was put in', () => {
    expect(lineNow(line, { ...laptop, price: 149_999 }, true).price_changed).toBe(true)
    expect(lineNow(line, { ...laptop, currency: 'EUR' }, true).price_changed).toBe(true)
    expect(lineNow(line, laptop, true).price_changed).toBe(false)
  })
  test('is priced with the others while they have one currency', () => {
    const [usd, eur, gone] = [
      lineNow(line, laptop, true),
      lineNow(line, { ...laptop, currency: 'EUR' }, true),
      lineNow(line, undefined, true),
    ]
    expect(pricedLines([usd, gone])).toMatchObject({ currency: 'USD', lines: [{ price: 150_000 }] })
    expect(pricedLines([usd, eur])).toBeUndefined()
    expect(pricedLines([gone])).toBeUndefined()
  })
})

test('a merged line has what is in stock at most, and is never lost', () => {
  expect(capOf(line, laptop)).toBe(3)
  expect(capOf(line, { ...laptop, stock: 0 })).toBe(1)
  expect(capOf(line, undefined)).toBe(1)
  expect(capOf(line, { ...laptop, stock: 1_000_000 })).toBe(10_000)
})

test('the total is subtotal less discount, and tax and shipping, to the unit', () => {
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
