import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createPool } from 'mysql2/promise'
import { eventually } from '#shared/testing'
import { start } from '../../services/order/main'
import { type Person, type Reply, shopAt, theShop } from '../shop'

const { admin, ask, expectNoDrift, must, moneyOf, offer, orderOf, pay, placed, register, shipmentsOf, untilOrder, untilStock } = theShop

/**
 * Orders whose time to pay runs out, and payments that come at that moment. Beside the platform's own instance of order stands one that gives little time;
 * whichever of them hears, sweeps or is asked. That the alarms outlive a broker that restarts is in shared/bus/restart.test.ts.
 */
const timeoutMs = 1500
const began = new Date()
const mysql = createPool({ uri: String(Bun.env.TEST_MYSQL_URL), connectionLimit: 2 })
let hasty: Awaited<ReturnType<typeof start>>
let quick: typeof theShop
let ann: Person

beforeAll(async () => {
  const { TEST_REDIS_URL: REDIS_URL, TEST_RABBITMQ_URL: RABBITMQ_URL, INTERNAL_KEY } = Bun.env
  hasty = await start({
    ...{ REDIS_URL, RABBITMQ_URL, INTERNAL_KEY, PORT: '0', LOG_LEVEL: 'silent' },
    MYSQL_URL: Object.assign(new URL(String(Bun.env.TEST_MYSQL_URL)), { pathname: '/shop_order' }).href,
    // A claim that was made here does not outlast a slow charge; one that was made at the other instance does.
    ...{ ORDER_PAYMENT_TIMEOUT_MS: String(timeoutMs), CLAIM_MS: '200' },
  })
  quick = shopAt(hasty.url, { email: '', password: '' })
  ann = await register()
})
afterAll(async () => {
  await expectNoDrift(began)
  await Promise.all([hasty?.stop(), mysql.end()])
})

const times = <T>(count: number, make: (at: number) => Promise<T>) => Promise.all(Array.from({ length: count }, (_, at) => make(at)))
const inTime = <T>(check: () => Promise<T>) => eventually(check, { everyMs: 50 })
/** For the one moment that a race is about. */
const at = (moment: number) => Bun.sleep(Math.max(0, moment - Date.now()))
const order = async (product: { id: string }, more: object = {}) => {
  const { status, body }: Reply = await quick.order(ann, { items: [{ product_id: product.id, quantity: 1 }], ...more })
  expect(status).toBe(201)
  return { id: Number(body.id), dueAt: Date.parse(body.payment_due_at) }
}
/** Days pass for one order. */
const isOverdue = (id: number) =>
  mysql.query('update shop_order.orders set payment_due_at = now(3) - interval 1 second, claim_until = null where id = ?', [id])

describe('an order that nobody pays', () => {
  test('is cancelled when its time is over, not before; its stock and its coupon are for others', async () => {
    const code = `DUE${crypto.randomUUID().slice(0, 8)}`.toUpperCase()
    const body = { name: 'Four', code, kind: 'percentage', value: 10, total_limit: 4 }
    const { id: campaign } = await must('POST', '/api/promotions', { token: await admin(), body })
    const product = await offer({ stock: 4 })
    const used = async () => (await must('GET', `/api/promotions/${campaign}`, { token: await admin() })).used
    for (const _ of ['once', 'and again']) {
      const unpaid = await times(4, () => order(product, { coupon_code: code }))
      await Promise.all(
        unpaid.map(async ({ id, dueAt }) => {
          const ended = await untilOrder(ann, id, 'cancelled')
          expect(ended).toMatchObject({ cancel_reason: 'payment_timeout', payment_status: 'unpaid' })
          expect(Date.parse(ended.updated_at)).toBeGreaterThanOrEqual(dueAt)
        }),
      )
      await untilStock(product.id, { quantity: 4, reserved: 0 })
      await inTime(async () => (await used()) === 0)
      expect((await pay(ann, unpaid[0]!.id, 1350)).body.code).toBe('order_not_payable')
    }
  })
})

describe('a payment that comes after the end', () => {
  test('goes back by itself, once', async () => {
    const product = await offer()
    const { id } = await placed(ann, { items: [{ product_id: product.id, quantity: 1 }] })
    expect((await pay(ann, id, 1500, { payment_token: 'tok_late_webhook' })).body.status).toBe('pending')
    await isOverdue(id)
    expect(await untilOrder(ann, id, 'cancelled')).toMatchObject({ cancel_reason: 'payment_timeout' })
    await inTime(async () => (await orderOf(ann, id)).payment_status === 'refunded')
    expect(await moneyOf(ann, id)).toEqual({ captured: [1500], refunds: [1500], held: 0 })
    await untilStock(product.id, { quantity: 10, reserved: 0 })
  })

  test('is never made: what waited for the customer’s bank is void', async () => {
    const product = await offer()
    const { id } = await placed(ann, { items: [{ product_id: product.id, quantity: 1 }] })
    const { body: payment } = await pay(ann, id, 1500, { payment_token: 'tok_3ds' })
    await isOverdue(id)
    await untilOrder(ann, id, 'cancelled')
    const status = async () => (await must('GET', `/api/payments/${payment.id}`, { token: ann.token })).status
    await inTime(async () => (await status()) === 'voided')
    await ask('POST', payment.next_action.url, { body: { outcome: 'success' } })
    expect(await moneyOf(ann, id)).toEqual({ captured: [], refunds: [], held: 0 })
    expect(await status()).toBe('voided')
  })
})

describe('a payment at the moment at which the time is over', () => {
  /** Of each order what holds of it in the end, and what of the product is gone. */
  const settled = async (product: { id: string }, stock: number, ids: readonly number[]) => {
    const ends = await Promise.all(
      ids.map(id =>
        inTime(async () => {
          const [found, money, parcels] = await Promise.all([orderOf(ann, id), moneyOf(ann, id), shipmentsOf(ann, id)])
          const kept = found.status === 'fulfilling'
          const expected = kept
            ? { status: 'fulfilling', payment_status: 'paid', captured: [1500], held: 1500, parcels: 1 }
            : { status: 'cancelled', cancel_reason: 'payment_timeout', held: 0, parcels: 0 }
          expect({ ...found, ...money, parcels: parcels.length }).toMatchObject(expected)
          return found.status as string
        }),
      ),
    )
    const kept = ends.filter(end => end === 'fulfilling').length
    await untilStock(product.id, { quantity: stock - kept, reserved: 0 })
    return { kept, cancelled: ends.length - kept }
  }

  test('buys the goods or is refused, forty times', async () => {
    const product = await offer({ stock: 100 })
    const lanes = await times(8, async lane => {
      const ids: number[] = []
      for (let round = 0; round < 5; round++) {
        const { id, dueAt } = await order(product)
        ids.push(id)
        // From well before to just after, most of them where it is close.
        await at(dueAt - 400 + 60 * lane + 10 * round)
        expect([201, 409]).toContain((await pay(ann, id, 1500)).status)
      }
      return ids
    })
    const { kept, cancelled } = await settled(product, 100, lanes.flat())
    expect(kept).toBeGreaterThan(0)
    expect(cancelled).toBeGreaterThan(0)
  })

  test('that the provider carries out late buys the goods or goes back, sixteen times', async () => {
    const product = await offer({ stock: 100 })
    const ids = await times(16, async () => {
      const { id } = await order(product)
      const { status } = await pay(ann, id, 1500, { payment_token: 'tok_late_webhook' })
      expect([201, 409]).toContain(status)
      return id
    })
    await settled(product, 100, ids)
  })
})
