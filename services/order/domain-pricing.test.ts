import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { type OnSale, priceLines, shareDiscount, totalOf, worthOf } from './domain-pricing'

const amount = fc.integer({ min: 0, max: 10_000_000 })
const sum = (all: readonly number[]) => all.reduce((a, b) => a + b, 0)

test('a discount is shared to the cent, never more on a line than the line costs, whoever shared it first', () => {
  fc.assert(
    fc.property(
      fc.array(amount, { minLength: 1, maxLength: 20 }),
      amount,
      fc.array(amount, { maxLength: 20 }),
      (worth, discount, shares) => {
        const shared = shareDiscount(worth, discount, shares)
        expect(sum(shared)).toBe(Math.min(discount, sum(worth)))
        for (const [line, share] of shared.entries()) expect(share).toBeLessThanOrEqual(worth[line]!)
      },
    ),
  )
})
test('shares that promotion made are kept as they are', () => {
  expect(shareDiscount([100, 200], 50, [50, 0])).toEqual([50, 0])
})
test('the total is subtotal − discount + tax + shipping, or refused', () => {
  fc.assert(
    fc.property(amount, amount, amount, amount, (subtotal, discount, tax, shipping) => {
      expect(totalOf({ subtotal, discount, tax, shipping })).toBe(subtotal - discount + tax + shipping)
    }),
  )
  expect(() => totalOf({ subtotal: Number.MAX_SAFE_INTEGER, discount: 0, tax: 1, shipping: 0 })).toThrow('2^53')
})

const product: OnSale = {
  id: 'p',
  name: 'P',
  price: 9.99,
  currency: 'USD',
  category: 'c',
  stock: 5,
  sku: 'A',
  variants: [],
  status: 'active',
}
test('lines are priced by the catalog alone, in minor units', () => {
  const { lines } = priceLines([{ product_id: 'p', quantity: 2, price: 9.99 }], new Map([['p', product]]), undefined)
  expect([lines[0]?.price, worthOf(lines)]).toEqual([999, [1998]])
})
test('lines of one SKU are short together, though not one by one', () => {
  const twice = [3, 3].map(quantity => ({ product_id: 'p', quantity }))
  expect(() => priceLines(twice, new Map([['p', product]]), 'USD')).toThrow('less of a product')
})
