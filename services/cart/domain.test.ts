import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { codeOf } from '#shared/testing-errors'
import {
  choose,
  currentLine,
  lastShown,
  maxLines,
  maxPieces,
  mostOf,
  newlyShown,
  normalCode,
  type Product,
  pricedLines,
  quoteOf,
  refusalOf,
  refusals,
} from './domain'

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
    expect(codeOf(() => choose(product, sku))).toBe(code)
  })
  test('of the only SKU may name it', () => {
    expect(choose(laptop, 'LT-001')).toEqual(choose(laptop, undefined))
  })
})

test('a change that cannot be made is refused by a code of its own', () => {
  const told = Object.entries(refusals).map(([word, refusal]) => `${word}: ${refusal().code} ${refusal().kind}`)
  expect(told).toEqual([
    'stale: stale stale',
    'sku_required: sku_required invalid',
    'absent: cart_item_not_found not_found',
    'full: cart_full conflict',
    'too_many: too_many_pieces conflict',
    'currency_mismatch: currency_mismatch conflict',
    'changed: cart_changed conflict',
    'required: cart_required conflict',
    'empty: cart_empty conflict',
    'key_reused: idempotency_key_reused unprocessable',
  ])
  expect([refusals.full?.().message, refusals.too_many?.().message].map(text => /\d+/.exec(text ?? '')?.[0])).toEqual([
    `${maxLines}`,
    `${maxPieces}`,
  ])
})

test('a coupon is kept as promotion compares codes', () => {
  expect([normalCode(' save10 '), normalCode(undefined)]).toEqual(['SAVE10', undefined])
})

describe('a current line', () => {
  test('is available while its pieces are in stock', () => {
    const having = (stock: number) => currentLine(line, { ...laptop, stock }, true).availability
    expect([2, 1, 0].map(having)).toEqual(['in_stock', 'insufficient_stock', 'out_of_stock'])
    expect(currentLine(line, shirt, true)).toMatchObject({ availability: 'unavailable', price: undefined })
    expect(currentLine(line, undefined, false)).toMatchObject({ availability: 'unknown', price_changed: false })
  })
  test('shows what the catalog says now, beside the price at which it was added', () => {
    const described = { ...laptop, price: 140_000, category_ids: ['top', 'laptops'], tax_class: 'standard' } as const
    expect(currentLine(line, described, true)).toStrictEqual({
      ...line,
      name: 'Laptop',
      category: 'Electronics',
      category_ids: ['top', 'laptops'],
      tax_class: 'standard',
      price: 140_000,
      added_price: 150_000,
      price_changed: true,
      stock: 3,
      availability: 'in_stock',
    })
    expect(currentLine(line, laptop, true)).not.toContainAnyKeys(['category_ids', 'tax_class'])
    const gone = { ...line, name: undefined, category: '', price: undefined, added_price: 150_000, price_changed: false, stock: undefined }
    expect(currentLine(line, undefined, true)).toStrictEqual({ ...gone, availability: 'unavailable' })
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
    expect([pricedLines([gone]), pricedLines([])]).toEqual([undefined, undefined])
    expect(pricedLines([usd, usd])?.lines).toHaveLength(2)
    expect([refusalOf([usd, eur, gone]), refusalOf([gone])]).toEqual(['currency_mismatch', 'product_unavailable'])
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
  test('is kept for each line that has another price than when it was added', () => {
    const second = { ...line, sku: 'LT-002', position: 2 }
    const shown = newlyShown(
      [line, second],
      [currentLine(line, { ...laptop, price: 1 }, true), currentLine(second, { ...laptop, sku: 'LT-002' }, true)],
      new Map(),
    )
    expect([lastShown(line, shown!), lastShown(second, shown!)]).toMatchObject([{ price: 1 }, { price: 150_000 }])
    expect(shown?.size).toBe(1)
    // The first line is known, the second is not.
    const [first, changed] = [
      currentLine(line, { ...laptop, price: 1 }, true),
      currentLine(second, { ...laptop, sku: 'LT-002', price: 2 }, true),
    ]
    expect(newlyShown([line, second], [first, changed], shown!)?.size).toBe(2)
    expect(newlyShown([second, line], [changed, first], shown!)?.size).toBe(2)
    expect(newlyShown([], [], new Map())).toBeUndefined()
  })
  test('is that of the line, and not of one that was removed before it', () => {
    for (const other of [{ position: 7 }, { sku: 'LT-002' }, { product_id: 'another' }])
      expect(lastShown({ ...line, ...other }, known!)).toMatchObject({ price: 150_000 })
  })
})

test('a merged line has at most what is in stock, and at least one piece', () => {
  expect(mostOf(line, laptop)).toBe(3)
  expect(mostOf(line, { ...laptop, stock: 0 })).toBe(1)
  expect(mostOf(line, undefined)).toBe(1)
  expect(mostOf(line, { ...laptop, stock: 1_000_000 })).toBe(10_000)
})

describe('shipping', () => {
  test('is named in the quote beside the options that are offered', () => {
    const express = { option: 'express', price: 2500 }
    const offered = [express, { option: 'standard', price: 500 }, { option: 'pickup', price: 0 }]
    const amounts = { subtotal: 0, discount: 0, tax: 0 }
    const options = [
      { option: 'express', price: 25 },
      { option: 'standard', price: 5 },
      { option: 'pickup', price: 0 },
    ]
    const named = { shipping_option: 'express', shipping: 25, total: 25, shipping_options: options }
    expect(quoteOf(amounts, 'USD', { chosen: express, offered })).toMatchObject(named)
    const empty = quoteOf(amounts, 'USD')
    expect(empty.shipping_options).toEqual([])
    expect('shipping_option' in empty).toBe(false)
  })
})

test('the total is exactly subtotal − discount + tax + shipping', () => {
  const amount = fc.nat(1_000_000_000)
  fc.assert(
    fc.property(amount, amount, amount, amount, (subtotal, off, tax, shipping) => {
      const discount = Math.min(off, subtotal)
      const cents = (major: number) => Math.round(major * 100)
      const chosen = { option: 'standard', price: shipping }
      const quote = quoteOf({ subtotal, discount, tax }, 'USD', { chosen, offered: [chosen] })
      expect([quote.subtotal, quote.discount, quote.tax, quote.shipping].map(cents)).toEqual([subtotal, discount, tax, shipping])
      expect(quote.currency).toBe('USD')
      expect(cents(quote.total)).toBe(cents(quote.subtotal) - cents(quote.discount) + cents(quote.tax) + cents(quote.shipping))
    }),
  )
})
