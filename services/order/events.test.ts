import { afterAll, describe, expect, test } from 'bun:test'
import { testOrders } from './testing'
import { eventsAbout } from './testing-events'

const shop = await testOrders()
const { place, deliver, handle, message, get, published, send, known } = shop
afterAll(() => shop.stop())

const publishedStatuses = async (id: number) => (await published(id, 'order.status_updated')).map(event => event.data.status)

describe('an order', () => {
  test('goes from reserved to delivered, and publishes every step', async () => {
    const order = await place()
    const events = eventsAbout(order)
    await deliver(
      events.reserved(),
      events.authorized(),
      events.captured(),
      events.committed(),
      events.packed(),
      events.pickedUp(),
      events.delivered(),
    )
    expect(await get(order.id)).toMatchObject({ status: 'delivered', payment_status: 'paid', next_states: [] })
    expect(await publishedStatuses(order.id)).toEqual(['awaiting_payment', 'paid', 'fulfilling', 'shipped', 'delivered'])
    const all = await published(order.id)
    const versions = all.filter(event => event.type !== 'order.payment-timeout').map(event => event.aggregate.version)
    expect(versions).toEqual([1, 2, 3, 4, 5, 6])
    expect(all.find(event => event.data.status === 'paid')?.data).toMatchObject({
      order_id: order.id,
      user_id: 42,
      previous: 'awaiting_payment',
      payment_status: 'paid',
      items: events.lines,
    })
    // How it reached its buyer is told when it did.
    const options = all.filter(({ type }) => type === 'order.status_updated').map(({ data }) => data.shipping_option)
    expect(options).toEqual([undefined, undefined, undefined, undefined, order.shipping_option])
  })

  test('shows every fact in its timeline, with event, time and service', async () => {
    const order = await place()
    const events = eventsAbout(order)
    const messages = [events.reserved(), events.captured()].map(draft => message(draft))
    await handle(...messages)
    const { body } = await send('GET', `/api/orders/${order.id}/timeline`)
    expect(body.items.map((item: { type: string; service: string }) => [item.type, item.service])).toEqual([
      ['order.created', 'order'],
      ['inventory.reserved', 'inventory'],
      ['order.status_updated', 'order'],
      ['payment.processed', 'payment'],
      ['order.status_updated', 'order'],
    ])
    expect([body.items[1].event_id, body.items[3].event_id]).toEqual(messages.map(each => each.id))
    expect(body.items[1].time).toBe(messages[0]?.time)
    const own = await published(order.id, 'order.status_updated')
    expect([body.items[2].event_id, body.items[4].event_id]).toEqual(own.map(each => each.id))
  })

  test('applies each event once, however often and in whatever order they arrive', async () => {
    for (const swap of [false, true]) {
      const order = await place()
      const events = eventsAbout(order)
      const all = [events.reserved(), events.captured(), events.committed(), events.packed(), events.pickedUp(), events.delivered()]
      const messages = all.map(draft => message(draft))
      if (swap) messages.reverse()
      await Promise.all([...messages, ...messages, ...messages].map(each => handle(each)))
      expect(await get(order.id)).toMatchObject({ status: 'delivered', payment_status: 'paid' })
      expect(await publishedStatuses(order.id)).toEqual(['awaiting_payment', 'paid', 'fulfilling', 'shipped', 'delivered'])
      const { body } = await send('GET', `/api/orders/${order.id}/timeline`)
      expect(body.items.length).toBe(1 + 6 + 5)
    }
  })

  test('does not change when an event arrives again after the inbox forgot it', async () => {
    const order = await place()
    const reserved = message(eventsAbout(order).reserved())
    await handle(reserved)
    await shop.sql.kernel.deleteFrom('inbox').where('message_id', '=', reserved.id).execute()
    await handle(reserved)
    expect(await publishedStatuses(order.id)).toEqual(['awaiting_payment'])
    expect((await send('GET', `/api/orders/${order.id}/timeline`)).body.items.length).toBe(3)
  })

  test('that is out of stock is cancelled, and that is published', async () => {
    const order = await place()
    await deliver(eventsAbout(order).refusedByStock())
    expect(await get(order.id)).toMatchObject({ status: 'cancelled', cancel_reason: 'out_of_stock' })
    expect(await published(order.id, 'order.cancelled')).toMatchObject([
      { data: { order_id: order.id, user_id: 42, reason: 'out_of_stock' } },
    ])
  })

  test('with a coupon waits for promotion, and is cancelled when it refuses', async () => {
    known.coupons.set('TEN', { percent: 10 })
    const [good, bad] = [await place({ ...shop.sample, coupon_code: 'TEN' }), await place({ ...shop.sample, coupon_code: 'TEN' })]
    await deliver(eventsAbout(good).reserved())
    expect((await get(good.id)).status).toBe('pending')
    await deliver(eventsAbout(good).redeemed(), eventsAbout(bad).reserved(), eventsAbout(bad).couponRefused())
    expect((await get(good.id)).status).toBe('awaiting_payment')
    expect(await get(bad.id)).toMatchObject({ status: 'cancelled', cancel_reason: 'coupon_rejected' })
  })

  test('priced by a campaign without a code waits for promotion too, since its limit may be reached', async () => {
    known.automatic = { percent: 10, campaignId: 7 }
    const order = await place()
    known.automatic = undefined
    await deliver(eventsAbout(order).reserved())
    expect((await get(order.id)).status).toBe('pending')
    await deliver(eventsAbout(order).couponRefused())
    expect(await get(order.id)).toMatchObject({ status: 'cancelled', cancel_reason: 'coupon_rejected' })
  })

  test('whose stock is gone after payment is cancelled; a refund changes only its payment status', async () => {
    const order = await place()
    const events = eventsAbout(order)
    await deliver(events.reserved(), events.captured(), events.commitFailed())
    expect(await get(order.id)).toMatchObject({ status: 'cancelled', cancel_reason: 'out_of_stock', payment_status: 'paid' })
    await deliver(events.refunded(1000))
    expect(await get(order.id)).toMatchObject({ status: 'cancelled', payment_status: 'partially_refunded' })
    await deliver(events.refunded(3000))
    expect(await get(order.id)).toMatchObject({ status: 'cancelled', payment_status: 'refunded' })
  })

  test('paid on delivery is fulfilled before it is paid', async () => {
    const order = await place()
    const events = eventsAbout(order)
    await deliver(events.reserved(), events.authorized({ payment_method: 'cash_on_delivery' }))
    expect(await get(order.id)).toMatchObject({ status: 'fulfilling', payment_status: 'authorized' })
    await deliver(events.packed(), events.pickedUp(), events.delivered(), events.captured({ payment_method: 'cash_on_delivery' }))
    expect(await get(order.id)).toMatchObject({ status: 'delivered', payment_status: 'paid' })
  })

  test('that does not exist is ignored', async () => {
    await deliver(eventsAbout({ ...(await place()), id: 999_999 }).reserved())
    expect(shop.failures).toEqual([])
  })
})
