import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { AppError } from '#shared/errors'
import { toMajor } from '#shared/money'
import {
  archiveProduct,
  categoryKey,
  changeProduct,
  newProduct,
  type Product,
  type ProductInput,
  productReplacement,
  productStock,
  sellableSkus,
  slugOf,
  stockMark,
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
      stock: variants.length === 0 ? stock : 0,
      variants: variants.map(({ price, stock }, n) => ({ sku: `V-${n}`, stock, ...(price !== undefined && { price }) })),
    }),
  )
/** What a client sends back after reading the product. */
const asRead = (product: Product): ProductInput => ({
  name: product.name,
  description: product.description,
  price: toMajor(product.price, product.currency),
  currency: product.currency,
  category: product.category,
  stock: productStock(product),
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
  test('starts with the stock of the SKUs that can be bought', () => {
    fc.assert(
      fc.property(input, given => {
        const product = newProduct(given, now)
        const stocks = given.variants?.length ? given.variants.map(variant => variant.stock ?? 0) : [given.stock ?? 0]
        expect(productStock(product)).toBe(stocks.reduce((sum, stock) => sum + stock, 0))
        expect(product.levels.map(level => level.sku)).toEqual(sellableSkus(product))
      }),
    )
  })

  test('does not change when it is sent back as it was read', () => {
    fc.assert(
      fc.property(input, given => {
        const product = newProduct(given, now)
        expect(changeProduct(product, productReplacement(asRead(product)), later)).toBe(product)
      }),
    )
  })

  test('increases its version by one with a change, and converts prices in its own currency', () => {
    const product = changeProduct(
      newProduct({ ...laptop, stock: 0, variants: [{ sku: 'A' }, { sku: 'B', price: 1600 }] }, now),
      { price: 1400.5 },
      later,
    )
    expect(product).toMatchObject({ version: 2, price: 140_050, updated_at: later, created_at: now })
    expect(product.variants).toEqual([
      { sku: 'A', attributes: {} },
      { sku: 'B', attributes: {}, price: 160_000 },
    ])
    const yen = changeProduct(newProduct({ ...laptop, stock: 0, variants: [{ sku: 'B', price: 1600 }] }, now), { currency: 'JPY' }, later)
    expect([yen.price, yen.variants[0]?.price]).toEqual([1500, 1600])
    expect(codeOf(() => changeProduct(product, { currency: 'JPY' }, later))).toBe('invalid_amount')
  })

  test('keeps the stock level of a SKU that it no longer has', () => {
    const before = newProduct(
      {
        ...laptop,
        stock: 9,
        variants: [
          { sku: 'A', stock: 4 },
          { sku: 'B', stock: 5 },
        ],
      },
      now,
    )
    const without = changeProduct(before, { variants: [{ sku: 'A' }] }, later)
    expect(productStock(without)).toBe(4)
    expect(productStock(changeProduct(without, { variants: [{ sku: 'A' }, { sku: 'B' }, { sku: 'C' }] }, later))).toBe(9)
  })

  test('cannot be changed once it is archived', () => {
    const gone = archiveProduct(newProduct(laptop, now), later)
    expect(gone).toMatchObject({ status: 'archived', version: 2 })
    expect(codeOf(() => changeProduct(gone, { price: 1 }, later))).toBe('product_archived')
  })

  test('never has the same SKU twice', () => {
    expect(codeOf(() => newProduct({ ...laptop, variants: [{ sku: 'LT-001' }] }, now))).toBe('sku_taken')
    expect(codeOf(() => changeProduct(newProduct(laptop, now), { variants: [{ sku: 'A' }, { sku: 'A' }] }, later))).toBe('sku_taken')
  })
})

test('the stock of a product with variants is the sum of theirs, or is left to them', () => {
  const variants = [
    { sku: 'A', stock: 3 },
    { sku: 'B', stock: 4 },
  ]
  for (const stock of [0, 7]) expect(productStock(newProduct({ ...laptop, stock, variants }, now))).toBe(7)
  expect(codeOf(() => newProduct({ ...laptop, stock: 10, variants }, now))).toBe('stock_mismatch')
})

test('the stock mark differs whenever the stock of any SKU does', () => {
  const mark = (...stocks: number[]) =>
    stockMark(newProduct({ ...laptop, stock: 0, variants: stocks.map((stock, n) => ({ sku: `V-${n}`, stock })) }, now))
  expect(new Set([mark(5, 5), mark(4, 6), mark(6, 4), mark(10, 0), mark(5, 5, 0)]).size).toBe(5)
  expect(stockMark(newProduct(laptop, now))).toBe('10')
})

test('category names are equal in any case, spacing and Unicode form, and with characters that are not shown', () => {
  expect(new Set(['Café  Noir', ' café noir', 'CAFE\u0301 NOIR'].map(categoryKey)).size).toBe(1)
  expect(categoryKey('Elec\u200Btron\u00ADics\uFEFF')).toBe('electronics')
  for (const name of ['\u200B', ' \u2060 ']) expect(codeOf(() => newProduct({ ...laptop, category: name }, now))).toBe('invalid_category')
  expect(categoryKey('Cafe')).not.toBe(categoryKey('Café'))
  expect(['Café & Bar', 'C++', '++', '书 籍'].map(slugOf)).toEqual(['cafe-bar', 'c', 'category', '书-籍'])
})
