import { afterAll, describe, expect, test } from 'bun:test'
import { createNotices } from '#shared/redis'
import { eventually, sender, testRedis } from '#shared/testing'
import { minute } from '#shared/time'
import { orderApp } from './app'
import { compose } from './compose'
import { payableWaits } from './payable-waits'
import { noNotices, testOrders } from './testing'
import { eventsAbout } from './testing-events'

const store = await testRedis()
const notices = async () => createNotices(await store.open(), store.redis.key('payable'))
const shop = await testOrders({}, {}, await notices())
const { place, deliver, internal } = shop
afterAll(async () => {
  await shop.stop()
  await store.drop()
})

const terms = { paymentTimeoutMs: 15 * minute, claimMs: minute }
/** Another instance over the same store. */
const instance = (told = noNotices) => {
  const service = compose({ sql: shop.sql, clients: shop.clients, terms, log: { warn() {} }, notices: told })
  const app = orderApp({ http: shop.http, ...service })
  return {
    async claim(id: number, wait_ms: number, headers: Record<string, string> = {}) {
      const body = { payment_id: 9, user_id: 42, is_admin: false, amount: 3000, payment_method: 'credit_card', wait_ms }
      const began = Date.now()
      const answer = await sender(app)('POST', `/internal/orders/${id}/claim`, body, { ...(await shop.asService('payment')), ...headers })
      return { ...answer, outcome: answer.status === 200 ? 'granted' : `${answer.status} ${answer.body.code}`, ms: Date.now() - began }
    },
    app,
    service,
  }
}

describe('a claim of an order that is still being checked', () => {
  test('is granted as soon as another instance has learnt that the order is payable, and locks nothing meanwhile', async () => {
    const other = instance(await notices())
    // The first notice shows that the other instance listens.
    const first = await place()
    const early = other.claim(first.id, 3000)
    await deliver(eventsAbout(first).reserved())
    expect((await early).outcome).toBe('granted')

    const order = await place()
    const claiming = other.claim(order.id, 5000)
    await eventually(() => other.service.payableWaits.waiting() === 1 && shop.sql.pool.inUse === 0)
    expect(shop.sql.pool.inUse).toBe(0)
    await deliver(eventsAbout(order).reserved())
    const { outcome, ms } = await claiming
    expect(outcome).toBe('granted')
    expect(ms).toBeLessThan(3000)
  })
  test('is refused as soon as the stock is', async () => {
    const order = await place()
    const claiming = internal('payment', 'POST', `/internal/orders/${order.id}/claim`, {
      ...{ payment_id: 9, user_id: 42, is_admin: false, amount: 3000, payment_method: 'credit_card', wait_ms: 9000 },
    })
    await eventually(() => shop.service.payableWaits.waiting() === 1)
    await deliver(eventsAbout(order).refusedByStock())
    const { status, body } = await claiming
    expect([status, body.code, body.detail]).toEqual([409, 'order_not_payable', 'The order is not waiting for a payment.'])
  })
  test('is refused when its time is over, and told to come again', async () => {
    const { id } = await place()
    const { outcome, headers, ms } = await instance().claim(id, 200)
    expect([outcome, headers.get('retry-after'), ms >= 200]).toEqual(['409 order_not_payable', '1', true])
  })
  test('is granted when its time is over although no notice came', async () => {
    const order = await place()
    const late = instance()
    const claiming = late.claim(order.id, 400)
    await eventually(() => late.service.payableWaits.waiting() === 1)
    await deliver(eventsAbout(order).reserved())
    const { outcome, ms } = await claiming
    expect([outcome, ms >= 400]).toEqual(['granted', true])
  })
  test('of a stranger, or of an order that does not exist, is refused at once', async () => {
    const { id } = await place()
    const [unknown, strange] = await Promise.all([
      instance().claim(987_654, 9000),
      internal('payment', 'POST', `/internal/orders/${id}/claim`, {
        ...{ payment_id: 9, user_id: 43, is_admin: false, amount: 3000, payment_method: 'credit_card', wait_ms: 9000 },
      }),
    ])
    expect([unknown.outcome, unknown.ms < 5000, strange.status]).toEqual(['404 order_not_found', true, 404])
  })
})

describe('the requests that wait', () => {
  const pending = { ms: 9000, signal: new AbortController().signal }
  const forever = [async () => 'pending', () => false] as const
  test('look once before they wait, and once when they are woken', async () => {
    const waiters = payableWaits(noNotices)
    let [looks, isPayable] = [0, false]
    const look = async () => {
      looks++
      return isPayable
    }
    const waiting = waiters.until(1, look, found => found, pending)
    await eventually(() => looks > 0 && waiters.waiting() === 1)
    isPayable = true
    waiters.announce(1, { kind: 'reserved' })
    expect(await waiting).toBe(true)
    expect(looks).toBe(2)
  })
  test('are freed when their client goes away', async () => {
    const waiters = payableWaits(noNotices)
    const client = new AbortController()
    const waiting = waiters.until(1, ...forever, { ...pending, signal: client.signal })
    await eventually(() => waiters.waiting() === 1)
    client.abort()
    expect(await waiting).toBe('pending')
    expect(waiters.waiting()).toBe(0)
  })
  test('are freed when the connection of their client is closed', async () => {
    const { app, service } = instance()
    const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: request => app.handle(request) })
    const { id } = await place()
    const client = new AbortController()
    const body = JSON.stringify({ payment_id: 9, user_id: 42, is_admin: false, amount: 3000, payment_method: 'credit_card', wait_ms: 9000 })
    const headers = { ...(await shop.asService('payment')), 'content-type': 'application/json' }
    const claiming = fetch(new URL(`/internal/orders/${id}/claim`, server.url), { method: 'POST', headers, body, signal: client.signal })
    await eventually(() => service.payableWaits.waiting() === 1)
    client.abort()
    expect(await claiming.catch(() => 'gone')).toBe('gone')
    await eventually(() => service.payableWaits.waiting() === 0, { timeoutMs: 3000 })
    await server.stop(true)
  })
  test('are so many at most: another is answered at once', async () => {
    const waiters = payableWaits(noNotices, 2)
    const client = new AbortController()
    const two = [1, 2].map(id => waiters.until(id, ...forever, { ...pending, signal: client.signal }))
    await eventually(() => waiters.waiting() === 2)
    expect(await waiters.until(3, ...forever, pending)).toBe('pending')
    client.abort()
    await Promise.all(two)
  })
})
