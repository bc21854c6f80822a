import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { accountDeleted, cancelled, placed, type TestPromotion, testPromotion } from './testing'

let shop: TestPromotion
beforeAll(async () => {
  shop = await testPromotion()
})
afterAll(async () => {
  expect(shop.failures).toEqual([])
  await shop.drop()
})

let orders = 0
const newOrder = () => ++orders
const upTo = (count: number) => Array.from({ length: count }, () => newOrder())
const statesOf = async (ids: readonly number[]) => {
  const { body } = await shop.send('POST', '/internal/redemptions', { order_ids: ids }, await shop.asService('discovery'))
  return Object.values(body.redemptions as Record<string, string>)
}
const priceWith = (campaign: { id: number; code: string | null }, amount = 300, code = campaign.code) => ({
  ...(code !== null && { coupon_code: code }),
  campaigns: [{ campaign_id: campaign.id, ...(code !== null && { code }), amount }],
})

describe('an order with a coupon', () => {
  test('redeems it once, however often the event arrives, with the amount in the order', async () => {
    const campaign = await shop.add({ total_limit: 5 })
    const order = newOrder()
    const message = placed(order, priceWith(campaign))
    await shop.deliverAll([message, message])
    await shop.deliver(message, placed(order, priceWith(campaign)))
    expect(await shop.publishedFor(order)).toEqual([
      { type: 'promotion.redeemed', order_id: order, campaign_id: campaign.id, code: campaign.code, amount: 300 },
    ])
    expect(await shop.used(campaign.id)).toBe(1)
  })
  test('releases it once when the order is cancelled', async () => {
    const campaign = await shop.add()
    const order = newOrder()
    await shop.deliver(placed(order, priceWith(campaign)))
    await shop.deliverAll([cancelled(order), cancelled(order)])
    await shop.deliver(cancelled(order), placed(order, priceWith(campaign)))
    expect((await shop.publishedFor(order)).map(({ type }) => type)).toEqual(['promotion.redeemed', 'promotion.released'])
    expect(await shop.used(campaign.id)).toBe(0)
    expect(await statesOf([order])).toEqual(['released'])
  })
  test('gets no campaign when its cancellation arrives first', async () => {
    const campaign = await shop.add()
    const order = newOrder()
    await shop.deliver(cancelled(order), placed(order, priceWith(campaign)))
    expect(await shop.publishedFor(order)).toEqual([])
    expect(await shop.used(campaign.id)).toBe(0)
  })
  test('ends released when order and cancellation arrive at the same time', async () => {
    const campaign = await shop.add()
    const ids = upTo(20)
    await shop.deliverAll(ids.flatMap(id => [placed(id, priceWith(campaign)), cancelled(id)]))
    expect(new Set(await statesOf(ids))).toEqual(new Set(['released']))
    expect(await shop.used(campaign.id)).toBe(0)
  })
  test('finds the campaign by the code alone, whatever its case', async () => {
    const campaign = await shop.add({ code: 'AnyCase1' })
    const order = newOrder()
    await shop.deliver(placed(order, { coupon_code: 'anycase1' }))
    expect(await shop.publishedFor(order)).toMatchObject([{ type: 'promotion.redeemed', campaign_id: campaign.id, code: 'ANYCASE1' }])
  })
  test('is rejected with the reason, unless it was placed just before the end', async () => {
    const ended = await shop.add({ ends_at: '2026-01-01T00:00:00.000Z' })
    const [unknown, late, early] = upTo(3) as [number, number, number]
    await shop.deliver(
      placed(unknown, { coupon_code: 'NOSUCHCODE' }),
      placed(late, priceWith(ended)),
      placed(early, { ...priceWith(ended), at: new Date('2026-01-01T00:00:30Z') }),
    )
    expect(await shop.publishedFor(unknown)).toMatchObject([{ type: 'promotion.rejected', reason: 'unknown_code', campaign_id: null }])
    expect(await shop.publishedFor(late)).toMatchObject([{ type: 'promotion.rejected', reason: 'expired', campaign_id: ended.id }])
    expect(await shop.publishedFor(early)).toMatchObject([{ type: 'promotion.redeemed' }])
    await shop.deliver(cancelled(late))
    expect(await shop.publishedFor(late)).toHaveLength(1)
  })
  test('keeps its discount when the campaign is deleted meanwhile', async () => {
    const campaign = await shop.add()
    await shop.send('DELETE', `/${campaign.id}`)
    const order = newOrder()
    await shop.deliver(placed(order, priceWith(campaign)))
    expect(await statesOf([order])).toEqual(['redeemed'])
  })
  test('gets all of its campaigns or none', async () => {
    const plenty = await shop.add({ code: undefined, automatic: false })
    const none = await shop.add({ total_limit: 1 })
    await shop.deliver(placed(newOrder(), priceWith(none)))
    const order = newOrder()
    await shop.deliver(
      placed(order, {
        coupon_code: none.code ?? '',
        campaigns: [
          { campaign_id: plenty.id, amount: 5 },
          { campaign_id: none.id, code: none.code ?? '', amount: 5 },
        ],
      }),
    )
    expect(await shop.publishedFor(order)).toMatchObject([
      { type: 'promotion.rejected', reason: 'limit_reached', campaign_id: none.id, amount: 10 },
    ])
    expect([await shop.used(plenty.id), await shop.used(none.id)]).toEqual([0, 1])
  })
})

test('an order without campaigns leaves no trace here', async () => {
  const order = newOrder()
  await shop.deliver(placed(order))
  expect(await shop.publishedFor(order)).toEqual([])
  expect(await statesOf([order])).toEqual([])
})

describe('limits', () => {
  test('of 200 orders at once on a limit of 10, exactly 10 redeem the campaign', async () => {
    const campaign = await shop.add({ total_limit: 10 })
    const ids = upTo(200)
    await shop.deliverAll(ids.map(id => placed(id, priceWith(campaign))))
    const states = await statesOf(ids)
    expect(states.filter(state => state === 'redeemed')).toHaveLength(10)
    expect(states.filter(state => state === 'rejected')).toHaveLength(190)
    expect(await shop.used(campaign.id)).toBe(10)
  })
  test('of 20 orders at once, a user with a limit of 2 redeems 2; other users are not affected', async () => {
    const campaign = await shop.add({ per_user_limit: 2 })
    const ids = upTo(20)
    await shop.deliverAll(ids.map(id => placed(id, { ...priceWith(campaign), user_id: 5 })))
    expect((await statesOf(ids)).filter(state => state === 'redeemed')).toHaveLength(2)
    const other = newOrder()
    await shop.deliver(placed(other, { ...priceWith(campaign), user_id: 6 }))
    expect(await statesOf([other])).toEqual(['redeemed'])
    expect(await shop.used(campaign.id)).toBe(3)
  })
  test('a released use is available to the next order', async () => {
    const campaign = await shop.add({ total_limit: 1, per_user_limit: 1 })
    const [first, refused, next] = upTo(3) as [number, number, number]
    await shop.deliver(
      ...[first, refused].map(id => placed(id, { ...priceWith(campaign), user_id: 5 })),
      cancelled(first),
      placed(next, { ...priceWith(campaign), user_id: 5 }),
    )
    expect(await statesOf([first, refused, next])).toEqual(['released', 'rejected', 'redeemed'])
  })
  test('a single-use code is for one order, and available again when that is cancelled', async () => {
    const campaign = await shop.add({ code: undefined, automatic: false })
    const { body } = await shop.send('POST', `/${campaign.id}/codes`, { count: 1 })
    const [code] = body.codes
    const ids = upTo(10)
    await shop.deliverAll(ids.map(id => placed(id, priceWith(campaign, 300, code))))
    expect((await statesOf(ids)).filter(state => state === 'redeemed')).toHaveLength(1)
    expect(await shop.used(campaign.id)).toBe(1)
    expect((await shop.validate({ code }, await shop.as(5))).reason).toBe('code_used')
    await shop.deliverAll(ids.map(cancelled))
    expect((await shop.validate({ code })).reason).toBe('applied')
  })
  test('of an automatic campaign refuse nobody whose order is on its way', async () => {
    const campaign = await shop.add({ code: undefined, automatic: true, total_limit: 1, per_user_limit: 1, minimum: 1_000_000 })
    const ids = upTo(5)
    await shop.deliverAll(ids.map(id => placed(id, { ...priceWith(campaign), user_id: 9 })))
    await shop.send('DELETE', `/${campaign.id}`)
    const [late] = upTo(1) as [number]
    await shop.deliver(placed(late, { ...priceWith(campaign), at: new Date(Date.now() + 3_600_000) }))
    expect(await statesOf([...ids, late])).toEqual(Array(6).fill('redeemed'))
    expect(await shop.drift()).toEqual({ count: 0, examples: [] })
  })
  test('count an order once that names its campaign twice', async () => {
    const campaign = await shop.add()
    const order = newOrder()
    const twice = [{ campaign_id: campaign.id, amount: 100 }, ...priceWith(campaign, 200).campaigns]
    await shop.deliver(placed(order, { coupon_code: campaign.code ?? '', campaigns: twice }))
    expect(await shop.publishedFor(order)).toMatchObject([{ type: 'promotion.redeemed', code: campaign.code, amount: 300 }])
    expect(await shop.used(campaign.id)).toBe(1)
  })
  test('many orders with several campaigns, half of them cancelled, leave no drift', async () => {
    const all = [await shop.add({ total_limit: 30 }), await shop.add({ per_user_limit: 3 }), await shop.add()]
    const ids = upTo(100)
    const messages = ids.flatMap((id, at) => {
      const order = {
        user_id: (at % 7) + 1,
        coupon_code: all[at % 3]?.code ?? '',
        campaigns: all.slice(at % 3).map(({ id, code }) => ({ campaign_id: id, code: code ?? '', amount: 1 })),
      }
      return at % 2 ? [cancelled(id), placed(id, order)] : [placed(id, order)]
    })
    await shop.deliverAll(messages)
    await shop.deliverAll(ids.slice(0, 50).map(cancelled))
    expect(await shop.sql.db.selectFrom('campaigns').select('id').whereRef('used', '!=', 'counted').execute()).toEqual([])
    expect(await shop.drift()).toEqual({ count: 0, examples: [] })
  })
  test('a wrong counter is reported as drift', async () => {
    const campaign = await shop.add()
    await shop.deliver(placed(newOrder(), priceWith(campaign)))
    await shop.sql.db.updateTable('campaigns').set({ used: 2 }).where('id', '=', campaign.id).execute()
    expect(await shop.drift()).toEqual({ count: 1, examples: [String(campaign.id)] })
    await shop.sql.db.updateTable('campaigns').set({ used: 1 }).where('id', '=', campaign.id).execute()
  })
})

test('the export of a user’s data lists their redemptions', async () => {
  const campaign = await shop.add()
  const order = newOrder()
  await shop.deliver(placed(order, { ...priceWith(campaign), user_id: 4242 }))
  const { body } = await shop.send('GET', '/internal/users/4242/export', undefined, await shop.asService('user'))
  expect(body.data.redemptions).toMatchObject([{ order_id: order, code: campaign.code, state: 'redeemed', amount: 300, currency: 'USD' }])
})

describe('an account that is deleted', () => {
  const traces = async (userId: number) => {
    const rows = await Promise.all(
      (['redemptions', 'redemption_uses', 'user_uses'] as const).map(table =>
        shop.sql.db.selectFrom(table).select('user_id').where('user_id', '=', userId).execute(),
      ),
    )
    return rows.flat().length
  }
  test('leaves no user in what its orders hold; limits stay, and what is held can be released', async () => {
    const campaign = await shop.add({ total_limit: 2, per_user_limit: 2 })
    const [first, second, other] = upTo(3) as [number, number, number]
    await shop.deliver(...[first, second].map(id => placed(id, { ...priceWith(campaign), user_id: 7001 })))
    expect(await traces(7001)).toBe(5)
    const deletion = accountDeleted(7001)
    await shop.deliver(deletion, deletion)
    expect(await traces(7001)).toBe(0)
    expect(await shop.drift()).toEqual({ count: 0, examples: [] })
    await shop.deliver(placed(other, { ...priceWith(campaign), user_id: 7002 }), cancelled(first))
    expect(await statesOf([first, second, other])).toEqual(['released', 'redeemed', 'rejected'])
    expect(await shop.used(campaign.id)).toBe(1)
    expect(await shop.drift()).toEqual({ count: 0, examples: [] })
  })
  test('is not brought back by orders that arrive after it or at the same time', async () => {
    const campaign = await shop.add()
    const [late] = upTo(1) as [number]
    await shop.deliver(accountDeleted(7003), placed(late, { ...priceWith(campaign), user_id: 7003 }))
    expect([await traces(7003), await statesOf([late])]).toEqual([0, ['redeemed']])
    const ids = upTo(20)
    await shop.deliverAll(ids.flatMap(id => [placed(id, { ...priceWith(campaign), user_id: 8000 + id }), accountDeleted(8000 + id)]))
    expect(await Promise.all(ids.map(id => traces(8000 + id)))).toEqual(ids.map(() => 0))
    expect(await shop.used(campaign.id)).toBe(21)
    expect(await shop.drift()).toEqual({ count: 0, examples: [] })
  })
})
