import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { eventually } from '#shared/testing'
import { type Person, theShop } from '../shop'

const {
  admin,
  ask,
  carrierSays,
  expectNoDrift,
  must,
  offer,
  order,
  orderOf,
  pay,
  paymentOf,
  placed,
  register,
  shipmentsOf,
  stockOf,
  untilOrder,
  untilShipment,
  untilStock,
} = theShop

/** Where a shopper's way is not straight: each time the money, the stock and the parcels end right. */
const began = new Date()
let ann: Person
let boss: string
beforeAll(async () => {
  ann = await register()
  boss = await admin()
})
afterAll(() => expectNoDrift(began))

const refunded = (person: Person, orderId: number) =>
  eventually(async () => {
    expect((await orderOf(person, orderId)).payment_status).toBe('refunded')
    const payment = await paymentOf(person, orderId)
    expect((payment.items ?? [payment]).some((one: { status: string }) => one.status === 'refunded')).toBe(true)
    return true
  })

describe('what goes otherwise', () => {
  test('out of stock is said at once, and nothing is kept', async () => {
    const product = await offer({ stock: 1 })
    const refused = await order(ann, { items: [{ product_id: product.id, quantity: 2 }] })
    expect(refused.status).toBe(409)
    expect(refused.body).toMatchObject({ code: 'out_of_stock' })
    expect(await stockOf(product.id)).toEqual({ quantity: 1, reserved: 0, available: 1 })
  })

  test('a declined card keeps the order open for another', async () => {
    const product = await offer()
    const { id } = await placed(ann, { items: [{ product_id: product.id, quantity: 1 }] })
    expect((await pay(ann, id, 1500, { payment_token: 'tok_decline' })).body.status).toBe('failed')
    expect((await orderOf(ann, id)).status).toBe('awaiting_payment')
    expect((await pay(ann, id, 1500)).body.status).toBe('completed')
    await untilOrder(ann, id, 'fulfilling')
    await untilStock(product.id, { quantity: 9, reserved: 0 })
  })

  test('an amount a cent off, a foreign currency and another’s order are refused', async () => {
    const product = await offer({ price: 10 })
    const { id, total_amount } = await placed(ann, { items: [{ product_id: product.id, quantity: 1 }] })
    const off = await pay(ann, id, total_amount - 0.01)
    expect(off.status).toBe(409)
    expect(off.body.code).toBe('amount_mismatch')
    const bob = await register()
    expect((await pay(bob, id, total_amount)).status).toBe(404)
    expect((await ask('GET', `/api/orders/${id}`, { token: bob.token })).status).toBe(404)
    expect((await ask('POST', `/api/orders/${id}/cancel`, { token: bob.token })).status).toBe(404)
    expect((await order(ann, { items: [{ product_id: product.id, quantity: 1 }], currency: 'EUR' })).body.code).toBe('currency_mismatch')
    expect((await order(ann, { items: [{ product_id: product.id, quantity: 1, price: 9.99 }] })).body.code).toBe('price_changed')
    expect((await order(bob, { user_id: ann.id, items: [{ product_id: product.id, quantity: 1 }] })).status).toBeGreaterThanOrEqual(400)
  })

  test('3-D Secure asks for one step more', async () => {
    const product = await offer()
    const { id } = await placed(ann, { items: [{ product_id: product.id, quantity: 1 }] })
    const { body: payment } = await pay(ann, id, 1500, { payment_token: 'tok_3ds' })
    expect(payment.status).toBe('requires_action')
    expect(payment.next_action.url).toBeString()
    expect((await orderOf(ann, id)).status).toBe('awaiting_payment')
    const step = new URL(payment.next_action.url, 'http://localhost')
    await must('POST', step.pathname, { body: { outcome: 'success' } })
    await untilOrder(ann, id, 'fulfilling')
  })

  test.each(['tok_timeout', 'tok_late_webhook', 'tok_duplicate_webhook'])(
    '%s: the charge is found, once',
    async token => {
      const product = await offer()
      const { id } = await placed(ann, { items: [{ product_id: product.id, quantity: 1 }] })
      expect((await pay(ann, id, 1500, { payment_token: token })).status).toBe(201)
      await untilOrder(ann, id, 'fulfilling', 20_000)
      const { items } = await must('GET', `/api/payments?order_id=${id}`, { token: ann.token })
      expect(items.map(({ status }: { status: string }) => status)).toEqual(['completed'])
    },
    30_000,
  )

  test('cancelled before it is paid: stock comes back', async () => {
    const product = await offer()
    const { id } = await placed(ann, { items: [{ product_id: product.id, quantity: 4 }] })
    await untilStock(product.id, { quantity: 10, reserved: 4 })
    const cancelled = await ask('POST', `/api/orders/${id}/cancel`, { token: ann.token })
    expect(cancelled.status).toBe(200)
    expect(cancelled.body).toMatchObject({ status: 'cancelled', cancel_reason: 'by_customer', payment_status: 'unpaid', next_states: [] })
    await untilStock(product.id, { quantity: 10, reserved: 0 })
    expect((await ask('POST', `/api/orders/${id}/cancel`, { token: ann.token })).status).toBe(409)
    expect((await pay(ann, id, 6000)).status).toBe(409)
  })

  test('cancelled after it is paid: money and stock come back', async () => {
    const product = await offer()
    const { id } = await placed(ann, { items: [{ product_id: product.id, quantity: 2 }] })
    expect((await pay(ann, id, 3000)).status).toBe(201)
    await untilOrder(ann, id, 'fulfilling')
    await untilStock(product.id, { quantity: 8, reserved: 0 })
    expect((await ask('POST', `/api/orders/${id}/cancel`, { token: ann.token })).body.status).toBe('cancelled')
    await refunded(ann, id)
    await untilStock(product.id, { quantity: 10, reserved: 0 })
    for (const { status } of await shipmentsOf(ann, id)) expect(status).toMatch(/void|cancelled/)
  })

  test('once the parcel is picked up it can’t be cancelled', async () => {
    const product = await offer()
    const { id } = await placed(ann, { items: [{ product_id: product.id, quantity: 1 }] })
    await pay(ann, id, 1500)
    const shipment = await untilShipment(ann, id)
    expect((await carrierSays(shipment.id, 'picked_up')).status).toBeLessThan(300)
    expect((await ask('POST', `/api/orders/${id}/cancel`, { token: ann.token })).status).toBe(409)
    await untilOrder(ann, id, 'shipped')
  })

  test('bank transfer: days to pay, completed when the money comes', async () => {
    const product = await offer()
    const { id, payment_due_at } = await placed(ann, { items: [{ product_id: product.id, quantity: 1 }] })
    const { body: payment } = await pay(ann, id, 1500, { payment_method: 'bank_transfer' })
    expect(payment.status).toBe('pending')
    await eventually(async () => Date.parse((await orderOf(ann, id)).payment_due_at) > Date.parse(payment_due_at) + 24 * 3600_000)
    expect((await orderOf(ann, id)).status).toBe('awaiting_payment')
    await must('POST', `/api/payments/${payment.id}/capture`, { token: boss })
    await untilOrder(ann, id, 'fulfilling')
  })

  test('cash on delivery: sent before it is paid, captured at the door', async () => {
    const product = await offer()
    const { id } = await placed(ann, { items: [{ product_id: product.id, quantity: 1 }] })
    const { body: payment } = await pay(ann, id, 1500, { payment_method: 'cash_on_delivery' })
    expect(payment.status).toBe('authorized')
    const shipment = await untilShipment(ann, id)
    expect(await orderOf(ann, id)).toMatchObject({ status: 'fulfilling', payment_status: 'authorized' })
    for (const status of ['picked_up', 'in_transit', 'delivered']) await carrierSays(shipment.id, status)
    await untilOrder(ann, id, 'delivered')
    await eventually(async () => (await orderOf(ann, id)).payment_status === 'paid')
    expect((await must('GET', `/api/payments/${payment.id}`, { token: ann.token })).status).toBe('completed')
  })

  test('two shoppers and the last piece: one has it', async () => {
    const product = await offer({ stock: 1 })
    const people = await Promise.all([register(), register()])
    const answers = await Promise.all(people.map(person => order(person, { items: [{ product_id: product.id, quantity: 1 }] })))
    const ends = await Promise.all(
      answers.map(async ({ status, body }, index) => {
        if (status === 409) return 'refused'
        return eventually(async () => {
          const found = await orderOf(people[index]!, body.id)
          return found.status === 'pending' ? undefined : found.status
        })
      }),
    )
    expect(ends.filter(end => end === 'awaiting_payment')).toHaveLength(1)
    expect(await stockOf(product.id)).toEqual({ quantity: 1, reserved: 1, available: 0 })
  })

  test('the same key gives the same order, another body under it is refused', async () => {
    const product = await offer()
    const key = { 'idempotency-key': crypto.randomUUID() }
    const items = [{ product_id: product.id, quantity: 1 }]
    const [first, second] = [await order(ann, { items }, key), await order(ann, { items }, key)]
    expect(second.status).toBe(201)
    expect(second.body).toEqual(first.body)
    expect(second.headers.get('idempotent-replayed')).toBe('true')
    expect((await order(ann, { items, shipping_option: 'express' }, key)).status).toBe(422)
    await untilOrder(ann, first.body.id, 'awaiting_payment')
    await untilStock(product.id, { quantity: 10, reserved: 1 })
  })

  test.each([0, -1, 1.5, 10 ** 10])('a quantity of %p is refused', async quantity => {
    const refused = await order(ann, { items: [{ product_id: '507f1f77bcf86cd799439011', quantity }] })
    expect(refused.status).toBe(400)
  })
})
