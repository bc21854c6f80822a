import { afterAll, expect, test } from 'bun:test'
import * as catalog from '#shared/catalog'
import { eventually, outgoing, testBus } from '#shared/testing'
import { testOrders } from './testing'
import { eventsAbout } from './testing-events'

const topology = Object.values(catalog)
const broker = await testBus(topology)
const bus = await broker.open('order')
const shop = await testOrders({ paymentTimeoutMs: 600 }, { relay: { bus } })
afterAll(async () => {
  await bus.close()
  await shop.stop()
  await broker.drop()
})
await bus.consume(shop.handlers)
// Declaring the queues of the whole catalog may take longer than the start waits for.
await eventually(() => bus.ping().then(() => true))

test('an order that nobody pays in time is cancelled by the timer that waited at the broker', async () => {
  const [unpaid, paid] = [await shop.place(), await shop.place()]
  await bus.publish(outgoing(eventsAbout(paid).reserved(), eventsAbout(paid).captured()))
  await eventually(async () => (await shop.get(paid.id)).status === 'paid')
  const ended = await eventually(async () => {
    const order = await shop.get(unpaid.id)
    return order.status === 'cancelled' ? order : undefined
  })
  expect(ended.cancel_reason).toBe('payment_timeout')
  expect(Date.parse(ended.updated_at)).toBeGreaterThanOrEqual(Date.parse(unpaid.payment_due_at))
  expect((await shop.get(paid.id)).status).toBe('paid')
  await eventually(async () => (await shop.sql.backlog()).count === 0)
})
