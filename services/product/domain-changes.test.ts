import { describe, expect, test } from 'bun:test'
import { codeOf } from '#shared/testing-errors'
import {
  allSkus,
  archiveProduct,
  availableStock,
  categoryKey,
  changeProduct,
  newProduct,
  type Product,
  type ProductInput,
  productReplacement,
  productStock,
  requireCategoryName,
  sellableSkus,
  skuKey,
  slugOf,
  stockMark,
  taxClassOf,
} from './domain'

const now = new Date('2026-01-01T00:00:00Z')
const later = new Date('2026-01-02T00:00:00Z')
const laptop: ProductInput = { name: 'Laptop', description: 'Thin', price: 1500, category: 'Electronics', stock: 10, sku: 'LT-001' }
const sizes: ProductInput = {
  ...laptop,
  stock: 0,
  variants: [
    { sku: 'S', stock: 4 },
    { sku: 'L', stock: 5, attributes: { size: 'L' }, price: 1600 },
  ],
}
const changed = (product: Product, change: Partial<ProductInput>) => changeProduct(product, change, later)

describe('a new product', () => {
  test('has what was given, in cents, and is for sale', () => {
    const given = { ...laptop, attributes: { ram: 16 }, images: ['a.png'], tags: ['thin'], currency: 'EUR', tax_class: 'books' as const }
    expect(newProduct(given, now)).toStrictEqual({
      version: 1,
      status: 'active',
      name: 'Laptop',
      description: 'Thin',
      price: 150_000,
      currency: 'EUR',
      category: 'Electronics',
      tax_class: 'books',
      sku: 'LT-001',
      attributes: { ram: 16 },
      images: ['a.png'],
      tags: ['thin'],
      variants: [],
      levels: [{ sku: 'LT-001', available: 10, version: 0 }],
      created_at: now,
      updated_at: now,
    })
  })
  test('without options has dollars, no attributes, images, tags or class, and no stock', () => {
    const { stock: _, ...plain } = laptop
    const product = newProduct({ ...plain, tax_class: null }, now)
    expect(product).toMatchObject({ currency: 'USD', attributes: {}, images: [], tags: [], variants: [], levels: [{ available: 0 }] })
    expect(product).not.toHaveProperty('tax_class')
    expect(newProduct({ ...plain, variants: [{ sku: 'S' }] }, now).levels).toEqual([{ sku: 'S', available: 0, version: 0 }])
  })
  test('has the stock of its variants; its own is theirs or is left to them', () => {
    expect(newProduct(sizes, now).levels.map(({ sku, available }) => [sku, available])).toEqual([
      ['S', 4],
      ['L', 5],
    ])
    const { stock: _, ...silent } = sizes
    expect(codeOf(() => newProduct(silent, now))).toBe('nothing')
    expect([9, 8, 10].map(stock => codeOf(() => newProduct({ ...sizes, stock }, now)))).toEqual([
      'nothing',
      'stock_mismatch',
      'stock_mismatch',
    ])
  })
  test('cannot have two SKUs that differ only in case', () => {
    expect(codeOf(() => newProduct({ ...laptop, stock: 0, variants: [{ sku: 'lt-001' }] }, now))).toBe('sku_taken')
    expect(skuKey('LT-001')).toBe('lt-001')
  })
  test('sells its variants, or itself when it has none', () => {
    const [plain, sized] = [newProduct(laptop, now), newProduct(sizes, now)]
    expect([sellableSkus(plain), sellableSkus(sized), allSkus(plain), allSkus(sized)]).toEqual([
      ['LT-001'],
      ['S', 'L'],
      ['LT-001'],
      ['LT-001', 'S', 'L'],
    ])
    expect([availableStock(sized, 'L'), availableStock(sized, 'XL'), productStock(sized)]).toEqual([5, 0, 9])
  })
})

describe('the stock mark', () => {
  test('is the stock of the only SKU, and differs with the rating that is shown beside it', () => {
    const product = newProduct(laptop, now)
    expect([stockMark(product), stockMark({ ...product, rating: { average: 4, count: 2, version: 7 } })]).toEqual(['10', '10~7'])
  })
  test('begins with the sum, and differs with the stock of any size', () => {
    const product = newProduct(sizes, now)
    expect(stockMark(product)).toMatch(/^9\.[0-9a-z]+$/)
    const swapped = { ...product, levels: product.levels.map(level => ({ ...level, available: level.sku === 'S' ? 5 : 4 })) }
    expect(stockMark(swapped)).not.toBe(stockMark(product))
    // 1 and 11 are not 11 and 1, nor 12 of one.
    const having = (...stocks: number[]) =>
      stockMark({ ...product, levels: stocks.map((available, at) => ({ ...product.levels[at]!, available })) })
    expect(new Set([having(1, 11), having(11, 1), having(0, 12), having(12, 0)]).size).toBe(4)
  })
})

describe('a change of a product', () => {
  test('leaves what it does not name', () => {
    const product = newProduct({ ...sizes, tax_class: 'books', tags: ['a'] }, now)
    expect(changed(product, { name: 'Notebook' })).toStrictEqual({ ...product, name: 'Notebook', version: 2, updated_at: later })
    expect(changed(product, {})).toBe(product)
  })
  test('may send back the stock that was read, and no other', () => {
    const [plain, sized] = [newProduct(laptop, now), newProduct(sizes, now)]
    expect(codeOf(() => changed(plain, { stock: 10 }))).toBe('nothing')
    expect(codeOf(() => changed(plain, { stock: 9 }))).toBe('stock_is_inventorys')
    expect(codeOf(() => changed(sized, { variants: [{ sku: 'S', stock: 4 }, { sku: 'L' }] }))).toBe('nothing')
    expect(codeOf(() => changed(sized, { variants: [{ sku: 'S' }, { sku: 'L', stock: 4 }] }))).toBe('stock_is_inventorys')
    expect(codeOf(() => changed(sized, { variants: [{ sku: 'XL', stock: 1 }] }))).toBe('stock_is_inventorys')
  })
  test('gives a new SKU no stock, and keeps the count of one that was taken out', () => {
    const product = changed(newProduct(sizes, now), { variants: [{ sku: 'S' }, { sku: 'XL' }] })
    expect(product.levels).toEqual([
      { sku: 'S', available: 4, version: 0 },
      { sku: 'L', available: 5, version: 0 },
      { sku: 'XL', available: 0, version: 0 },
    ])
  })
  test('keeps the spelling in which inventory knows a SKU', () => {
    const product = newProduct(sizes, now)
    const again = changed(product, { sku: 'lt-001', variants: [{ sku: 's' }, { sku: 'l', attributes: { size: 'L' }, price: 1600 }] })
    expect(again).toBe(product)
    // One that it no longer has comes back as it was.
    const without = changed(product, { variants: [{ sku: 'S' }] })
    expect(changed(without, { variants: [{ sku: 's' }, { sku: 'l' }] }).variants.map(({ sku }) => sku)).toEqual(['S', 'L'])
    expect(changed(product, { sku: 'new' }).sku).toBe('new')
  })
  test('cannot bring two equal SKUs', () => {
    const product = newProduct(sizes, now)
    expect(codeOf(() => changed(product, { sku: 'S' }))).toBe('sku_taken')
    expect(codeOf(() => changed(product, { variants: [{ sku: 'M' }, { sku: 'm' }] }))).toBe('sku_taken')
  })
  test('of the price moves the variants that have no price of their own', () => {
    const product = newProduct(sizes, now)
    expect(product.variants).toStrictEqual([
      { sku: 'S', attributes: {} },
      { sku: 'L', attributes: { size: 'L' }, price: 160_000 },
    ])
    const dearer = changed(product, { price: 1600 })
    // Whose price is now the product's follows it from here on.
    expect(dearer.variants).toStrictEqual([
      { sku: 'S', attributes: {} },
      { sku: 'L', attributes: { size: 'L' } },
    ])
  })
  test('of the category keeps its spelling when only case or spacing differ', () => {
    const product = newProduct(laptop, now)
    expect(changed(product, { category: ' electronics' })).toBe(product)
    expect(changed(product, { category: 'Toys' }).category).toBe('Toys')
    expect(codeOf(() => changed(product, { category: '\u200B' }))).toBe('invalid_category')
  })
  test('is refused once the product is archived, also when it changes nothing', () => {
    const gone = archiveProduct(newProduct(laptop, now), later)
    expect(gone).toStrictEqual({ ...newProduct(laptop, now), status: 'archived', version: 2, updated_at: later })
    expect(codeOf(() => changed(gone, {}))).toBe('product_archived')
    expect(codeOf(() => changeProduct(gone, productReplacement(laptop), later))).toBe('product_archived')
  })
  test('takes an archived product back, with what else is changed, as one version', () => {
    const product = newProduct(laptop, now)
    const gone = archiveProduct(product, later)
    const back = changeProduct(gone, { status: 'active' }, later)
    expect(back).toStrictEqual({ ...product, version: 3, updated_at: later })
    expect(changeProduct(gone, { status: 'active', price: 5 }, later)).toMatchObject({ status: 'active', price: 500, version: 3 })
    expect(codeOf(() => changeProduct(gone, { status: 'active', stock: 11 }, later))).toBe('stock_is_inventorys')
    expect(changeProduct(product, { status: 'active' }, later)).toBe(product)
  })
})

describe('the tax class', () => {
  test('of a product is its own, else that of its category, else the standard one', () => {
    expect(taxClassOf({ tax_class: 'books', category_tax_class: 'food' })).toBe('books')
    expect([taxClassOf({ category_tax_class: 'food' }), taxClassOf({})]).toEqual(['food', 'standard'])
  })
  test('is set, kept and taken away', () => {
    const plain = newProduct(laptop, now)
    const book = changed(plain, { tax_class: 'books' })
    expect(book).toStrictEqual({ ...plain, tax_class: 'books', version: 2, updated_at: later })
    expect(changed(book, { name: 'Novel' }).tax_class).toBe('books')
    expect(changed(book, { tax_class: null })).not.toHaveProperty('tax_class')
  })
  test('that is sent back as it was read from the category stays that of the category', () => {
    const product = { ...newProduct(laptop, now), category_tax_class: 'books' } as const
    expect(changed(product, { tax_class: 'books' })).toBe(product)
    expect(changed(product, { tax_class: 'food' }).tax_class).toBe('food')
    expect(changed(product, { tax_class: 'books', category: 'Toys' }).tax_class).toBe('books')
    expect(changed({ ...product, tax_class: 'books' }, { tax_class: 'books', name: 'Novel' }).tax_class).toBe('books')
  })
})

test('a replacement resets what it leaves out, and keeps the currency', () => {
  const { stock: _, ...plain } = laptop
  expect(productReplacement(plain)).toStrictEqual({ ...plain, tax_class: null, attributes: {}, images: [], tags: [], variants: [] })
  expect(productReplacement({ ...plain, tags: ['a'], images: ['b'] })).toMatchObject({ tags: ['a'], images: ['b'] })
})

describe('the price of a variant that has none of its own', () => {
  const product = newProduct(sizes, now)
  const read = [
    { sku: 'S', price: 1500, attributes: {} },
    { sku: 'L', price: 1600, attributes: { size: 'L' } },
  ]
  const pricesAfter = (change: Partial<ProductInput>, from = product) => {
    const { price, variants } = changed(from, change)
    return [price, ...variants.map(variant => variant.price)]
  }
  test('stays that of the product when it is sent back as it was read', () => {
    expect(changed(product, { price: 1500, variants: read })).toBe(product)
    expect(pricesAfter({ price: 1400, variants: read })).toEqual([140_000, undefined, 160_000])
    expect(pricesAfter({ price: 1400, currency: 'EUR', variants: [{ sku: 's', price: 1500 }] })).toEqual([140_000, undefined])
  })
  test('is its own when it is another one, or that of a new variant', () => {
    expect(pricesAfter({ price: 1400, variants: [{ sku: 'S', price: 1450 }] })).toEqual([140_000, 145_000])
    expect(pricesAfter({ price: 1400, variants: [{ sku: 'M', price: 1500 }] })).toEqual([140_000, 150_000])
  })
  test('does not become that of the product where the variant has one of its own', () => {
    const raised = changed(product, { price: 1400 })
    expect(pricesAfter({ price: 1300, variants: read }, raised)).toEqual([130_000, 150_000, 160_000])
    expect(pricesAfter({ price: 1300, variants: [{ sku: 'L', price: 1600 }] })).toEqual([130_000, 160_000])
  })
})

describe('the name of a category', () => {
  test('has a visible character', () => {
    expect(['', ' ', '\u200B', 'a'].map(name => codeOf(() => requireCategoryName(name)))).toEqual([
      ...['invalid_category', 'invalid_category', 'invalid_category'],
      'nothing',
    ])
  })
  test('is compared without regard to outer, repeated and unusual blanks', () => {
    expect([' a  b\t\n c ', 'A B C', 'a\u200Bb'].map(categoryKey)).toEqual(['a b c', 'a b c', 'ab'])
  })
  test('becomes an address of letters and digits, without hyphens at the ends', () => {
    expect(['  Crème & Brûlée!  ', '--a--b--', '3D', 'ÅB', '!?'].map(slugOf)).toEqual(['creme-brulee', 'a-b', '3d', 'ab', 'category'])
  })
})
