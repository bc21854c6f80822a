import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { on } from '#shared/event'
import { eventually } from '#shared/testing'
import { paid, type TestRoom, testRoom } from './testing'

let shop: TestRoom
beforeAll(async () => {
  shop = await testRoom(9)
})
afterEach(() => shop.reset())
afterAll(async () => {
  expect(await shop.drop()).toEqual([])
})

describe('the story of an order', () => {
  test('has what other services know of it, and its dead letters of every queue', async () => {
    shop.answers['inventory /internal/reservations'] = { reservations: { 7: 'reserved' } }
    shop.answers['promotion /internal/redemptions'] = { redemptions: {} }
    shop.answers['tax /internal/orders'] = { orders: { 7: 30 } }
    shop.answers['payment /internal/payments/by-order'] = { payments: { 7: { captured: 30, refunded: 0 } } }
    const tax = await shop.broker.open('tax')
    const failing = on(paid, () => Promise.reject(new Error('no rate')))
    await tax.consume([failing])
    for (const order of [6, 7]) await shop.pay(order)
    const { send } = await shop.instance()
    await eventually(async () => (await shop.bus.deadLetters.counts()).get('tax.order-events')! >= 2)
    const { status, body } = await send('GET', '/orders/7')
    expect([status, body]).toMatchObject([
      200,
      { order_id: 7, reservation: 'reserved', redemption: null, taxed: 30, money: { captured: 30 }, unanswered: [] },
    ])
    expect(body.dead_letters).toMatchObject([{ queue: 'tax.order-events', type: 'order.paid', order_id: 7, reason: 'Error: no rate' }])

    // The same letters by their filter, and none that does not match is touched.
    const listed = await send('GET', '/dead-letters?order_id=7&type=order.paid&reason=RATE')
    expect(listed.body.queues).toMatchObject([{ queue: 'tax.order-events', items: [{ order_id: 7 }] }])
    expect((await send('GET', '/dead-letters?order_id=7&type=order.created')).body.queues).toEqual([])
    const removed = await send('DELETE', '/dead-letters/tax.order-events?order_id=7')
    expect(removed.body).toMatchObject({ removed: 1 })
    expect((await send('GET', '/orders/7')).body.dead_letters).toEqual([])
    expect((await send('GET', '/orders/6')).body.dead_letters.length).toBe(1)
  })

  test('names who did not answer, and shows the rest', async () => {
    shop.answers['inventory /internal/reservations'] = { reservations: { 7: 'committed' } }
    const { send } = await shop.instance()
    const { body } = await send('GET', '/orders/7')
    expect(body).toMatchObject({ reservation: 'committed', taxed: null, money: null })
    expect(body.unanswered.toSorted()).toEqual(['payment', 'promotion', 'tax'])
    for (const id of ['0', '-1', 'x', '1.5', '99999999999999999999']) expect((await send('GET', `/orders/${id}`)).status).toBe(400)
  })
})
