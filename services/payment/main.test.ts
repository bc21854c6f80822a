import { afterAll, beforeAll, expect, test } from 'bun:test'
import * as catalog from '#shared/catalog'
import { eventually, outgoing, testBus, testSql } from '#shared/testing'
import { signatureHeader, signWebhook } from '#shared/webhook-signature'
import type { PaymentDb } from './database'
import { start } from './main'
import { sandboxSecret } from './providers/providers'

let mysql: Awaited<ReturnType<typeof testSql<PaymentDb>>>
let broker: Awaited<ReturnType<typeof testBus>>
let instances: Awaited<ReturnType<typeof start>>[]

const internalKey = 'an internal key that only tests know of'
beforeAll(async () => {
  ;[mysql, broker] = await Promise.all([testSql<PaymentDb>({ service: 'payment' }), testBus(Object.values(catalog))])
  const environment = {
    MYSQL_URL: mysql.url,
    // A database of its own, since instances list themselves under a common name.
    REDIS_URL: Object.assign(new URL(process.env.TEST_REDIS_URL ?? ''), { pathname: '/12' }).href,
    RABBITMQ_URL: broker.url,
    BROKER_PREFIX: broker.prefix,
    INTERNAL_KEY: internalKey,
    LOG_LEVEL: 'silent',
  }
  await broker.open('order')
  instances = await Promise.all([0, 1].map(() => start({ ...environment, PORT: '0' })))
})
afterAll(async () => {
  await Promise.all(instances.map(({ stop }) => stop()))
  await Promise.all([mysql.drop(), broker.drop()])
})

test('two instances that start at once on an empty database store a webhook once', async () => {
  const body = JSON.stringify({ id: 'e', type: 'payment.captured', payment_id: 1, transaction_id: 't', amount: 1, currency: 'USD' })
  const headers = { [signatureHeader]: signWebhook(sandboxSecret(internalKey), body, new Date()) }
  for (const { url } of instances) {
    const answer = await fetch(`${url}/api/payments/webhooks/sandbox`, { method: 'POST', body, headers })
    expect(answer.status).toBe(202)
  }
  expect(await mysql.sql.db.selectFrom('webhook_events').select('event_id').execute()).toEqual([{ event_id: 'e' }])
})

test('events of the order service are handled', async () => {
  const bus = await broker.open('order')
  const items = [{ product_id: '507f1f77bcf86cd799439011', sku: 'LT-001', quantity: 1 }]
  const event = catalog.orderCancelled({ id: 5, version: 2 }, { order_id: 5, user_id: 1, reason: 'by_customer', items })
  expect(await bus.publish(outgoing(event))).toEqual(['confirmed'])
  await eventually(() =>
    mysql.sql.db.selectFrom('orders').selectAll().where('order_id', '=', 5).where('cancelled', '=', 1).executeTakeFirst(),
  )
})
