import { afterAll, describe, expect, test } from 'bun:test'
import { testOrders } from './testing'
import { newsOf } from './testing-news'

const shop = await testOrders()
const { place, tell, hear, message, get, published, send, known } = shop
afterAll(() => shop.stop())

const statusesTold = async (id: number) => (await published(id, 'order.status_updated')).map(event => event.data.status)

describe('an order', () => {
  test('goes from reserved to delivered, and tells every step', async () => {
    const order = await place()
    const news = newsOf(order)
    await tell(news.reserved(), news.authorized(), news.captured(), news.committed(), news.packed(), news.pickedUp(), news.delivered())
    expect(await get(order.id)).toMatchObject({ status: 'delivered', payment_status: 'paid', next_states: [] })
    expect(await statusesTold(order.id)).toEqual(['awaiting_payment', 'paid', 'fulfilling', 'shipped', 'delivered'])
    const told = await published(order.id)
    const versions = told.filter(event => event.type !== 'order.payment-timeout').map(event => event.aggregate.version)
    expect(versions).toEqual([1, 2, 3, 4, 5, 6])
    expect(told.find(event => event.data.status === 'paid')?.data).toMatchObject({
      order_id: order.id,
      user_id: 42,
      previous: 'awaiting_payment',
      payment_status: 'paid',
      items: news.lines,
    })
  })

  test('shows every fact with its event, time and service', async () => {
    const order = await place()
    const news = newsOf(order)
    const heard = [news.reserved(), news.captured()].map(draft => message(draft))
    await hear(...heard)
    const { body } = await send('GET', `/api/orders/${order.id}/timeline`)
    expect(body.items.map((item: { type: string; service: string }) => [item.type, item.service])).toEqual([
      ['order.created', 'order'],
      ['inventory.reserved', 'inventory'],
      ['order.status_updated', 'order'],
      ['payment.processed', 'payment'],
      ['order.status_updated', 'order'],
    ])
    expect([body.items[1].event_id, body.items[3].event_id]).toEqual(heard.map(one => one.id))
    expect(body.items[1].time).toBe(heard[0]?.time)
    const own = await published(order.id, 'order.status_updated')
    expect([body.items[2].event_id, body.items[4].event_id]).toEqual(own.map(one => one.id))
  })

  test('takes news in once, however often and in whatever order it comes', async () => {
    for (const swap of [false, true]) {
      const order = await place()
      const news = newsOf(order)
      const all = [news.reserved(), news.captured(), news.committed(), news.packed(), news.pickedUp(), news.delivered()]
      const messages = all.map(draft => message(draft))
      if (swap) messages.reverse()
      await Promise.all([...messages, ...messages, ...messages].map(one => hear(one)))
      expect(await get(order.id)).toMatchObject({ status: 'delivered', payment_status: 'paid' })
      expect(await statusesTold(order.id)).toEqual(['awaiting_payment', 'paid', 'fulfilling', 'shipped', 'delivered'])
      const { body } = await send('GET', `/api/orders/${order.id}/timeline`)
      expect(body.items.length).toBe(1 + 6 + 5)
    }
  })

  test('heard of again after the inbox forgot it stays as it is', async () => {
    const order = await place()
    const reserved = message(newsOf(order).reserved())
    await hear(reserved)
    await shop.sql.kernel.deleteFrom('inbox').where('message_id', '=', reserved.id).execute()
    await hear(reserved)
    expect(await statusesTold(order.id)).toEqual(['awaiting_payment'])
    expect((await send('GET', `/api/orders/${order.id}/timeline`)).body.items.length).toBe(3)
  })

  test('that stock refuses is cancelled, and all are told', async () => {
    const order = await place()
    await tell(newsOf(order).refusedByStock())
    expect(await get(order.id)).toMatchObject({ status: 'cancelled', cancel_reason: 'out_of_stock' })
    expect(await published(order.id, 'order.cancelled')).toMatchObject([
      { data: { order_id: order.id, user_id: 42, reason: 'out_of_stock' } },
    ])
  })

  test('with a coupon waits for it, and goes without it nowhere', async () => {
    known.coupons.set('TEN', { percent: 10 })
    const [good, bad] = [await place({ ...shop.sample, coupon_code: 'TEN' }), await place({ ...shop.sample, coupon_code: 'TEN' })]
    await tell(newsOf(good).reserved())
    expect((await get(good.id)).status).toBe('pending')
    await tell(newsOf(good).redeemed(), newsOf(bad).reserved(), newsOf(bad).couponRefused())
    expect((await get(good.id)).status).toBe('awaiting_payment')
    expect(await get(bad.id)).toMatchObject({ status: 'cancelled', cancel_reason: 'coupon_rejected' })
  })

  test('priced by a campaign without a code waits for it alike, since its limit may be reached', async () => {
    known.automatic = { percent: 10, campaignId: 7 }
    const order = await place()
    known.automatic = undefined
    await tell(newsOf(order).reserved())
    expect((await get(order.id)).status).toBe('pending')
    await tell(newsOf(order).couponRefused())
    expect(await get(order.id)).toMatchObject({ status: 'cancelled', cancel_reason: 'coupon_rejected' })
  })

  test('whose stock is gone after payment is cancelled; its refund moves the payment alone', async () => {
    const order = await place()
    const news = newsOf(order)
    await tell(news.reserved(), news.captured(), news.commitFailed())
    expect(await get(order.id)).toMatchObject({ status: 'cancelled', cancel_reason: 'out_of_stock', payment_status: 'paid' })
    await tell(news.refunded(1000))
    expect(await get(order.id)).toMatchObject({ status: 'cancelled', payment_status: 'partially_refunded' })
    await tell(news.refunded(3000))
    expect(await get(order.id)).toMatchObject({ status: 'cancelled', payment_status: 'refunded' })
  })

  test('paid at the door is on its way before it is paid', async () => {
    const order = await place()
    const news = newsOf(order)
    await tell(news.reserved(), news.authorized({ payment_method: 'cash_on_delivery' }))
    expect(await get(order.id)).toMatchObject({ status: 'fulfilling', payment_status: 'authorized' })
    await tell(news.packed(), news.pickedUp(), news.delivered(), news.captured({ payment_method: 'cash_on_delivery' }))
    expect(await get(order.id)).toMatchObject({ status: 'delivered', payment_status: 'paid' })
  })

  test('news of an order that is not here does no harm', async () => {
    await tell(newsOf({ ...(await place()), id: 999_999 }).reserved())
    expect(shop.failures).toEqual([])
  })
})
