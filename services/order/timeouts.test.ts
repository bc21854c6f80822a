import { afterAll, describe, expect, test } from 'bun:test'
import { orderPaymentTimeout } from '#shared/catalog'
import { testOrders } from './testing'
import { newsOf } from './testing-news'

const shop = await testOrders()
const { place, tell, get, published, internal } = shop
afterAll(() => shop.stop())

const ring = (id: number) => tell(orderPaymentTimeout({ id, version: 1 }, { order_id: id }, { at: new Date(), term: 'standard' }))
const past = () => new Date(Date.now() - 1)
/** Time passes. */
const isDue = ({ id }: { id: number }) => shop.sql.db.updateTable('orders').set({ payment_due_at: past() }).where('id', '=', id).execute()
const claimEnds = ({ id }: { id: number }) => shop.sql.db.updateTable('orders').set({ claim_until: past() }).where('id', '=', id).execute()
const claim = (order: { id: number; total_amount: number }, payment_method = 'credit_card') =>
  internal('payment', 'POST', `/internal/orders/${order.id}/claim`, {
    payment_id: 9,
    user_id: 42,
    is_admin: false,
    amount: order.total_amount,
    payment_method,
  })

describe('an order that nobody pays', () => {
  test('is cancelled when the alarm rings', async () => {
    const [pending, waiting] = [await place(), await place()]
    await tell(newsOf(waiting).reserved())
    await Promise.all([isDue(pending), isDue(waiting)])
    for (const { id } of [pending, waiting]) {
      await ring(id)
      expect(await get(id)).toMatchObject({ status: 'cancelled', cancel_reason: 'payment_timeout' })
      expect(await published(id, 'order.cancelled')).toMatchObject([{ data: { reason: 'payment_timeout' } }])
    }
  })
  test('is cancelled without an alarm, too', async () => {
    const order = await place()
    await shop.timeouts.sweep(new Date())
    expect((await get(order.id)).status).toBe('pending')
    await isDue(order)
    await Promise.all([shop.timeouts.sweep(new Date()), shop.timeouts.sweep(new Date()), ring(order.id)])
    expect((await get(order.id)).cancel_reason).toBe('payment_timeout')
    expect(await published(order.id, 'order.cancelled')).toHaveLength(1)
  })
  test('waits for its time when the alarm rings early', async () => {
    const order = await place()
    await ring(order.id)
    expect((await get(order.id)).status).toBe('pending')
    const alarms = await published(order.id, 'order.payment-timeout')
    expect(alarms.map(alarm => alarm.due_at)).toEqual([new Date(order.payment_due_at), new Date(order.payment_due_at)])
  })
})

describe('a payment racing the alarm', () => {
  test('that was told before keeps the order', async () => {
    const order = await place()
    await tell(newsOf(order).reserved(), newsOf(order).captured())
    await isDue(order)
    await ring(order.id)
    await shop.timeouts.sweep(new Date())
    expect(await get(order.id)).toMatchObject({ status: 'paid', payment_status: 'paid' })
  })
  test('that was told after finds it cancelled, and is known as money to give back', async () => {
    const order = await place()
    await tell(newsOf(order).reserved())
    await isDue(order)
    await ring(order.id)
    await tell(newsOf(order).captured())
    expect(await get(order.id)).toMatchObject({ status: 'cancelled', payment_status: 'paid' })
    await tell(newsOf(order).refunded(3000))
    expect(await get(order.id)).toMatchObject({ status: 'cancelled', payment_status: 'refunded' })
  })
  test('that was begun in time is waited for, but not for ever', async () => {
    const order = await place()
    await tell(newsOf(order).reserved())
    expect((await claim(order)).status).toBe(200)
    await isDue(order)
    await ring(order.id)
    await shop.timeouts.sweep(new Date())
    expect((await get(order.id)).status).toBe('awaiting_payment')
    const again = (await published(order.id, 'order.payment-timeout'))[1]
    expect(again?.due_at?.getTime()).toBeGreaterThan(Date.now() + 30_000)
    await claimEnds(order)
    await ring(order.id)
    expect((await get(order.id)).status).toBe('cancelled')
  })
  test('by transfer moves the time for all', async () => {
    const order = await place()
    await tell(newsOf(order).reserved())
    expect((await claim(order, 'bank_transfer')).status).toBe(200)
    await ring(order.id)
    await shop.timeouts.sweep(new Date())
    const moved = await get(order.id)
    expect(moved.status).toBe('awaiting_payment')
    expect(Date.parse(moved.payment_due_at)).toBeGreaterThan(Date.now() + 2 * 86_400_000)
    expect(await published(order.id, 'order.payment_due_changed')).toMatchObject([
      { data: { order_id: order.id, payment_due_at: moved.payment_due_at, reservation_expires_at: moved.reservation_expires_at } },
    ])
    const alarms = await published(order.id, 'order.payment-timeout')
    expect(alarms[1]?.due_at).toEqual(new Date(moved.payment_due_at))
  })
})
