import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { taxClasses } from '#shared/tax-class'
import { campaignBody, campaignChange, campaignValues } from '../../web/admin/parts/campaign-form'
import { taxClasses as offered } from '../../web/admin/parts/tax-classes'
import { changeOf } from '../../web/admin/parts/values'
import type { Campaign } from '../../web/admin/types'

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
