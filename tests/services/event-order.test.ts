import { afterAll, describe, expect, test } from 'bun:test'
import { orderCreated, orderRepriced, orderStatusUpdated, paymentRefunded, userDeleted } from '#shared/catalog'
import type { Message } from '#shared/event'
import { eventually, messageOf, testSql } from '#shared/testing'
import { ordered, testCart } from '../../services/cart/testing'
import { testPayments } from '../../services/payment/testing'
import { cancelled, committed, testShipping } from '../../services/shipping/testing'
import { compose as composeTax } from '../../services/tax/compose'
import type { TaxDb } from '../../services/tax/database'
import { taxHandlers } from '../../services/tax/events'
import * as taxMigrations from '../../services/tax/migrations'
import { outcomeInAnyOrder, type Scenario } from './arrivals'

/**
 * The messages about one order reach each service in every wrong order, and the outcome is the same. Order has a file of its own beside this one;
 * inventory's test is in services/inventory/message-order.test.ts; promotion's two events are in its redemptions.test.ts.
 */
const stops: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const stop of stops) await stop()
})

describe('payment: the same outcome in any order of arrival, for an order', async () => {
  const shop = await testPayments()
  stops.push(shop.drop)
  let returns = 0
  const scenario =
    (fields: object, refunded: number, messagesOf: (orderId: number) => Message[], byWebhook = false) =>
    async (): Promise<Scenario> => {
      const { id, order_id, transaction_id, amount, currency } = await shop.paid(fields)
      const event = { id: `evt_${id}`, type: 'payment.captured', payment_id: id, transaction_id, amount, currency }
      const messages = messagesOf(order_id)
      return {
        messages: [...(byWebhook ? [() => shop.webhook(event)] : []), ...messages.map(one => () => shop.receive(one))],
        async outcome() {
          const payment = await eventually(async () => {
            await shop.sweep()
            const found = await shop.get(id)
            return found.refunded_amount === refunded ? found : undefined
          })
          const { items } = (await shop.send('GET', `/api/payments/${id}/refunds`, undefined, shop.admin)).body
          const { ledger, outstanding } = await shop.drift()
          expect({ ledger: ledger.count, outstanding: outstanding.count }).toEqual({ ledger: 0, outstanding: 0 })
          const refunds = items.map((refund: { amount: number }) => refund.amount).toSorted()
          return { captured: payment.captured_amount, refunds }
        },
      }
    }
  const twoReturns = (orderId: number) => [
    shop.orderEvents.statusUpdated(orderId, 'delivered'),
    shop.orderEvents.returned(orderId, ++returns, 500.01),
    shop.orderEvents.returned(orderId, ++returns, 699.99),
  ]

  test('that is delivered and returned in two parts', async () => {
    expect(await outcomeInAnyOrder(scenario({}, 1200, twoReturns))).toEqual({ captured: 3000, refunds: [500.01, 699.99] })
  })
  test('that is paid at the door and returned in two parts', async () => {
    const cash = { payment_method: 'cash_on_delivery' }
    expect(await outcomeInAnyOrder(scenario(cash, 1200, twoReturns))).toEqual({ captured: 3000, refunds: [500.01, 699.99] })
  })
  test('that is charged late and cancelled', async () => {
    const twice = (orderId: number) => [shop.orderEvents.cancelled(orderId), shop.orderEvents.statusUpdated(orderId, 'cancelled')]
    const outcome = await outcomeInAnyOrder(scenario({ payment_token: 'tok_late_webhook' }, 3000, twice, true))
    expect(outcome).toEqual({ captured: 3000, refunds: [3000] })
  })
})

test('tax: the same outcome in any order of arrival, for an order that is repriced, paid, sent and refunded in two parts', async () => {
  const { sql, drop } = await testSql<TaxDb>({ service: 'tax', migrations: taxMigrations })
  stops.push(drop)
  const handlers = taxHandlers(composeTax({ sql }))
  let orders = 0
  const outcome = await outcomeInAnyOrder(async () => {
    const order_id = ++orders
    const about = { order_id, user_id: 1 }
    const line = { product_id: 'p', sku: 's', quantity: 1 }
    const priced = (country: string, tax: number) => ({
      ...{ order_id, tax, shipping: 0, total_amount: 100 + tax, currency: 'EUR', destination: { country } },
      tax_lines: [{ category: 'Books', country, rate_ppm: tax * 10_000, net: 100, tax }],
    })
    const first = { ...about, ...priced('DE', 7), items: [{ ...line, price: 100, category: 'Books' }], subtotal: 100, discount: 0 }
    const became = (status: 'paid' | 'fulfilling', version: number) =>
      orderStatusUpdated({ id: order_id, version }, { ...about, status, payment_status: 'paid', items: [line] })
    const payment = { ...about, payment_id: 1, currency: 'EUR', payment_method: 'wallet', transaction_id: 't' }
    const refunded = (refund_id: number, amount: number, total_refunded: number) =>
      paymentRefunded({ id: 1, version: refund_id }, { ...payment, amount, refund_id, total_refunded })
    const drafts = [
      orderCreated({ id: order_id, version: 1 }, { ...first, shipping_option: 'standard', payment_due_at: '', reservation_expires_at: '' }),
      orderRepriced({ id: order_id, version: 2 }, priced('FR', 5)),
      ...[became('paid', 4), became('fulfilling', 5), refunded(2, 33.33, 33.33), refunded(3, 71.67, 105)],
    ]
    const messages = drafts.map((draft, at) => messageOf(draft, { at: new Date(Date.UTC(2026, 2, at + 1)) }))
    return {
      messages: messages.map(one => async () => handlers.find(({ event }) => event.type === one.type)?.handle(one)),
      outcome: () =>
        sql.db.selectFrom('entries').selectAll().where('order_id', '=', order_id).orderBy('entry').execute().then(withoutOrder),
    }
  })
  expect(outcome).toMatchObject([
    { kind: 'sale', country: 'FR', net: 10_000, tax: 500 },
    { kind: 'refund', net: -3174, tax: -159 },
    { kind: 'refund', net: -6826, tax: -341 },
  ])
})
const withoutOrder = (rows: readonly { order_id: number }[]) => rows.map(({ order_id: _, ...row }) => row)

test('shipping: the same outcome in any order of arrival, for an order that is cancelled and whose customer is deleted', async () => {
  const shop = await testShipping()
  stops.push(shop.drop)
  let users = 1000
  const outcome = await outcomeInAnyOrder(async () => {
    const user = ++users
    const orderId = shop.newOrder(user)
    const gone = messageOf(userDeleted({ id: user, version: 2 }, { user_id: user }))
    return {
      messages: [committed(orderId), cancelled(orderId), gone].map(one => () => shop.receive(one)),
      outcome: async () => (await shop.shipmentsOf(orderId)).filter(({ status, address }) => status !== 'voided' || address !== null),
    }
  })
  expect(outcome).toEqual([])
})

test('cart: the same outcome in any order of arrival, for two orders from one cart', async () => {
  const shop = await testCart()
  stops.push(shop.drop)
  const [book, lamp] = [shop.add({ stock: 100 }), shop.add({ stock: 100 })]
  let users = 1000
  const outcome = await outcomeInAnyOrder(async () => {
    const user = ++users
    const me = await shop.shopper(user)
    await me.put(book, 9)
    await me.put(lamp, 1)
    const taking = (orderId: number, quantity: number) =>
      ordered(orderId, user, [
        { product_id: book.id, sku: book.sku, quantity },
        { product_id: lamp.id, sku: lamp.sku, quantity: 1 },
      ])
    return { messages: [taking(2 * user, 3), taking(2 * user + 1, 2)].map(one => () => shop.handle(one)), outcome: me.pieces }
  })
  expect(outcome).toEqual({ [book.sku]: 4 })
})
