import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { AppError } from '#shared/errors'
import { toMajor } from '#shared/money'
import {
  archived,
  categoryKey,
  changed,
  opened,
  type Product,
  type ProductInput,
  replacement,
  sellableSkus,
  slugOf,
  stockOf,
} from './domain'

const now = new Date('2026-01-01T00:00:00Z')
const later = new Date('2026-01-02T00:00:00Z')
const laptop: ProductInput = { name: 'Laptop', description: '', price: 1500, category: 'Electronics', stock: 10, sku: 'LT-001' }

const codeOf = (act: () => unknown) => {
  try {
    act()
    return undefined
  } catch (error) {
    return error instanceof AppError ? error.code : error
  }
}

const cents = fc.integer({ min: 0, max: 10_000_000 }).map(minor => minor / 100)
const input = fc
  .record({
    price: cents,
    stock: fc.nat(1000),
    variants: fc.array(fc.record({ price: fc.option(cents, { nil: undefined }), stock: fc.nat(1000) }), { maxLength: 5 }),
  })
  .map(
    ({ price, stock, variants }): ProductInput => ({
      ...laptop,
      price,
      stock,
      variants: variants.map(({ price, stock }, n) => ({ sku: `V-${n}`, stock, ...(price !== undefined && { price }) })),
    }),
  )
/** What a client that reads a product would send back. */
const shown = (product: Product): ProductInput => ({
  name: product.name,
  description: product.description,
  price: toMajor(product.price, product.currency),
  currency: product.currency,
  category: product.category,
  stock: stockOf(product),
  sku: product.sku,
  attributes: product.attributes,
  images: product.images,
  tags: product.tags,
  variants: product.variants.map(({ sku, attributes, price = product.price }) => ({
    sku,
    attributes,
    price: toMajor(price, product.currency),
    stock: product.levels.find(level => level.sku === sku)?.available ?? 0,
  })),
})

describe('a product', () => {
  test('opens with the stock of what can be bought', () => {
    fc.assert(
      fc.property(input, given => {
        const product = opened(given, now)
        const stocks = given.variants?.length ? given.variants.map(variant => variant.stock ?? 0) : [given.stock ?? 0]
        expect(stockOf(product)).toBe(stocks.reduce((sum, stock) => sum + stock, 0))
        expect(product.levels.map(level => level.sku)).toEqual(sellableSkus(product))
      }),
    )
  })

  test('sent back as it is shown is not changed', () => {
    fc.assert(
      fc.property(input, given => {
        const product = opened(given, now)
        expect(changed(product, replacement(shown(product)), later)).toBe(product)
      }),
    )
  })

  test('changes its version by one, and its prices in its currency', () => {
    const product = changed(opened({ ...laptop, variants: [{ sku: 'A' }, { sku: 'B', price: 1600 }] }, now), { price: 1400.5 }, later)
    expect(product).toMatchObject({ version: 2, price: 140_050, updated_at: later, created_at: now })
    expect(product.variants).toEqual([
      { sku: 'A', attributes: {} },
      { sku: 'B', attributes: {}, price: 160_000 },
    ])
    const yen = changed(opened({ ...laptop, variants: [{ sku: 'B', price: 1600 }] }, now), { currency: 'JPY' }, later)
    expect([yen.price, yen.variants[0]?.price]).toEqual([1500, 1600])
    expect(codeOf(() => changed(product, { currency: 'JPY' }, later))).toBe('invalid_amount')
  })

  test('keeps what is known of a SKU that it no longer has', () => {
    const before = opened(
      {
        ...laptop,
        variants: [
          { sku: 'A', stock: 4 },
          { sku: 'B', stock: 5 },
        ],
      },
      now,
    )
    const without = changed(before, { variants: [{ sku: 'A' }] }, later)
    expect(stockOf(without)).toBe(4)
    expect(stockOf(changed(without, { variants: [{ sku: 'A' }, { sku: 'B' }, { sku: 'C' }] }, later))).toBe(9)
  })

  test('once archived stays as it is', () => {
    const gone = archived(opened(laptop, now), later)
    expect(gone).toMatchObject({ status: 'archived', version: 2 })
    expect(codeOf(() => changed(gone, { price: 1 }, later))).toBe('product_archived')
  })

  test('never has a SKU twice', () => {
    expect(codeOf(() => opened({ ...laptop, variants: [{ sku: 'LT-001' }] }, now))).toBe('sku_taken')
    expect(codeOf(() => changed(opened(laptop, now), { variants: [{ sku: 'A' }, { sku: 'A' }] }, later))).toBe('sku_taken')
  })
})

test('a category is the same in any case, spacing and form of its letters', () => {
  expect(new Set(['Café  Noir', ' café noir', 'CAFE\u0301 NOIR'].map(categoryKey)).size).toBe(1)
  expect(categoryKey('Cafe')).not.toBe(categoryKey('Café'))
  expect(['Café & Bar', 'C++', '++', '书 籍'].map(slugOf)).toEqual(['cafe-bar', 'c', 'category', '书-籍'])
})
