import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { minute, second } from '#shared/time'
import { type Campaign, categoryKey, isTooLate, refusalOf } from './domain'
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
  test('of campaigns of one kind, the older comes first', () => {
    const [older, newer] = [campaign({ id: 1, value: 500_000 }), campaign({ id: 2, value: 100_000 })]
    const { campaigns } = discountsOf([item(1000)], [newer, older])
    expect(campaigns.map(({ campaign, amount }) => [campaign.id, amount])).toEqual([
      [1, 500],
      [2, 50],
    ])
  })
  test('free pieces are the cheapest; of equal prices, those of the first line', () => {
    const twoForOne = campaign({ kind: 'buy_x_get_y', buyQuantity: 1, getQuantity: 1 })
    expect(discountsOf([item(300), item(100), item(200), item(400)], [twoForOne]).lines).toEqual([0, 100, 200, 0])
    expect(discountsOf([item(100, 2), item(100, 2)], [twoForOne]).lines).toEqual([200, 0])
    const toys = item(50, 1, { category: 'Toys' })
    expect(discountsOf([toys, item(100, 2)], [{ ...twoForOne, categories: ['Books'] }]).lines).toEqual([0, 100])
  })
  test('free pieces of two campaigns take no more than the pieces cost', () => {
    const twoForOne = campaign({ kind: 'buy_x_get_y', buyQuantity: 1, getQuantity: 2 })
    expect(discountsOf([item(100, 3)], [twoForOne, { ...twoForOne, id: 2 }]).lines).toEqual([300])
  })
  test('free shipping takes nothing off the lines, and nothing else makes it free', () => {
    expect(discountsOf([item(1000), item(5)], [campaign({ kind: 'free_shipping' })])).toMatchObject({
      discount: 0,
      freeShipping: true,
      lines: [0, 0],
    })
    expect(discountsOf([item(1000)], [campaign(), campaign({ id: 2, kind: 'free_shipping' })]).freeShipping).toBe(true)
    expect([discountsOf([item(1000)], [campaign()]).freeShipping, discountsOf([item(1000)], []).freeShipping]).toEqual([false, false])
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
  const asked = (fields: Partial<Campaign>, uses = { total: 0, byUser: 0 }) =>
    refusalOf(campaign(fields), { items: [item(1000)], subtotal: 1000, currency: 'USD', now, uses })
  test('it applies between its start and its end', () => {
    expect(asked({ startsAt: new Date('2026-05-01T12:00:01Z') })).toBe('not_started')
    expect(asked({ endsAt: now })).toBe('expired')
    expect(asked({ endsAt: new Date('2026-05-01T11:59:59Z') })).toBe('expired')
    expect(asked({ startsAt: now, endsAt: new Date('2026-05-01T12:00:01Z') })).toBeUndefined()
  })
  test('it applies within its limits', () => {
    expect(asked({ totalLimit: 3 }, { total: 3, byUser: 0 })).toBe('limit_reached')
    expect(asked({ perUserLimit: 1 }, { total: 2, byUser: 1 })).toBe('user_limit_reached')
    expect(asked({ totalLimit: 3, perUserLimit: 1 }, { total: 2, byUser: 0 })).toBeUndefined()
    expect(asked({}, { total: 9, byUser: 9 })).toBeUndefined()
  })
  test('it applies from its minimum, to the lines that it covers', () => {
    expect(asked({ minimum: 1001 })).toBe('minimum_not_reached')
    expect(asked({ minimum: 1000 })).toBeUndefined()
    expect(asked({ categories: ['Toys'] })).toBe('not_applicable')
    const items = [item(500, 1, { category: 'Toys' }), item(500)]
    const about = (fields: Partial<Campaign>, some: readonly Parameters<typeof discountsOf>[0][number][]) =>
      refusalOf(campaign(fields), { items: some, subtotal: 1000, currency: 'USD', now, uses: { total: 0, byUser: 0 } })
    expect([about({ categories: ['toys'] }, items), about({}, [])]).toEqual([undefined, 'not_applicable'])
  })
  test('it covers products, categories and those below them, and everything where it names none', () => {
    const covers = (fields: Partial<Campaign>, of: object = {}) => discountsOf([item(1000, 1, of)], [campaign(fields)]).discount > 0
    expect([covers({}), covers({ productIds: ['a'] }), covers({ productIds: ['b'] })]).toEqual([true, true, false])
    expect([covers({ categoryIds: ['top'] }), covers({ categoryIds: ['top'] }, { category_ids: ['other'] })]).toEqual([false, false])
    expect(covers({ categoryIds: ['none', 'top'] }, { category_ids: ['top', 'below'] })).toBe(true)
    expect(covers({ categories: ['Toys', 'Books'] }, { category_ids: ['any'] })).toBe(true)
    expect(covers({ categoryIds: ['top'], productIds: ['a'] }, { category_ids: ['other'] })).toBe(true)
  })
  test('names of categories are compared without regard to case, width and spaces', () => {
    expect([' Home \t Garden ', 'home garden', 'Ｈｏｍｅ Garden'].map(categoryKey)).toEqual(['home garden', 'home garden', 'home garden'])
    expect(categoryKey('homegarden')).not.toBe(categoryKey('home garden'))
  })
  test('a fixed amount and a minimum apply in their currency only, a percentage in any', () => {
    expect(asked({ kind: 'fixed', currency: 'EUR' })).toBe('currency_mismatch')
    expect(asked({ minimum: 1, currency: 'EUR' })).toBe('currency_mismatch')
    expect(asked({ currency: 'EUR' })).toBeUndefined()
  })
  test('an order placed within a minute after the end is not too late', () => {
    expect(isTooLate(now, new Date(now.getTime() + second))).toBe(false)
    expect(isTooLate(now, new Date(now.getTime() + minute))).toBe(true)
    expect(isTooLate(now, new Date(now.getTime() + minute - 1))).toBe(false)
    expect(isTooLate(null, now)).toBe(false)
  })
})
