import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { taxClasses } from '#shared/tax-class'
import { campaignBody, campaignChange, campaignValues } from '../../web/admin/parts/campaign-form'
import { productBody, productChange, productValues } from '../../web/admin/parts/product-form'
import { taxClasses as offered } from '../../web/admin/parts/tax-classes'
import { changeOf } from '../../web/admin/parts/values'
import type { Campaign, Product } from '../../web/admin/types'

test('the tax classes that are offered are those of the shop', () => {
  expect<readonly string[]>(offered).toEqual(taxClasses)
})

describe('the change of a form', () => {
  const before = { name: 'Alps', limit: '5', until: '2027-01-01' }
  test('has what was changed alone', () => {
    expect(changeOf(before, before)).toEqual({})
    expect(changeOf({ ...before, name: ' The Alps ', limit: '7' }, before, ['limit'])).toEqual({ name: 'The Alps', limit: 7 })
  })

  test('takes away what was emptied', () => {
    expect(changeOf({ ...before, limit: '', until: ' ' }, before, ['limit'], { limit: 0 })).toEqual({ limit: 0, until: null })
  })
})

const product: Product = {
  id: '652f1f77bcf86cd799430001',
  name: 'Shirt',
  description: 'Of cotton.',
  price: 20,
  currency: 'USD',
  category: 'Shirts',
  category_ids: [],
  tax_class: 'standard',
  stock: 3,
  sku: 'TEE',
  attributes: { organic: true },
  images: ['/a.webp'],
  tags: ['cotton', 'summer'],
  variants: [
    { sku: 'TEE-M', price: 20, stock: 1, attributes: { size: 'M', weight: 180, organic: true } },
    { sku: 'TEE-L', price: 25, stock: 2, attributes: { size: '52', note: 'soft, a=b, 14" wide', weight: 200 } },
  ],
  status: 'active',
  created_at: '2026-01-31T12:00:00.000Z',
  updated_at: '2026-01-31T12:00:00.000Z',
}

describe('the form of a product', () => {
  const given = productValues(product)
  const lines = (given.variants ?? '').split('\n')
  const variantsOf = (...changed: string[]) => productChange({ ...given, variants: changed.join('\n') }, product)

  test('sends nothing when nothing was changed', () => {
    expect(productChange(given, product)).toEqual({})
  })

  test('leaves the variants alone when the price is changed, so that they follow it', () => {
    expect(productChange({ ...given, price: '30' }, product)).toEqual({ price: 30 })
  })

  test('shows a variant’s price only where it is its own', () => {
    expect(lines).toEqual(['TEE-M, size=M, weight=180, organic=true', 'TEE-L, 25, size=52, note="soft, a=b, 14"" wide", weight=200'])
  })

  test('sends the lines that were not changed as they were', () => {
    const [, large] = product.variants
    expect(variantsOf(...lines, 'TEE-S, size=S')).toEqual({
      variants: [
        { sku: 'TEE-M', attributes: { size: 'M', weight: 180, organic: true } },
        { sku: 'TEE-L', price: 25, attributes: large?.attributes },
        { sku: 'TEE-S', attributes: { size: 'S' } },
      ],
    })
  })

  test('keeps commas, signs and types in a line that was changed', () => {
    expect(variantsOf(`${lines[1]}, organic=false`, 'TEE-S, 18.5, size=38, weight=160, width=14", note=')).toEqual({
      variants: [
        { sku: 'TEE-L', price: 25, attributes: { size: '52', note: 'soft, a=b, 14" wide', weight: 200, organic: false } },
        { sku: 'TEE-S', price: 18.5, attributes: { size: '38', weight: 160, width: '14"', note: '' } },
      ],
    })
  })

  test('gives the tax class back to the category, and takes lists away', () => {
    expect(productChange({ ...given, tax_class: '', tags: '', images: '', variants: '' }, product)).toEqual({
      tax_class: null,
      tags: [],
      images: [],
      variants: [],
    })
  })

  test('makes a new one of what was filled in', () => {
    expect(productBody({ name: 'Hat', price: '9', stock: '2', tax_class: '', tags: 'a, b', variants: 'HAT-M, size=M' })).toEqual({
      name: 'Hat',
      price: 9,
      stock: 2,
      tags: ['a', 'b'],
      variants: [{ sku: 'HAT-M', attributes: { size: 'M' } }],
    })
  })
})

const campaign: Campaign = {
  id: 1,
  name: 'Summer',
  kind: 'percentage',
  value: 10,
  currency: 'USD',
  minimum: 20,
  code: 'SUMMER',
  automatic: false,
  starts_at: '2026-07-01T10:00:30.000Z',
  ends_at: '2026-12-01T10:00:00.000Z',
  categories: ['Shirts'],
  category_ids: ['652f1f77bcf86cd799430001'],
  product_ids: [],
  buy_quantity: 0,
  get_quantity: 0,
  per_user_limit: 1,
  total_limit: 100,
}

describe('the form of a campaign', () => {
  const zone = process.env.TZ
  beforeAll(() => {
    process.env.TZ = 'Europe/Berlin'
  })
  afterAll(() => {
    process.env.TZ = zone ?? 'UTC'
  })

  test('shows each time as the reader’s clock shows it on that day, in summer and in winter', () => {
    expect(campaignValues(campaign)).toMatchObject({ starts_at: '2026-07-01T12:00', ends_at: '2026-12-01T11:00' })
  })

  test('sends a time only if it was changed', () => {
    const given = campaignValues(campaign)
    expect(campaignChange({ ...given, name: 'Autumn' }, campaign)).toEqual({ name: 'Autumn' })
    expect(campaignChange({ ...given, ends_at: '2026-07-31T11:00' }, campaign)).toEqual({ ends_at: '2026-07-31T09:00:00.000Z' })
  })

  test('takes away what was emptied', () => {
    const emptied = Object.fromEntries(Object.keys(campaignValues(campaign)).map(name => [name, name === 'name' ? 'Summer' : '']))
    expect(campaignChange(emptied, campaign)).toEqual({
      value: 0,
      minimum: 0,
      code: null,
      categories: [],
      total_limit: null,
      per_user_limit: null,
      buy_quantity: 0,
      get_quantity: 0,
      starts_at: null,
      ends_at: null,
    })
  })

  test('makes a new one of what was filled in', () => {
    expect(campaignBody({ kind: 'fixed', name: 'New', value: '5', code: '', categories: 'Shirts, ', automatic: 'false' })).toEqual({
      kind: 'fixed',
      name: 'New',
      value: 5,
      categories: ['Shirts'],
      automatic: false,
    })
  })
})
