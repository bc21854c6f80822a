import { afterAll, describe, expect, test } from 'bun:test'
import { userDeleted } from '#shared/catalog'
import type { Draft } from '#shared/event'
import { testOrders } from '../../services/order/testing'
import { eventsAbout } from '../../services/order/testing-events'
import { outcomeInAnyOrder, type Scenario } from './arrivals'

describe('order: the same outcome in any order of arrival, for an order', async () => {
  const shop = await testOrders()
  afterAll(() => shop.stop())
  shop.known.coupons.set('TEN', { percent: 10 })
  let users = 1000
  let parcels = 100
  const publishedOf = async (id: number) => (await shop.published(id)).filter(({ due_at }) => !due_at)
  const scenario =
    (draftsOf: (events: ReturnType<typeof eventsAbout>, userId: number) => Draft[], more: object = {}) =>
    async (): Promise<Scenario> => {
      const user = ++users
      const order = await shop.place({ ...shop.sample, ...more }, { user })
      const messages = draftsOf(eventsAbout(order), user).map(draft => shop.message(draft))
      return {
        messages: messages.map(one => () => shop.handle(one)),
        async outcome() {
          const { status, payment_status, cancel_reason, shipping_address } = await shop.get(order.id)
          const published = await publishedOf(order.id)
          const versions = [...new Set(published.map(({ aggregate }) => aggregate.version))]
          expect(versions).toEqual(versions.map((_, at) => at + 1))
          const { body } = await shop.send('GET', `/api/orders/${order.id}/timeline?limit=100`, { admin: true })
          return {
            ...{ status, payment_status, cancel_reason, shipping_address },
            returned: published.flatMap(({ type, data }) => (type === 'order.return_received' ? [data.refund_amount] : [])),
            steps: published.flatMap(({ type, data }) => (type === 'order.status_updated' ? [data.status] : [])),
            timeline: body.items.map((entry: { type: string }) => entry.type).toSorted(),
          }
        },
      }
    }
  const steps = ['awaiting_payment', 'paid', 'fulfilling', 'shipped', 'delivered']

  test('that is bought with a coupon, delivered and partly refunded, and whose customer is deleted', async () => {
    const outcome = await outcomeInAnyOrder(
      scenario(
        (events, id) => [
          ...[
            events.reserved(),
            events.redeemed(),
            events.captured(),
            events.committed(),
            events.packed(),
            events.pickedUp(),
            events.delivered(),
          ],
          ...[events.refunded(10), userDeleted({ id, version: 2 }, { user_id: id })],
        ],
        { coupon_code: 'TEN' },
      ),
    )
    expect(outcome).toMatchObject({ status: 'delivered', payment_status: 'partially_refunded', shipping_address: 'erased', steps })
  })

  test('of which one parcel is delivered and another comes back', async () => {
    const outcome = await outcomeInAnyOrder(
      scenario(events => {
        const half = events.lines.map(line => ({ ...line, quantity: 1 }))
        // Their ids are the order's own: a parcel belongs to one order.
        const [here, back] = [2 * ++parcels, 2 * parcels + 1]
        return [
          ...[events.reserved(), events.captured(), events.packed(half, here), events.packed(half, back)],
          ...[events.delivered(half, here), events.cameBack(half, back), events.refunded(1500)],
        ]
      }),
    )
    expect(outcome).toMatchObject({ status: 'delivered', payment_status: 'partially_refunded', returned: [1500] })
  })

  test('whose parcels all come back', async () => {
    const outcome = await outcomeInAnyOrder(
      scenario(events => [
        ...[events.reserved(), events.captured(), events.committed(), events.packed(), events.pickedUp(), events.cameBack()],
        events.refunded(3000),
      ]),
    )
    expect(outcome).toMatchObject({ status: 'cancelled', cancel_reason: 'undeliverable', payment_status: 'refunded', returned: [] })
  })

  test('that is paid at the door', async () => {
    const cash = { payment_method: 'cash_on_delivery' }
    const outcome = await outcomeInAnyOrder(
      scenario(events => [
        ...[events.reserved(), events.authorized(cash), events.committed(), events.packed(), events.pickedUp(), events.delivered()],
        events.captured(cash),
      ]),
    )
    expect(outcome).toMatchObject({ status: 'delivered', payment_status: 'paid' })
  })

  test('that is paid twice after a declined card, with one payment refunded', async () => {
    const second = { payment_id: 10 }
    const outcome = await outcomeInAnyOrder(
      scenario(events => [
        ...[events.declined({ payment_id: 8 }), events.reserved(), events.captured(), events.captured(second)],
        ...[events.refunded(3000, second), events.committed(), events.packed()],
      ]),
    )
    expect(outcome).toMatchObject({ status: 'fulfilling', payment_status: 'paid' })
  })

  test('whose goods are gone when it is paid', async () => {
    const outcome = await outcomeInAnyOrder(
      scenario(events => [events.reserved(), events.captured(), events.commitFailed(), events.refunded(3000)]),
    )
    expect(outcome).toMatchObject({ status: 'cancelled', cancel_reason: 'out_of_stock', payment_status: 'refunded' })
  })

  test('whose coupon is used up, though its stock is reserved', async () => {
    const outcome = await outcomeInAnyOrder(scenario(events => [events.reserved(), events.couponRefused()], { coupon_code: 'TEN' }))
    expect(outcome).toMatchObject({ status: 'cancelled', cancel_reason: 'coupon_rejected', payment_status: 'unpaid' })
  })
})
