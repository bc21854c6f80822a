import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { cancelled, placed, type TestPromotion, testPromotion } from './testing'

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
const with_ = (campaign: { id: number; code: string | null }, amount = 300, code = campaign.code) => ({
  ...(code !== null && { coupon_code: code }),
  campaigns: [{ campaign_id: campaign.id, ...(code !== null && { code }), amount }],
})

describe('an order with a coupon', () => {
  test('redeems it once, however often it is told, at the price it was given', async () => {
    const campaign = await shop.add({ total_limit: 5 })
    const order = newOrder()
    const message = placed(order, with_(campaign))
    await shop.hearAll([message, message])
    await shop.hear(message, placed(order, with_(campaign)))
    expect(await shop.told(order)).toEqual([
      { type: 'promotion.redeemed', order_id: order, campaign_id: campaign.id, code: campaign.code, amount: 300 },
    ])
    expect(await shop.used(campaign.id)).toBe(1)
  })
  test('gives it back once when it is cancelled', async () => {
    const campaign = await shop.add()
    const order = newOrder()
    await shop.hear(placed(order, with_(campaign)))
    await shop.hearAll([cancelled(order), cancelled(order)])
    await shop.hear(cancelled(order), placed(order, with_(campaign)))
    expect((await shop.told(order)).map(({ type }) => type)).toEqual(['promotion.redeemed', 'promotion.released'])
    expect(await shop.used(campaign.id)).toBe(0)
    expect(await statesOf([order])).toEqual(['released'])
  })
  test('takes nothing when its cancellation came first', async () => {
    const campaign = await shop.add()
    const order = newOrder()
    await shop.hear(cancelled(order), placed(order, with_(campaign)))
    expect(await shop.told(order)).toEqual([])
    expect(await shop.used(campaign.id)).toBe(0)
  })
  test('ends the same when both come at once', async () => {
    const campaign = await shop.add()
    const ids = upTo(20)
    await shop.hearAll(ids.flatMap(id => [placed(id, with_(campaign)), cancelled(id)]))
    expect(new Set(await statesOf(ids))).toEqual(new Set(['released']))
    expect(await shop.used(campaign.id)).toBe(0)
  })
  test('in any case of the code, and with nothing but the code', async () => {
    const campaign = await shop.add({ code: 'AnyCase1' })
    const order = newOrder()
    await shop.hear(placed(order, { coupon_code: 'anycase1' }))
    expect(await shop.told(order)).toMatchObject([{ type: 'promotion.redeemed', campaign_id: campaign.id, code: 'ANYCASE1' }])
  })
  test('is rejected with the reason', async () => {
    const ended = await shop.add({ ends_at: '2026-01-01T00:00:00.000Z' })
    const [unknown, late, early] = upTo(3) as [number, number, number]
    await shop.hear(
      placed(unknown, { coupon_code: 'NOSUCHCODE' }),
      placed(late, with_(ended)),
      placed(early, { ...with_(ended), at: new Date('2026-01-01T00:00:30Z') }),
    )
    expect(await shop.told(unknown)).toMatchObject([{ type: 'promotion.rejected', reason: 'unknown_code', campaign_id: null }])
    expect(await shop.told(late)).toMatchObject([{ type: 'promotion.rejected', reason: 'expired', campaign_id: ended.id }])
    // It was priced before the end.
    expect(await shop.told(early)).toMatchObject([{ type: 'promotion.redeemed' }])
    await shop.hear(cancelled(late))
    expect(await shop.told(late)).toHaveLength(1)
  })
  test('keeps what it was promised when the campaign is deleted meanwhile', async () => {
    const campaign = await shop.add()
    await shop.send('DELETE', `/${campaign.id}`)
    const order = newOrder()
    await shop.hear(placed(order, with_(campaign)))
    expect(await statesOf([order])).toEqual(['redeemed'])
  })
  test('takes all of its campaigns or none', async () => {
    const plenty = await shop.add({ code: undefined, automatic: false })
    const none = await shop.add({ total_limit: 1 })
    await shop.hear(placed(newOrder(), with_(none)))
    const order = newOrder()
    await shop.hear(
      placed(order, {
        coupon_code: none.code ?? '',
        campaigns: [
          { campaign_id: plenty.id, amount: 5 },
          { campaign_id: none.id, code: none.code ?? '', amount: 5 },
        ],
      }),
    )
    expect(await shop.told(order)).toMatchObject([
      { type: 'promotion.rejected', reason: 'limit_reached', campaign_id: none.id, amount: 10 },
    ])
    expect([await shop.used(plenty.id), await shop.used(none.id)]).toEqual([0, 1])
  })
})

test('an order without campaigns is no concern of promotion', async () => {
  const order = newOrder()
  await shop.hear(placed(order))
  expect(await shop.told(order)).toEqual([])
  expect(await statesOf([order])).toEqual([])
})

describe('limits', () => {
  test('200 orders at once on a limit of 10: exactly 10 have it', async () => {
    const campaign = await shop.add({ total_limit: 10 })
    const ids = upTo(200)
    await shop.hearAll(ids.map(id => placed(id, with_(campaign))))
    const states = await statesOf(ids)
    expect(states.filter(state => state === 'redeemed')).toHaveLength(10)
    expect(states.filter(state => state === 'rejected')).toHaveLength(190)
    expect(await shop.used(campaign.id)).toBe(10)
  })
  test('one user with 20 orders at once has it twice if twice is allowed; others are not kept from it', async () => {
    const campaign = await shop.add({ per_user_limit: 2 })
    const ids = upTo(20)
    await shop.hearAll(ids.map(id => placed(id, { ...with_(campaign), user_id: 5 })))
    expect((await statesOf(ids)).filter(state => state === 'redeemed')).toHaveLength(2)
    const other = newOrder()
    await shop.hear(placed(other, { ...with_(campaign), user_id: 6 }))
    expect(await statesOf([other])).toEqual(['redeemed'])
    expect(await shop.used(campaign.id)).toBe(3)
  })
  test('what is given back can be had by the next', async () => {
    const campaign = await shop.add({ total_limit: 1, per_user_limit: 1 })
    const [first, refused, next] = upTo(3) as [number, number, number]
    await shop.hear(
      ...[first, refused].map(id => placed(id, { ...with_(campaign), user_id: 5 })),
      cancelled(first),
      placed(next, { ...with_(campaign), user_id: 5 }),
    )
    expect(await statesOf([first, refused, next])).toEqual(['released', 'rejected', 'redeemed'])
  })
  test('a single-use code is for one order, and free again when that is cancelled', async () => {
    const campaign = await shop.add({ code: undefined, automatic: false })
    const { body } = await shop.send('POST', `/${campaign.id}/codes`, { count: 1 })
    const [code] = body.codes
    const ids = upTo(10)
    await shop.hearAll(ids.map(id => placed(id, with_(campaign, 300, code))))
    expect((await statesOf(ids)).filter(state => state === 'redeemed')).toHaveLength(1)
    expect(await shop.used(campaign.id)).toBe(1)
    expect((await shop.validate({ code })).reason).toBe('code_used')
    await shop.hearAll(ids.map(cancelled))
    expect((await shop.validate({ code })).reason).toBe('applied')
  })
  test('many orders over several campaigns, half of them cancelled: the books balance', async () => {
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
    await shop.hearAll(messages)
    expect(await shop.drift()).toEqual({ count: 0, examples: [] })
  })
  test('a count that is off shows in the drift', async () => {
    const campaign = await shop.add()
    await shop.hear(placed(newOrder(), with_(campaign)))
    await shop.sql.db.updateTable('campaigns').set({ used: 2 }).where('id', '=', campaign.id).execute()
    expect(await shop.drift()).toEqual({ count: 1, examples: [String(campaign.id)] })
    await shop.sql.db.updateTable('campaigns').set({ used: 1 }).where('id', '=', campaign.id).execute()
  })
})

test('a person is told what they redeemed', async () => {
  const campaign = await shop.add()
  const order = newOrder()
  await shop.hear(placed(order, { ...with_(campaign), user_id: 4242 }))
  const { body } = await shop.send('GET', '/internal/users/4242/export', undefined, await shop.asService('user'))
  expect(body.data.redemptions).toMatchObject([{ order_id: order, code: campaign.code, state: 'redeemed', amount: 300, currency: 'USD' }])
})
