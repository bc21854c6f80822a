import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { minute, second } from '#shared/time'
import { type Campaign, checkTerms, isTooLate, normalCode, percentToPpm, ppmToPercent, refusalOf } from './domain'
import { itemsOf } from './domain-basket'
import { discountsOf } from './domain-discounts'

const campaign = (fields: Partial<Campaign> = {}): Campaign => ({
  id: 1,
  name: 'Sale',
  kind: 'percentage',
  value: 100_000,
  buyQuantity: 0,
  getQuantity: 0,
  currency: 'USD',
  minimum: 0,
  startsAt: null,
  endsAt: null,
  categories: [],
  categoryIds: [],
  productIds: [],
  totalLimit: null,
  perUserLimit: null,
  ...fields,
})
const item = (price: number, quantity = 1, fields: object = {}) => ({ product_id: 'a', category: 'Books', price, quantity, ...fields })

describe('discounts of a basket', () => {
  test('a percentage is rounded half up and shared by largest remainder', () => {
    const { discount, lines } = discountsOf([item(333), item(333), item(339)], [campaign()])
    expect({ discount, lines }).toEqual({ discount: 101, lines: [34, 33, 34] })
  })
  test('an amount never takes more than its lines are worth', () => {
    expect(discountsOf([item(500), item(400, 2)], [campaign({ kind: 'fixed', value: 10_000 })]).lines).toEqual([500, 800])
  })
  test('a campaign discounts only lines of its categories, in upper or lower case, or of its products', () => {
    const items = [item(1000), item(1000, 1, { category: 'Toys' }), item(1000, 1, { category: 'Food', product_id: 'b' })]
    expect(discountsOf(items, [campaign({ categories: ['toys'], productIds: ['b'] })]).lines).toEqual([0, 100, 100])
  })
  test('a campaign discounts the categories below its own, by their ids and whatever they are called', () => {
    const below = item(1000, 1, { category: 'Renamed', category_ids: ['top', 'below'] })
    const items = [below, item(1000, 1, { category: 'Toys', category_ids: ['other'] }), item(1000, 1, { category: 'Toys' })]
    // A caller of an earlier release sends names alone.
    expect(discountsOf(items, [campaign({ categories: ['Toys'], categoryIds: ['top'] })]).lines).toEqual([100, 0, 100])
  })
  test('with three for two, the cheapest of every three pieces is free, and none of an incomplete group', () => {
    const threeForTwo = campaign({ kind: 'buy_x_get_y', buyQuantity: 2, getQuantity: 1 })
    expect(discountsOf([item(1000, 2), item(300, 3)], [threeForTwo]).lines).toEqual([0, 300])
    expect(discountsOf([item(1000, 2)], [threeForTwo]).discount).toBe(0)
    expect(discountsOf([item(100, 2_147_483_647)], [threeForTwo]).discount).toBe(71_582_788_200)
  })
  test('in an incomplete group, the pieces past `buy` are free', () => {
    expect(discountsOf([item(100, 4)], [campaign({ kind: 'buy_x_get_y', buyQuantity: 2, getQuantity: 3 })]).discount).toBe(200)
  })
  test('free pieces are taken off first, then percentages, then amounts', () => {
    const all = [
      campaign({ id: 1, kind: 'fixed', value: 100 }),
      campaign({ id: 2, value: 500_000 }),
      campaign({ id: 3, kind: 'buy_x_get_y', buyQuantity: 1, getQuantity: 1 }),
    ]
    const { campaigns, discount } = discountsOf([item(1000, 2)], all)
    expect(campaigns.map(({ campaign, amount }) => [campaign.id, amount])).toEqual([
      [3, 1000],
      [2, 500],
      [1, 100],
    ])
    expect(discount).toBe(1600)
  })
  test('free shipping takes nothing off the lines', () => {
    expect(discountsOf([item(1000)], [campaign({ kind: 'free_shipping' })])).toMatchObject({ discount: 0, freeShipping: true, lines: [0] })
  })

  const categories = fc.constantFrom('Books', 'Toys', 'Food')
  const items = fc.array(
    fc.record({
      product_id: fc.constantFrom('a', 'b', 'c'),
      category: categories,
      price: fc.oneof(fc.nat(5000), fc.nat(1_000_000_000)),
      quantity: fc.integer({ min: 1, max: 1000 }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  const anyCampaign = fc
    .record({
      kind: fc.constantFrom('percentage', 'fixed', 'free_shipping', 'buy_x_get_y'),
      value: fc.integer({ min: 1, max: 1_000_000 }),
      buyQuantity: fc.integer({ min: 1, max: 5 }),
      getQuantity: fc.integer({ min: 1, max: 5 }),
      categories: fc.subarray(['Books', 'toys']),
      productIds: fc.subarray(['a', 'b']),
    })
    .map(fields => campaign(fields))
  const stack = fc.array(anyCampaign, { maxLength: 6 }).map(all => all.map((one, at) => ({ ...one, id: at + 1 })))

  test('no discount is negative or exceeds its line, and lines and campaigns both add up to the total', () => {
    fc.assert(
      fc.property(items, stack, (items, stack) => {
        const { discount, lines, campaigns } = discountsOf(items, stack)
        lines.forEach((line, at) => {
          expect(line).toBeGreaterThanOrEqual(0)
          expect(line).toBeLessThanOrEqual(items[at]!.price * items[at]!.quantity)
        })
        expect(lines.reduce((sum, line) => sum + line, 0)).toBe(discount)
        expect(campaigns.reduce((sum, { amount }) => sum + amount, 0)).toBe(discount)
        for (const { amount } of campaigns) expect(amount).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: 1000 },
    )
  })
  test('the order in which campaigns are found does not matter', () => {
    const shuffled = stack.chain(all => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })))
    fc.assert(
      fc.property(items, shuffled, (items, [stack, shuffled]) => {
        expect(discountsOf(items, shuffled)).toEqual(discountsOf(items, stack))
      }),
      { numRuns: 500 },
    )
  })
  test('one more campaign never raises the price', () => {
    fc.assert(
      fc.property(items, anyCampaign, (items, one) => {
        expect(discountsOf(items, [one]).discount).toBeGreaterThanOrEqual(discountsOf(items, []).discount)
      }),
    )
  })
})

describe('whether a campaign applies', () => {
  const now = new Date('2026-05-01T12:00:00Z')
  const asked = (fields: Partial<Campaign>, spent = { total: 0, byUser: 0 }) =>
    refusalOf(campaign(fields), { items: [item(1000)], subtotal: 1000, currency: 'USD', now, spent })
  test('it applies between its start and its end', () => {
    expect(asked({ startsAt: new Date('2026-05-01T12:00:01Z') })).toBe('not_started')
    expect(asked({ endsAt: now })).toBe('expired')
    expect(asked({ startsAt: now, endsAt: new Date('2026-05-01T12:00:01Z') })).toBeUndefined()
  })
  test('it applies within its limits', () => {
    expect(asked({ totalLimit: 3 }, { total: 3, byUser: 0 })).toBe('limit_reached')
    expect(asked({ perUserLimit: 1 }, { total: 2, byUser: 1 })).toBe('user_limit_reached')
    expect(asked({ totalLimit: 3, perUserLimit: 1 }, { total: 2, byUser: 0 })).toBeUndefined()
  })
  test('it applies from its minimum, to the lines that it covers', () => {
    expect(asked({ minimum: 1001 })).toBe('minimum_not_reached')
    expect(asked({ minimum: 1000 })).toBeUndefined()
    expect(asked({ categories: ['Toys'] })).toBe('not_applicable')
  })
  test('a fixed amount and a minimum apply in their currency only, a percentage in any', () => {
    expect(asked({ kind: 'fixed', currency: 'EUR' })).toBe('currency_mismatch')
    expect(asked({ minimum: 1, currency: 'EUR' })).toBe('currency_mismatch')
    expect(asked({ currency: 'EUR' })).toBeUndefined()
  })
  test('an order placed within a minute after the end is not too late', () => {
    expect(isTooLate(now, new Date(now.getTime() + second))).toBe(false)
    expect(isTooLate(now, new Date(now.getTime() + minute))).toBe(true)
    expect(isTooLate(null, now)).toBe(false)
  })
})

describe('terms', () => {
  test('a percentage is exact to four decimals', () => {
    expect([12.5, 0.0001, 100, 33.3333].map(percentToPpm)).toEqual([125_000, 1, 1_000_000, 333_333])
    fc.assert(fc.property(fc.integer({ min: 1, max: 1_000_000 }), ppm => expect(percentToPpm(ppmToPercent(ppm))).toBe(ppm)))
  })
  test.each([0, 100.0001, 101, 1.00001, 1e-7, -5])('%d percent is refused', percent => {
    expect(() => percentToPpm(percent)).toThrow('percentage')
  })
  test('contradictory terms are refused', () => {
    const terms = {
      kind: 'percentage',
      value: 1,
      buyQuantity: 0,
      getQuantity: 0,
      startsAt: null,
      endsAt: null,
      code: 'A',
      automatic: false,
    } as const
    expect(() => checkTerms(terms)).not.toThrow()
    expect(() => checkTerms({ ...terms, automatic: true })).toThrow('not both')
    expect(() => checkTerms({ ...terms, kind: 'fixed', value: 0 })).toThrow('amount over 0')
    expect(() => checkTerms({ ...terms, kind: 'buy_x_get_y' })).toThrow('buy_quantity')
    expect(() => checkTerms({ ...terms, buyQuantity: 1 })).toThrow('Only buy_x_get_y')
    const at = new Date()
    expect(() => checkTerms({ ...terms, startsAt: at, endsAt: at })).toThrow('end after')
  })
  test('upper and lower case make no difference to a code', () => {
    expect(normalCode(' welcome10 ')).toBe('WELCOME10')
  })
})

describe('items of a basket', () => {
  test('pieces without a price share the rest of the subtotal exactly', () => {
    const line = (quantity: number, price?: number) => ({ product_id: 'a', quantity, price })
    const items = itemsOf([line(2, 300), line(3), line(1)], 1001)
    expect(items.reduce((sum, { price, quantity }) => sum + price * quantity, 0)).toBe(1001)
    expect(items.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(6)
  })
  test('prices that do not add up to the subtotal are refused', () => {
    expect(() => itemsOf([{ product_id: 'a', quantity: 2, price: 100 }], 201)).toThrow('sum')
    expect(() => itemsOf([{ product_id: 'a', quantity: 2, price: 100 }], 199)).toThrow('sum')
  })
})
