import { afterAll, describe, expect, test } from 'bun:test'
import { testOrders } from './testing'
import { eventsAbout } from './testing-events'

const shop = await testOrders()
const { place, deliver, internal, send } = shop
afterAll(() => shop.stop())

const payable = async () => {
  const order = await place()
  await deliver(eventsAbout(order).reserved())
  return order
}
const usual = { payment_id: 9, user_id: 42, is_admin: false, amount: 3000, payment_method: 'credit_card' }
const claim = async (id: number, more: object = {}) => {
  const answer = await internal('payment', 'POST', `/internal/orders/${id}/claim`, { ...usual, ...more })
  return { ...answer, outcome: answer.status === 200 ? 'granted' : `${answer.status} ${answer.body.code}` }
}
const move = (id: number) => send('PATCH', `/api/orders/${id}`, { body: { shipping_address: '5 Side Street' } })

describe('a claim of a payment', () => {
  test('answers what is due, and the same when it is repeated', async () => {
    const { id } = await payable()
    const first = await claim(id, { currency: 'USD' })
    expect(first.body).toEqual({ order_id: id, user_id: 42, amount: 3000, currency: 'USD' })
    expect((await claim(id)).body).toEqual(first.body)
  })
  test('freezes address and price, and keeps other payments out, until its time is over', async () => {
    const { id } = await payable()
    expect((await claim(id)).outcome).toBe('granted')
    const second = await claim(id, { payment_id: 10 })
    expect(second.outcome).toBe('409 payment_in_progress')
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await move(id)).body.code).toBe('payment_in_progress')
    await shop.sql.db
      .updateTable('orders')
      .set({ claim_until: new Date(Date.now() - 1) })
      .where('id', '=', id)
      .execute()
    expect((await move(id)).status).toBe(200)
    expect((await claim(id, { payment_id: 10 })).outcome).toBe('granted')
  })
  test('ends when it is released, or the payment is declined', async () => {
    const { id } = await payable()
    await claim(id)
    expect((await internal('payment', 'POST', `/internal/orders/${id}/release`, { payment_id: 8 })).status).toBe(204)
    expect((await claim(id, { payment_id: 10 })).outcome).toBe('409 payment_in_progress')
    expect((await internal('payment', 'POST', `/internal/orders/${id}/release`, { payment_id: 9 })).status).toBe(204)
    expect((await claim(id, { payment_id: 10 })).outcome).toBe('granted')
    await deliver(eventsAbout(await shop.get(id)).declined({ payment_id: 10 }))
    expect((await claim(id, { payment_id: 11 })).outcome).toBe('granted')
  })
  test('is granted for exactly what is due, in the currency of the order, to its customer or an admin', async () => {
    const { id } = await payable()
    expect((await claim(id, { amount: 2999.99 })).outcome).toBe('409 amount_mismatch')
    expect((await claim(id, { currency: 'EUR' })).outcome).toBe('409 currency_mismatch')
    expect((await claim(id, { user_id: 43 })).outcome).toBe('404 order_not_found')
    expect((await claim(999_999)).outcome).toBe('404 order_not_found')
    expect((await claim(id, { user_id: 1, is_admin: true })).outcome).toBe('granted')
  })
  test('is granted only while the order waits for a payment', async () => {
    const order = await place()
    const early = await claim(order.id)
    expect([early.outcome, early.headers.get('retry-after')]).toEqual(['409 order_not_payable', '1'])
    await deliver(eventsAbout(order).reserved(), eventsAbout(order).captured())
    expect((await claim(order.id)).outcome).toBe('409 order_not_payable')
  })
  test('is granted to one of twenty payments at once', async () => {
    const { id } = await payable()
    const all = await Promise.all(Array.from({ length: 20 }, (_, n) => claim(id, { payment_id: 100 + n })))
    expect(all.filter(({ outcome }) => outcome === 'granted')).toHaveLength(1)
  })
  test('of a transfer lasts as long as the transfer may take', async () => {
    const { id } = await payable()
    expect((await claim(id, { payment_method: 'bank_transfer' })).outcome).toBe('granted')
    expect((await claim(id, { payment_method: 'bank_transfer' })).outcome).toBe('granted')
    expect(await shop.published(id, 'order.payment_due_changed')).toHaveLength(1)
    expect((await claim(id, { payment_id: 10 })).outcome).toBe('409 payment_in_progress')
  })
})

describe('another address', () => {
  const german = { line1: 'Hauptstr. 1', city: 'Berlin', country: 'DE' }
  test('before payment changes the price, and is published', async () => {
    const order = await payable()
    const { status, body } = await send('PATCH', `/api/orders/${order.id}`, { body: { shipping_address: german } })
    expect(status).toBe(200)
    expect(body).toMatchObject({ shipping_address: german, tax: 600, total_amount: 3600, items: [{ tax: 600 }] })
    expect(await shop.get(order.id)).toEqual(body)
    expect((await claim(order.id)).outcome).toBe('409 amount_mismatch')
    expect((await shop.published(order.id, 'order.repriced'))[0]?.data).toMatchObject({
      total_amount: 3600,
      destination: { country: 'DE' },
    })
    const { body: timeline } = await send('GET', `/api/orders/${order.id}/timeline`)
    expect(timeline.items.at(-1)).toMatchObject({ type: 'order.repriced', data: { total_amount: 3600 } })
  })
  test('is refused to other customers, and after payment', async () => {
    const order = await payable()
    const body = { shipping_address: german }
    expect((await send('PATCH', `/api/orders/${order.id}`, { body, user: 43 })).status).toBe(404)
    expect((await send('PATCH', `/api/orders/${order.id}`, { body: { shipping_option: 'express' } })).status).toBe(400)
    await deliver(eventsAbout(order).captured())
    expect((await send('PATCH', `/api/orders/${order.id}`, { body })).body.code).toBe('illegal_transition')
  })
  test('changes nothing while tax is down', async () => {
    const order = await payable()
    shop.down.add('tax')
    expect((await send('PATCH', `/api/orders/${order.id}`, { body: { shipping_address: german } })).status).toBe(503)
    shop.down.clear()
    expect(await shop.get(order.id)).toMatchObject({ total_amount: 3000, shipping_address: '123 Main St, City' })
  })
  test('that costs more than a payment under way captured leaves the order unpaid', async () => {
    const order = await payable()
    await send('PATCH', `/api/orders/${order.id}`, { body: { shipping_address: german } })
    await deliver(eventsAbout(order).captured())
    expect((await shop.get(order.id)).status).toBe('awaiting_payment')
  })
})
