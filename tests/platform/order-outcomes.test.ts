import { describe, expect, test } from 'bun:test'
import { day } from '#shared/time'
import type { PaymentView } from '../../services/payment/model'
import { expectNoDriftAfterwards, shop, times } from '../shop'
import { pieces, until } from '../shopper'

/** Orders that do not go straight from the cart to the door: in each case the money, the stock and the parcels end right. */
expectNoDriftAfterwards()
const admin = await shop.admin()
const ann = await shop.shopper()

describe('an order that is refused', () => {
  test('for want of stock leaves the stock as it was', async () => {
    const product = await shop.addProduct({ stock: 1 })
    const refused = await ann.order(pieces(product, 2))
    expect([refused.status, refused.body.code]).toEqual([409, 'out_of_stock'])
    expect(await shop.stockOf(product.id)).toEqual({ quantity: 1, reserved: 0, available: 1 })
  })

  test('names another currency, an old price or another customer', async () => {
    const product = await shop.addProduct({ price: 10 })
    const bob = await shop.shopper()
    expect((await ann.order({ ...pieces(product), currency: 'EUR' })).body.code).toBe('currency_mismatch')
    expect((await ann.order({ items: [{ product_id: product.id, quantity: 1, price: 9.99 }] })).body.code).toBe('price_changed')
    expect((await bob.order({ user_id: ann.id, ...pieces(product) })).status).toBeGreaterThanOrEqual(400)
  })

  test.each([0, -1, 1.5, 10 ** 10])('has a quantity of %p', async quantity => {
    const refused = await ann.order({ items: [{ product_id: '507f1f77bcf86cd799439011', quantity }] })
    expect(refused.status).toBe(400)
  })

  test('is the second of two shoppers who want the last piece', async () => {
    const product = await shop.addProduct({ stock: 1 })
    const people = await times(2, shop.shopper)
    const ends = await Promise.all(
      people.map(async person => {
        const { status, body } = await person.order(pieces(product))
        if (status === 409) return 'refused'
        return until(async () => {
          const found = await person.orderOf(body.id)
          return found.status === 'pending' ? undefined : found.status
        })
      }),
    )
    expect(ends.filter(end => end === 'awaiting_payment')).toHaveLength(1)
    expect(await shop.stockOf(product.id)).toEqual({ quantity: 1, reserved: 1, available: 0 })
  })
})

describe('an idempotency key', () => {
  test('gives the same order again, and refuses another body', async () => {
    const product = await shop.addProduct()
    const key = { 'idempotency-key': crypto.randomUUID() }
    const [first, second] = [await ann.order(pieces(product), key), await ann.order(pieces(product), key)]
    expect(second.status).toBe(201)
    expect(second.body).toEqual(first.body)
    expect(second.headers.get('idempotent-replayed')).toBe('true')
    expect((await ann.order({ ...pieces(product), shipping_option: 'express' }, key)).status).toBe(422)
    await ann.untilOrder(first.body.id, 'awaiting_payment')
    await shop.untilStock(product.id, { quantity: 10, reserved: 1 })
  })
})

describe('a payment', () => {
  test('that is declined leaves the order open for another card', async () => {
    const product = await shop.addProduct()
    const order = await ann.place(pieces(product))
    expect((await ann.pay(order, { payment_token: 'tok_decline' })).body.status).toBe('failed')
    expect((await ann.orderOf(order.id)).status).toBe('awaiting_payment')
    expect((await ann.pay(order)).body.status).toBe('completed')
    await ann.untilOrder(order.id, 'fulfilling')
    await shop.untilStock(product.id, { quantity: 9, reserved: 0 })
  })

  test('is refused when it is a cent off, or for another customer’s order', async () => {
    const product = await shop.addProduct({ price: 10 })
    const order = await ann.place(pieces(product))
    const off = await ann.pay(order, { amount: order.total_amount - 0.01 })
    expect([off.status, off.body.code]).toEqual([409, 'amount_mismatch'])
    const bob = await shop.shopper()
    expect((await bob.pay(order)).status).toBe(404)
    expect((await bob.ask('GET', `/api/orders/${order.id}`)).status).toBe(404)
    expect((await bob.cancel(order.id)).status).toBe(404)
  })

  test('with 3-D Secure is completed by the customer’s confirmation', async () => {
    const product = await shop.addProduct()
    const order = await ann.place(pieces(product))
    const { body: payment } = await ann.pay(order, { payment_token: 'tok_3ds' })
    expect(payment.status).toBe('requires_action')
    expect((await ann.orderOf(order.id)).status).toBe('awaiting_payment')
    const { pathname } = new URL(String(payment.next_action?.url), 'http://localhost')
    await shop.guest.call('POST', pathname, { body: { outcome: 'success' } })
    await ann.untilOrder(order.id, 'fulfilling')
  })

  test.each(['tok_timeout', 'tok_late_webhook', 'tok_duplicate_webhook'])('with %s is charged once', async payment_token => {
    const product = await shop.addProduct()
    const order = await ann.place(pieces(product))
    expect((await ann.pay(order, { payment_token })).status).toBe(201)
    await ann.untilOrder(order.id, 'fulfilling', 30_000)
    expect((await ann.paymentsOf(order.id)).map(({ status }) => status)).toEqual(['completed'])
  })

  test('by bank transfer has days, and is completed when the money arrives', async () => {
    const product = await shop.addProduct()
    const order = await ann.place(pieces(product))
    const { body: payment } = await ann.pay(order, { payment_method: 'bank_transfer' })
    expect(payment.status).toBe('pending')
    await until(async () => Date.parse((await ann.orderOf(order.id)).payment_due_at) > Date.parse(order.payment_due_at) + day)
    expect((await ann.orderOf(order.id)).status).toBe('awaiting_payment')
    await admin.call('POST', `/api/payments/${payment.id}/capture`)
    await ann.untilOrder(order.id, 'fulfilling')
  })

  test('on delivery is captured at the door, after the goods are sent', async () => {
    const product = await shop.addProduct()
    const order = await ann.place(pieces(product))
    const { body: payment } = await ann.pay(order, { payment_method: 'cash_on_delivery' })
    expect(payment.status).toBe('authorized')
    const shipment = await ann.untilShipment(order.id)
    expect(await ann.orderOf(order.id)).toMatchObject({ status: 'fulfilling', payment_status: 'authorized' })
    await shop.deliver(shipment.id)
    await ann.untilOrder(order.id, 'delivered')
    await until(async () => (await ann.orderOf(order.id)).payment_status === 'paid')
    expect((await ann.call<PaymentView>('GET', `/api/payments/${payment.id}`)).status).toBe('completed')
  })
})

describe('a cancellation', () => {
  test('before the payment frees the stock', async () => {
    const product = await shop.addProduct()
    const order = await ann.place(pieces(product, 4))
    await shop.untilStock(product.id, { quantity: 10, reserved: 4 })
    const cancelled = await ann.cancel(order.id)
    expect(cancelled.status).toBe(200)
    expect(cancelled.body).toMatchObject({ status: 'cancelled', cancel_reason: 'by_customer', payment_status: 'unpaid', next_states: [] })
    await shop.untilStock(product.id, { quantity: 10, reserved: 0 })
    expect((await ann.cancel(order.id)).status).toBe(409)
    expect((await ann.pay(order)).status).toBe(409)
  })

  test('after the payment refunds the money, returns the stock and voids the parcel', async () => {
    const product = await shop.addProduct()
    const { id } = await ann.buy(pieces(product, 2))
    await shop.untilStock(product.id, { quantity: 8, reserved: 0 })
    expect((await ann.cancel(id)).body.status).toBe('cancelled')
    await until(async () => {
      expect((await ann.orderOf(id)).payment_status).toBe('refunded')
      expect((await ann.paymentOf(id)).status).toBe('refunded')
      return true
    })
    await shop.untilStock(product.id, { quantity: 10, reserved: 0 })
    for (const { status } of await ann.shipmentsOf(id)) expect(status).toMatch(/void|cancelled/)
  })

  test('is refused once the parcel is picked up', async () => {
    const product = await shop.addProduct()
    const { id } = await ann.buy(pieces(product))
    const shipment = await ann.untilShipment(id)
    expect((await shop.reportParcel(shipment.id, 'picked_up')).status).toBeLessThan(300)
    expect((await ann.cancel(id)).status).toBe(409)
    await ann.untilOrder(id, 'shipped')
  })
})
