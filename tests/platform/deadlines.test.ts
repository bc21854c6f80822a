import { afterAll, describe, expect, test } from 'bun:test'
import { createPool } from 'mysql2/promise'
import { start } from '../../services/order/main'
import type { PaymentView } from '../../services/payment/model'
import { expectNoDriftAfterwards, shop, times } from '../shop'
import { pieces, shopperOf, until } from '../shopper'

/**
 * Orders whose time to pay runs out, and payments that come at that moment. Beside the platform's instance of order runs one that allows 1.5 s; the two share
 * the events, the sweeps and the requests. shared/bus/restart.test.ts shows that due times survive a restart of the broker.
 */
const timeoutMs = 1500
const databaseUrl = String(Bun.env.TEST_MYSQL_URL)
const mysql = createPool({ uri: databaseUrl, connectionLimit: 2 })
const { TEST_REDIS_URL: REDIS_URL, TEST_RABBITMQ_URL: RABBITMQ_URL, INTERNAL_KEY } = Bun.env
const instance = await start({
  ...{ REDIS_URL, RABBITMQ_URL, INTERNAL_KEY, PORT: '0', LOG_LEVEL: 'silent' },
  MYSQL_URL: Object.assign(new URL(databaseUrl), { pathname: '/shop_order' }).href,
  // A claim made at this instance ends before a slow charge does; one made at the other instance does not.
  ...{ ORDER_PAYMENT_TIMEOUT_MS: String(timeoutMs), CLAIM_MS: '200' },
})
expectNoDriftAfterwards()
afterAll(() => Promise.all([instance.stop(), mysql.end()]))

const ann = await shop.shopper()
const annInAHurry = shopperOf(ann.id, ann.at(instance.url))

const sleepUntil = (moment: number) => Bun.sleep(Math.max(0, moment - Date.now()))
const order = async (product: { id: string }, more: object = {}) => {
  const { status, body } = await annInAHurry.order({ ...pieces(product), ...more })
  expect(status).toBe(201)
  return { ...body, dueAt: Date.parse(body.payment_due_at) }
}
/** As if days had passed for this order. */
const makeOverdue = (id: number) =>
  mysql.query('update shop_order.orders set payment_due_at = now(3) - interval 1 second, claim_until = null where id = ?', [id])

describe('an order that nobody pays', () => {
  test('is cancelled when its time is over, not before; its stock and its coupon are free again', async () => {
    const coupon = await shop.addCoupon({ total_limit: 4 })
    const product = await shop.addProduct({ stock: 4 })
    for (const _ of ['once', 'and again']) {
      const unpaid = await times(4, () => order(product, { coupon_code: coupon.code }))
      await Promise.all(
        unpaid.map(async ({ id, dueAt }) => {
          const ended = await ann.untilOrder(id, 'cancelled')
          expect(ended).toMatchObject({ cancel_reason: 'payment_timeout', payment_status: 'unpaid' })
          expect(Date.parse(ended.updated_at)).toBeGreaterThanOrEqual(dueAt)
        }),
      )
      await shop.untilStock(product.id, { quantity: 4, reserved: 0 })
      await until(async () => (await coupon.used()) === 0)
      // The catalog learns of it a moment later, and refuses what it believes to be sold out.
      await until(async () => (await ann.call<{ stock: number }>('GET', `/api/products/${product.id}`)).stock === 4)
      for (const late of unpaid.slice(0, 1)) expect((await ann.pay(late)).body.code).toBe('order_not_payable')
    }
  })
})

describe('a payment that comes after the end', () => {
  test('is refunded, once', async () => {
    const product = await shop.addProduct()
    const placed = await ann.place(pieces(product))
    expect((await ann.pay(placed, { payment_token: 'tok_late_webhook' })).body.status).toBe('pending')
    await makeOverdue(placed.id)
    expect(await ann.untilOrder(placed.id, 'cancelled')).toMatchObject({ cancel_reason: 'payment_timeout' })
    await until(async () => (await ann.orderOf(placed.id)).payment_status === 'refunded')
    expect(await ann.moneyOf(placed.id)).toEqual({ captured: [1500], refunds: [1500], held: 0 })
    await shop.untilStock(product.id, { quantity: 10, reserved: 0 })
  })

  test('is voided when it waited for the customer’s bank, and captures nothing', async () => {
    const product = await shop.addProduct()
    const placed = await ann.place(pieces(product))
    const { body: payment } = await ann.pay(placed, { payment_token: 'tok_3ds' })
    await makeOverdue(placed.id)
    await ann.untilOrder(placed.id, 'cancelled')
    const status = async () => (await ann.call<PaymentView>('GET', `/api/payments/${payment.id}`)).status
    await until(async () => (await status()) === 'voided')
    await shop.guest.ask('POST', String(payment.next_action?.url), { body: { outcome: 'success' } })
    expect(await ann.moneyOf(placed.id)).toEqual({ captured: [], refunds: [], held: 0 })
    expect(await status()).toBe('voided')
  })
})

describe('a payment at the moment at which the time is over', () => {
  /** Waits until each order was bought or cancelled, with money and parcels to match, and the stock lacks what was bought. */
  const settle = async (product: { id: string }, stock: number, ids: readonly number[]) => {
    const statuses = await Promise.all(
      ids.map(id =>
        until(async () => {
          const [found, money, parcels] = await Promise.all([ann.orderOf(id), ann.moneyOf(id), ann.shipmentsOf(id)])
          const expected =
            found.status === 'fulfilling'
              ? { status: 'fulfilling', payment_status: 'paid', captured: [1500], held: 1500, parcels: 1 }
              : { status: 'cancelled', cancel_reason: 'payment_timeout', held: 0, parcels: 0 }
          expect({ ...found, ...money, parcels: parcels.length }).toMatchObject(expected)
          return found.status
        }),
      ),
    )
    const bought = statuses.filter(status => status === 'fulfilling').length
    await shop.untilStock(product.id, { quantity: stock - bought, reserved: 0 })
    return { bought, cancelled: statuses.length - bought }
  }

  test('buys the goods or is refused, forty times', async () => {
    const product = await shop.addProduct({ stock: 100 })
    const ids = await times(8, async lane => {
      const placed: number[] = []
      // Each lane moves towards the moment that divides the two outcomes, however long a payment takes here.
      let aheadMs = 400 - 60 * lane
      for (let round = 0; round < 5; round++) {
        const { id, total_amount, dueAt } = await order(product)
        placed.push(id)
        await sleepUntil(dueAt - aheadMs)
        const { status } = await ann.pay({ id, total_amount })
        expect([201, 409]).toContain(status)
        aheadMs += status === 201 ? -100 : 250
      }
      return placed
    })
    const { bought, cancelled } = await settle(product, 100, ids.flat())
    expect(bought).toBeGreaterThan(0)
    expect(cancelled).toBeGreaterThan(0)
  })

  test('that the provider completes late buys the goods or is refunded, sixteen times', async () => {
    const product = await shop.addProduct({ stock: 100 })
    const ids = await times(16, async () => {
      const { id, total_amount } = await order(product)
      expect([201, 409]).toContain((await ann.pay({ id, total_amount }, { payment_token: 'tok_late_webhook' })).status)
      return id
    })
    await settle(product, 100, ids)
  })
})
