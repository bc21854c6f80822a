import { afterAll, describe, expect, test } from 'bun:test'
import { orderPaymentTimeout } from '#shared/catalog'
import { day } from '#shared/time'
import { testOrders } from './testing'
import { eventsAbout } from './testing-events'

const shop = await testOrders()
const { place, deliver, get, published, internal } = shop
afterAll(() => shop.stop())

const timerDue = (id: number) => deliver(orderPaymentTimeout({ id, version: 1 }, { order_id: id }, { at: new Date(), term: 'standard' }))
const past = (ms = 1) => new Date(Date.now() - ms)
const makeDue = ({ id }: { id: number }, agoMs = 1) =>
  shop.sql.db
    .updateTable('orders')
    .set({ payment_due_at: past(agoMs) })
    .where('id', '=', id)
    .execute()
const endClaim = ({ id }: { id: number }) => shop.sql.db.updateTable('orders').set({ claim_until: past() }).where('id', '=', id).execute()
const claim = (order: { id: number; total_amount: number }, payment_method = 'credit_card') =>
  internal('payment', 'POST', `/internal/orders/${order.id}/claim`, {
    payment_id: 9,
    user_id: 42,
    is_admin: false,
    amount: order.total_amount,
    payment_method,
  })

describe('an order that nobody pays', () => {
  test('is cancelled when its timer is due', async () => {
    const [pending, waiting] = [await place(), await place()]
    await deliver(eventsAbout(waiting).reserved())
    await Promise.all([makeDue(pending), makeDue(waiting)])
    for (const { id } of [pending, waiting]) {
      await timerDue(id)
      expect(await get(id)).toMatchObject({ status: 'cancelled', cancel_reason: 'payment_timeout' })
      expect(await published(id, 'order.cancelled')).toMatchObject([{ data: { reason: 'payment_timeout' } }])
    }
  })
  test('is cancelled by the sweep when its timer is lost', async () => {
    const order = await place()
    await shop.service.timeouts.sweep(new Date())
    expect((await get(order.id)).status).toBe('pending')
    await makeDue(order)
    await Promise.all([shop.service.timeouts.sweep(new Date()), shop.service.timeouts.sweep(new Date()), timerDue(order.id)])
    expect((await get(order.id)).cancel_reason).toBe('payment_timeout')
    expect(await published(order.id, 'order.cancelled')).toHaveLength(1)
  })
  test('is cancelled by the sweep although an order before it fails', async () => {
    const [broken, order] = [await place(), await place()]
    await Promise.all([makeDue(broken, 2000), makeDue(order, 1000)])
    await shop.sql.db.updateTable('orders').set({ facts: '{}' }).where('id', '=', broken.id).execute()
    await shop.service.timeouts.sweep(new Date())
    expect((await get(order.id)).cancel_reason).toBe('payment_timeout')
    expect(shop.warnings.map(({ order_id }) => order_id)).toEqual([broken.id])
    await shop.sql.db.deleteFrom('orders').where('id', '=', broken.id).execute()
  })
  test('is cancelled by the sweep although claims hold as many orders as it takes at once', async () => {
    const [claimed, order] = [await place(), await place()]
    await deliver(eventsAbout(claimed).reserved(), eventsAbout(order).reserved())
    expect((await claim(claimed)).status).toBe(200)
    await Promise.all([makeDue(claimed, 2000), makeDue(order, 1000)])
    await shop.service.timeouts.sweep(new Date(), 1)
    expect((await get(claimed.id)).status).toBe('awaiting_payment')
    expect((await get(order.id)).cancel_reason).toBe('payment_timeout')
  })
  test('waits for its time when the timer comes early', async () => {
    const order = await place()
    await timerDue(order.id)
    expect((await get(order.id)).status).toBe('pending')
    const timers = await published(order.id, 'order.payment-timeout')
    expect(timers.map(timer => timer.due_at)).toEqual([new Date(order.payment_due_at), new Date(order.payment_due_at)])
  })
})

describe('a payment at the deadline', () => {
  test('that is reported before the timer keeps the order', async () => {
    const order = await place()
    await deliver(eventsAbout(order).reserved(), eventsAbout(order).captured())
    await makeDue(order)
    await timerDue(order.id)
    await shop.service.timeouts.sweep(new Date())
    expect(await get(order.id)).toMatchObject({ status: 'paid', payment_status: 'paid' })
  })
  test('that is reported after the timer leaves the order cancelled, and shows as paid until it is refunded', async () => {
    const order = await place()
    await deliver(eventsAbout(order).reserved())
    await makeDue(order)
    await timerDue(order.id)
    await deliver(eventsAbout(order).captured())
    expect(await get(order.id)).toMatchObject({ status: 'cancelled', payment_status: 'paid' })
    await deliver(eventsAbout(order).refunded(3000))
    expect(await get(order.id)).toMatchObject({ status: 'cancelled', payment_status: 'refunded' })
  })
  test('that was begun in time is waited for until its claim ends', async () => {
    const order = await place()
    await deliver(eventsAbout(order).reserved())
    expect((await claim(order)).status).toBe(200)
    await makeDue(order)
    await timerDue(order.id)
    await shop.service.timeouts.sweep(new Date())
    expect((await get(order.id)).status).toBe('awaiting_payment')
    const again = (await published(order.id, 'order.payment-timeout'))[1]
    expect(again?.due_at?.getTime()).toBeGreaterThan(Date.now() + 30_000)
    await endClaim(order)
    await timerDue(order.id)
    expect((await get(order.id)).status).toBe('cancelled')
  })
  test('by transfer is waited for until its hold ends', async () => {
    const order = await place()
    await deliver(eventsAbout(order).reserved())
    await claim(order, 'bank_transfer')
    const hold = { payment_id: 9, amount: order.total_amount, currency: 'USD', hold_ms: 3 * day }
    expect((await internal('payment', 'POST', `/internal/orders/${order.id}/hold`, hold)).status).toBe(204)
    await timerDue(order.id)
    await shop.service.timeouts.sweep(new Date())
    expect((await get(order.id)).status).toBe('awaiting_payment')
    await Promise.all([makeDue(order), endClaim(order)])
    await timerDue(order.id)
    expect((await get(order.id)).cancel_reason).toBe('payment_timeout')
  })
})
