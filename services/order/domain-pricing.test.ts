import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { discountLines, type PricedLine, type ProductForSale, priceLines, totalOf, worthOf } from './domain-pricing'

const amount = fc.integer({ min: 0, max: 10_000_000 })
const sum = (all: readonly number[]) => all.reduce((a, b) => a + b, 0)
const lineOf = (price: number): PricedLine => ({ product_id: 'p', sku: `S${price}`, name: 'P', category: 'c', quantity: 1, price })
const discountsOf = (lines: readonly { discount: number }[]) => lines.map(({ discount }) => discount)

test('a discount is shared to the cent, and no line gets more off than it costs, whatever shares promotion sent', () => {
  fc.assert(
    fc.property(
      fc.array(amount, { minLength: 1, maxLength: 20 }),
      amount,
      fc.array(amount, { maxLength: 20 }),
      (worth, discount, shares) => {
        const lines = discountLines(worth.map(lineOf), discount, shares)
        expect(sum(discountsOf(lines))).toBe(Math.min(discount, sum(worth)))
        for (const line of lines) {
          expect(line.discount).toBeLessThanOrEqual(worthOf(line))
          expect(line.net).toBe(worthOf(line) - line.discount)
        }
      },
    ),
  )
})
test('the shares that promotion sent are kept when they fit', () => {
  expect(discountsOf(discountLines([100, 200].map(lineOf), 50, [50, 0]))).toEqual([50, 0])
})
test('the total is subtotal − discount + tax + shipping, and refused when a number cannot hold it', () => {
  fc.assert(
    fc.property(amount, amount, amount, amount, (subtotal, discount, tax, shipping) => {
      expect(totalOf({ subtotal, discount, tax, shipping })).toBe(subtotal - discount + tax + shipping)
    }),
  )
  expect(() => totalOf({ subtotal: Number.MAX_SAFE_INTEGER, discount: 0, tax: 1, shipping: 0 })).toThrow('2^53')
})

const product: ProductForSale = {
  id: 'p',
  name: 'P',
  price: 999,
  currency: 'USD',
  category: 'c',
  stock: 5,
  sku: 'A',
  variants: [],
  status: 'active',
}
test('lines have the prices of the catalog', () => {
  const { lines } = priceLines([{ product_id: 'p', quantity: 2, price: 9.99 }], new Map([['p', product]]), undefined)
  expect([lines[0]?.price, lines.map(worthOf)]).toEqual([999, [1998]])
})
test('lines of one SKU are compared with the stock together', () => {
  const twice = [3, 3].map(quantity => ({ product_id: 'p', quantity }))
  expect(() => priceLines(twice, new Map([['p', product]]), 'USD')).toThrow('less of a product')
})
