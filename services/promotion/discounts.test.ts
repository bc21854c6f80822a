import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { accountDeleted, categories, laptop, type TestPromotion, testPromotion, toy } from './testing'

let shop: TestPromotion
beforeAll(async () => {
  shop = await testPromotion()
})
afterAll(async () => {
  expect(shop.failures).toEqual([])
  await shop.drop()
})

describe('validating a code', () => {
  test('answers the discount, whatever the case of the code, or the reason why there is none', async () => {
    const campaign = await shop.add({ code: 'Tell10', name: 'Ten off' })
    expect(await shop.validate({ code: 'tell10' })).toEqual({
      code: 'TELL10',
      valid: true,
      discount: 300,
      currency: 'USD',
      free_shipping: false,
      reason: 'applied',
      detail: 'Ten off',
      campaign: { id: campaign.id, name: 'Ten off', kind: 'percentage' },
    })
    expect(await shop.validate({ code: 'nosuch' })).toMatchObject({ valid: false, discount: 0, reason: 'unknown_code' })
    const ended = await shop.add({ ends_at: '2026-01-01T00:00:00Z' })
    const customer = await shop.as(12)
    expect(await shop.validate({ code: ended.code }, customer)).toMatchObject({ valid: false, discount: 0, reason: 'expired' })
  })
  test('tells a guest nothing of codes that exist and cannot be used', async () => {
    const ended = await shop.add({ ends_at: '2026-01-01T00:00:00Z' })
    const scheduled = await shop.add({ starts_at: '2999-01-01T00:00:00Z' })
    const usedUp = await shop.add({ total_limit: 1 })
    await shop.sql.db.updateTable('campaigns').set({ used: 1 }).where('id', '=', usedUp.id).execute()
    const gift = await shop.add({ code: undefined, automatic: false })
    const [spent] = (await shop.send('POST', `/${gift.id}/codes`, { count: 1 })).body.codes
    await shop.sql.db.updateTable('codes').set({ order_id: 1 }).where('code', '=', spent).execute()
    const { code: _, ...unknown } = await shop.validate({ code: 'NOSUCH' })
    for (const wrong of [ended.code, scheduled.code, usedUp.code, spent]) {
      const { code, ...answer } = await shop.validate({ code: wrong })
      expect(answer).toEqual(unknown)
      expect((await shop.discounts({ coupon_code: wrong })).body.coupon).toEqual({ code, valid: false, reason: 'unknown_code' })
    }
    expect((await shop.discounts({ coupon_code: ended.code, user_id: 12 })).body.coupon).toMatchObject({ reason: 'expired' })
    const dear = await shop.add({ minimum: 9000 })
    expect((await shop.validate({ code: dear.code })).reason).toBe('minimum_not_reached')
  })
  test('works without prices and categories: prices come from the subtotal, categories from the product service', async () => {
    const { code } = await shop.add({ categories: ['electronics'] })
    const bare = { product_id: laptop.product_id, quantity: 3 }
    expect(await shop.validate({ code, items: [bare], subtotal: 100 })).toMatchObject({ valid: true, discount: 10 })
    expect(await shop.validate({ code, items: [{ ...bare, product_id: 'a'.repeat(24) }], subtotal: 100 })).toMatchObject({
      reason: 'not_applicable',
    })
    const { code: valid } = await shop.add()
    expect(await shop.validate({ code: valid, items: [], subtotal: 50 })).toMatchObject({ discount: 5 })
    expect(await shop.validate({ code: valid, subtotal: 2999.99 })).toMatchObject({ status: 400, code: 'subtotal_mismatch' })
  })
  test('needs the product service only for campaigns with categories', async () => {
    const [withCategories, without] = [await shop.add({ categories: ['electronics'] }), await shop.add()]
    const bare = { product_id: laptop.product_id, quantity: 3 }
    shop.others.down.add('product')
    const validate = ({ code }: { code: string | null }) => shop.validate({ code, items: [bare], subtotal: 100 })
    const answers = await Promise.all([validate(withCategories), validate(without)])
    shop.others.down.clear()
    expect(answers).toMatchObject([{ status: 503, code: 'product_unavailable' }, { valid: true }])
  })
  test('counts how often the user of the token has used the campaign', async () => {
    const campaign = await shop.add({ per_user_limit: 1 })
    await shop.sql.db.insertInto('user_uses').values({ campaign_id: campaign.id, user_id: 33, used: 1 }).execute()
    expect((await shop.validate({ code: campaign.code })).valid).toBe(true)
    expect((await shop.validate({ code: campaign.code }, await shop.as(33))).reason).toBe('user_limit_reached')
    expect((await shop.send('POST', '/validate', { code: 'A', items: [], subtotal: 1 }, { authorization: 'Bearer nonsense' })).status).toBe(
      401,
    )
  })
  test.each([
    { quantity: 0 },
    { quantity: -1 },
    { quantity: 1.5 },
    { quantity: 2 ** 31 },
    { price: -1 },
    { price: 1e300 },
    { price: 0.001 },
  ])('refuses %p', async fields => {
    expect(await shop.validate({ code: 'A', items: [{ ...laptop, ...fields }] })).toMatchObject({ status: 400 })
  })
  test('refuses an amount that is too large to be exact', async () => {
    const items = [{ ...laptop, quantity: 2 ** 31 - 1, price: 90_000_000_000 }]
    expect(await shop.validate({ code: 'A', items, subtotal: 1 })).toMatchObject({ status: 400, code: 'invalid_amount' })
  })
})

describe('guessing codes', () => {
  test('ends after some wrong ones, for an address and for a user, at every door', async () => {
    const strict = await testPromotion({ mostWrongCodes: 3 })
    const { code } = await strict.add()
    const from = (address: string) => ({ 'x-forwarded-for': address })
    const tryCode = async (code: unknown, headers: Record<string, string>) => (await strict.validate({ code }, headers)).code
    for (let n = 0; n < 10; n++) expect(await tryCode(code, from('203.0.113.1'))).toBe(code ?? '')
    const guesses = await Promise.all(Array.from({ length: 10 }, (_, n) => tryCode(`GUESS${n}`, from('1.1.1.1, 203.0.113.1'))))
    expect(guesses.filter(answer => answer === 'too_many_codes')).toHaveLength(7)
    const refused = await strict.send('POST', '/validate', { code, items: [], subtotal: 1 }, from('203.0.113.1'))
    expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_codes' } })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(500)
    expect(await tryCode(code, from('203.0.113.2'))).toBe(code ?? '')

    const order = (coupon_code: unknown) => strict.discounts({ coupon_code, user_id: 5, guesser: 'user:5' })
    for (let n = 0; n < 2; n++) expect((await order(`GUESS${n}`)).status).toBe(200)
    const customer = await strict.as(5)
    expect(await tryCode('GUESS', customer)).toBe('GUESS')
    expect([(await order(code)).status, await tryCode(code, customer)]).toEqual([429, 'too_many_codes'])
    // A code that is already in a cart is looked at again and again: nobody enters it.
    expect((await strict.discounts({ coupon_code: code, user_id: 5 })).body.coupon.valid).toBe(true)
    await strict.drop()
  })
  test('is forgotten with the account', async () => {
    const strict = await testPromotion({ mostWrongCodes: 1 })
    const customer = await strict.as(5)
    const guess = async () => (await strict.validate({ code: 'GUESS' }, customer)).code
    expect([await guess(), await guess()]).toEqual(['GUESS', 'too_many_codes'])
    await strict.deliver(accountDeleted(5))
    expect(await guess()).toBe('GUESS')
    await strict.drop()
  })
})

describe('the discounts of an order', () => {
  test('combine automatic campaigns and one coupon, and are listed by line and by campaign', async () => {
    const automatic = await shop.add({ code: undefined, kind: 'fixed', value: 50, product_ids: ['b'.repeat(24)] })
    const coupon = await shop.add({ code: 'Both10' })
    const { body } = await shop.discounts({
      coupon_code: 'both10',
      items: [laptop, { ...laptop, product_id: 'b'.repeat(24), quantity: 1, price: 100 }],
    })
    expect(body).toEqual({
      discount: 360,
      free_shipping: false,
      lines: [{ discount: 300 }, { discount: 60 }],
      campaigns: [
        { campaign_id: coupon.id, code: 'BOTH10', amount: 310 },
        { campaign_id: automatic.id, amount: 50 },
      ],
      coupon: { code: 'BOTH10', valid: true },
      automatic: true,
    })
    expect((await shop.discounts({ currency: 'EUR' })).body.automatic).toBe(false)
    await shop.send('DELETE', `/${automatic.id}`)
  })
  test('are zero without campaigns; a refused coupon takes nothing off and says why', async () => {
    const nothing = { discount: 0, free_shipping: false, lines: [{ discount: 0 }], campaigns: [], automatic: false }
    expect((await shop.discounts({})).body).toEqual({ ...nothing, coupon: null })
    const dear = await shop.add({ minimum: 3000.01 })
    expect((await shop.discounts({ coupon_code: dear.code })).body).toEqual({
      ...nothing,
      coupon: { code: dear.code, valid: false, reason: 'minimum_not_reached' },
    })
  })
  test('reach the categories below that of the campaign', async () => {
    const { code } = await shop.add({ categories: ['Electronics'] })
    const inLaptops = { ...laptop, category: 'Laptops', category_ids: [categories.electronics, categories.laptops] }
    expect((await shop.discounts({ coupon_code: code, items: [inLaptops] })).body).toMatchObject({ discount: 300 })
    expect((await shop.discounts({ coupon_code: code, items: [toy] })).body.coupon).toMatchObject({ reason: 'not_applicable' })
    expect(await shop.validate({ code, items: [{ ...laptop, category: 'Laptops' }] })).toMatchObject({ discount: 300 })
  })
  test('count a campaign once that an earlier release stored as automatic and with codes', async () => {
    const { id } = await shop.add({ code: undefined, automatic: false })
    const [code] = (await shop.send('POST', `/${id}/codes`, { count: 1 })).body.codes
    await shop.sql.db.updateTable('campaigns').set({ automatic: true }).where('id', '=', id).execute()
    const { body } = await shop.discounts({ coupon_code: code })
    expect(body).toMatchObject({ discount: 300, campaigns: [{ campaign_id: id, code, amount: 300 }] })
    await shop.send('DELETE', `/${id}`)
  })
  test('include free shipping, as a campaign with the amount 0', async () => {
    const { id, code } = await shop.add({ kind: 'free_shipping', value: undefined })
    expect((await shop.discounts({ coupon_code: code })).body).toMatchObject({
      discount: 0,
      free_shipping: true,
      campaigns: [{ campaign_id: id, code, amount: 0 }],
    })
  })
  test('respect the limit per user when the user is known', async () => {
    const campaign = await shop.add({ per_user_limit: 1 })
    await shop.sql.db.insertInto('user_uses').values({ campaign_id: campaign.id, user_id: 34, used: 1 }).execute()
    expect((await shop.discounts({ coupon_code: campaign.code, user_id: 34 })).body.coupon).toMatchObject({ reason: 'user_limit_reached' })
    expect((await shop.discounts({ coupon_code: campaign.code, user_id: 35 })).body.coupon).toMatchObject({ valid: true })
  })
})
