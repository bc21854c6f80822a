import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { AppError } from '#shared/errors'
import { codeOf } from '#shared/testing-errors'
import { discountLines, type PricedLine, type ProductForSale, priceLines, totalOf, type WantedLine, worthOf } from './domain-pricing'

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
test('the total is subtotal − discount + tax + shipping, and refused when a number cannot hold it', () => {
  fc.assert(
    fc.property(amount, amount, amount, amount, (subtotal, discount, tax, shipping) => {
      expect(totalOf({ subtotal, discount, tax, shipping })).toBe(subtotal - discount + tax + shipping)
    }),
  )
  expect(() => totalOf({ subtotal: Number.MAX_SAFE_INTEGER, discount: 0, tax: 1, shipping: 0 })).toThrow('2^53')
})

describe('the shares of a discount that promotion sent', () => {
  const shared = (worths: number[], discount: number, shares: number[]) => discountsOf(discountLines(worths.map(lineOf), discount, shares))
  test('are kept when they fit, up to all that a line costs', () => {
    expect(shared([100, 200], 50, [50, 0])).toEqual([50, 0])
    expect(shared([100, 200], 100, [100, 0])).toEqual([100, 0])
  })
  test('are made anew in proportion when they are for other lines, for another discount, or more than a line costs', () => {
    expect(shared([100, 200], 50, [50, 0, 0])).toEqual([17, 33])
    expect(shared([100, 200], 50, [50])).toEqual([17, 33])
    expect(shared([100, 200], 50, [49, 0])).toEqual([17, 33])
    expect(shared([100, 200], 150, [150, 0])).toEqual([50, 100])
  })
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
const shirt: ProductForSale = {
  ...{ ...product, id: 's', name: 'Shirt', category_ids: ['top', 'shirts'], tax_class: 'standard' },
  variants: [
    { sku: 'RED', price: 2000, stock: 2 },
    { sku: 'BLUE', price: 2500, stock: 0 },
  ],
}
const catalog = new Map(
  [product, shirt, { ...product, id: 'gone', status: 'archived' }, { ...product, id: 'eur', currency: 'EUR' }].map(one => [one.id, one]),
)
const price = (wanted: readonly Omit<WantedLine, 'quantity'>[], currency?: string, quantity = 1) =>
  priceLines(
    wanted.map(line => ({ quantity, ...line })),
    catalog,
    currency,
  )
/** The code of a refusal, and what it says of which line. */
const refusal = (...asked: Parameters<typeof price>) => {
  try {
    price(...asked)
    return 'none'
  } catch (error) {
    const { code, errors = [] } = error as AppError
    return [code, ...errors.map(({ path, message }) => `${path}: ${message}`)]
  }
}

describe('the lines of an order', () => {
  test('have the prices, names and kinds of the catalog, in the order in which they were asked for', () => {
    const { lines, currency } = price([
      { product_id: 's', sku: 'RED', price: 20, currency: 'USD' },
      { product_id: 'p', sku: 'A', price: 9.99 },
    ])
    expect(currency).toBe('USD')
    const kind = { category: 'c', category_ids: ['top', 'shirts'], tax_class: 'standard' }
    expect(lines).toStrictEqual([
      { product_id: 's', sku: 'RED', name: 'Shirt', ...kind, quantity: 1, price: 2000 } as PricedLine,
      { product_id: 'p', sku: 'A', name: 'P', category: 'c', quantity: 1, price: 999 },
    ])
    expect(price([{ product_id: 'p' }], undefined, 2).lines.map(worthOf)).toEqual([1998])
    expect(price([])).toEqual({ currency: '', lines: [] })
  })
  test('name one of the variants where a product has them', () => {
    expect(refusal([{ product_id: 's' }])).toEqual(['sku_required'])
    expect(refusal([{ product_id: 'p' }, { product_id: 's', sku: 'GREEN' }])).toEqual([
      'unknown_sku',
      '/items/1/sku: “Shirt” has no such SKU',
    ])
    expect(refusal([{ product_id: 'p', sku: 'RED', index: 4 }])).toEqual(['unknown_sku', '/items/4/sku: “P” has no such SKU'])
  })
  test('that are no longer sold are all named at once', () => {
    expect(refusal([{ product_id: 'p' }, { product_id: 'gone' }, { product_id: 'never', index: 7 }])).toEqual([
      'product_unavailable',
      '/items/1/product_id: “P” is no longer sold',
      '/items/7/product_id: is not sold here',
    ])
  })
  test('have one currency: the one that was asked for, else that of the first', () => {
    expect(price([{ product_id: 'eur' }]).currency).toBe('EUR')
    expect(refusal([{ product_id: 'p' }, { product_id: 'eur' }])).toEqual(['currency_mismatch'])
    expect(refusal([{ product_id: 'p' }], 'EUR')).toEqual(['currency_mismatch'])
  })
  test('are refused when a price or its currency is not the one that the customer saw', () => {
    const changed = ['price_changed', '/items/0/price: the price of “P” has changed']
    expect(refusal([{ product_id: 'p', price: 9.98 }])).toEqual(changed)
    expect(refusal([{ product_id: 'p', price: 9.99, currency: 'EUR' }])).toEqual(changed)
    expect(refusal([{ product_id: 'p', currency: 'EUR' }])).toEqual(changed)
    expect(refusal([{ product_id: 'p', currency: 'USD' }])).toBe('none')
  })
  test('of one SKU are added up, and compared with the stock together', () => {
    const twice = [{ product_id: 'p' }, { product_id: 'p', sku: 'A' }]
    expect(price(twice, 'USD', 2).lines.map(({ quantity }) => quantity)).toEqual([4])
    expect([refusal([{ product_id: 'p' }], 'USD', 5), refusal([{ product_id: 'p' }], 'USD', 6), refusal(twice, 'USD', 3)]).toEqual([
      'none',
      ['out_of_stock'],
      ['out_of_stock'],
    ])
    expect(refusal([{ product_id: 's', sku: 'BLUE' }])).toEqual(['out_of_stock'])
  })
  test('of one SKU are at most 2^31 − 1 pieces', () => {
    const plenty = new Map([['p', { ...product, stock: 2 ** 32 }]])
    const order = (quantity: number) => codeOf(() => priceLines([{ product_id: 'p', quantity }], plenty, 'USD'))
    expect([order(2 ** 31 - 1), order(2 ** 31)]).toEqual(['nothing', 'invalid_quantity'])
  })
})
