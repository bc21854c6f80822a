import { afterAll, describe, expect, test } from 'bun:test'
import { day, minute } from '#shared/time'
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
const hold = async (id: number, more: object = {}) => {
  const body = { payment_id: 9, amount: 3000, currency: 'USD', hold_ms: minute, ...more }
  const { status, body: answer } = await internal('payment', 'POST', `/internal/orders/${id}/hold`, body)
  return { outcome: status === 204 ? 'granted' : `${status} ${answer.code}` }
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
  test('is refused once twenty payments of the order have failed', async () => {
    const order = await payable()
    const declined = (payment_id: number) => eventsAbout(order).declined({ payment_id })
    await deliver(...Array.from({ length: 19 }, (_, n) => declined(100 + n)))
    expect((await claim(order.id, { payment_id: 119 })).outcome).toBe('granted')
    await deliver(declined(119))
    const refused = await claim(order.id, { payment_id: 120 })
    expect([refused.outcome, refused.headers.get('retry-after')]).toEqual(['409 order_not_payable', null])
    expect(refused.body.detail).toContain('Too many payments')
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
  test('lasts a minute and moves no due time, of a transfer too', async () => {
    const { id, payment_due_at } = await payable()
    expect((await claim(id, { payment_method: 'bank_transfer' })).outcome).toBe('granted')
    const second = await claim(id, { payment_id: 10 })
    expect(Number(second.headers.get('retry-after'))).toBeLessThanOrEqual(60)
    expect((await shop.get(id)).payment_due_at).toBe(payment_due_at)
    expect(await shop.published(id, 'order.payment_due_changed')).toEqual([])
  })
})

describe('a hold of a stored payment', () => {
  test('of days moves the due time of the order and its reservation, once', async () => {
    const { id } = await payable()
    await claim(id, { payment_method: 'bank_transfer' })
    expect((await hold(id, { hold_ms: 3 * day })).outcome).toBe('granted')
    expect((await hold(id, { hold_ms: 3 * day })).outcome).toBe('granted')
    const { payment_due_at, reservation_expires_at } = await shop.get(id)
    expect(Date.parse(payment_due_at)).toBeGreaterThan(Date.now() + 2 * day)
    expect(await shop.published(id, 'order.payment_due_changed')).toMatchObject([
      { data: { order_id: id, payment_due_at, reservation_expires_at } },
    ])
    expect((await shop.published(id, 'order.payment-timeout'))[1]?.due_at).toEqual(new Date(payment_due_at))
    expect((await claim(id)).outcome).toBe('granted')
    const second = await claim(id, { payment_id: 10 })
    expect([second.outcome, Number(second.headers.get('retry-after')) > 2 * 86_400]).toEqual(['409 payment_in_progress', true])
  })
  test('of minutes keeps address and price, and lets the reservation’s own time do', async () => {
    const { id, payment_due_at } = await payable()
    await claim(id)
    expect((await hold(id, { hold_ms: 10 * minute })).outcome).toBe('granted')
    expect((await shop.get(id)).payment_due_at).toBe(payment_due_at)
    const { claim_until } = await shop.sql.db.selectFrom('orders').select('claim_until').where('id', '=', id).executeTakeFirstOrThrow()
    expect(Number(claim_until)).toBeGreaterThan(Date.now() + 9 * minute)
    expect((await move(id)).body.code).toBe('payment_in_progress')
  })
  test('is granted after its claim has ended, unless the order was repriced, is cancelled or is claimed by another payment', async () => {
    const [late, repriced, cancelled, claimed] = [await payable(), await payable(), await payable(), await payable()]
    expect((await hold(late.id)).outcome).toBe('granted')
    const body = { shipping_address: { line1: 'Hauptstr. 1', city: 'Berlin', country: 'DE' } }
    await send('PATCH', `/api/orders/${repriced.id}`, { body })
    expect((await hold(repriced.id)).outcome).toBe('409 amount_mismatch')
    await send('POST', `/api/orders/${cancelled.id}/cancel`)
    expect((await hold(cancelled.id)).outcome).toBe('409 order_not_payable')
    await claim(claimed.id, { payment_id: 10 })
    expect((await hold(claimed.id)).outcome).toBe('409 payment_in_progress')
    expect((await hold(999_999)).outcome).toBe('404 order_not_found')
  })
  test('is refused when it arrives after its payment has ended, so that another one can pay', async () => {
    const order = await payable()
    await claim(order.id)
    await deliver(eventsAbout(order).voided())
    expect((await hold(order.id, { hold_ms: 3 * day })).outcome).toBe('409 order_not_payable')
    expect((await claim(order.id, { payment_id: 10 })).outcome).toBe('granted')
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
  test('that costs less than a payment under way captured tells payment what is due', async () => {
    const order = await payable()
    await deliver(eventsAbout(order).captured({ amount: 3600 }), eventsAbout(order).packed())
    const steps = (await shop.published(order.id, 'order.status_updated')).map(({ data }) => [data.status, data.due_amount])
    expect(steps).toEqual([
      ['awaiting_payment', undefined],
      ['paid', 3000],
      ['fulfilling', 3000],
    ])
  })
  test('tells payment what is due when a payment of another amount is captured after it was paid', async () => {
    const order = await payable()
    const { captured } = eventsAbout(order)
    await deliver(captured(), captured({ payment_id: 8, amount: 2400 }), captured({ payment_id: 7, amount: 2400 }))
    const steps = (await shop.published(order.id, 'order.status_updated')).map(({ data }) => [data.status, data.due_amount])
    expect(steps).toEqual([
      ['awaiting_payment', undefined],
      ['paid', undefined],
      ['paid', 3000],
    ])
  })
  test('that costs more than a payment under way captured leaves the order unpaid', async () => {
    const order = await payable()
    await send('PATCH', `/api/orders/${order.id}`, { body: { shipping_address: german } })
    await deliver(eventsAbout(order).captured())
    expect((await shop.get(order.id)).status).toBe('awaiting_payment')
  })
})
