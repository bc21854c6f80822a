import { afterAll, beforeAll, expect, test } from 'bun:test'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { accessTokens } from '#shared/auth'
import * as catalog from '#shared/catalog'
import { openRedis } from '#shared/redis'
import { eventually, testBus, testSql } from '#shared/testing'
import type { ShippingDb } from './database'
import { start } from './main'

const redisUrl = Object.assign(new URL(process.env.TEST_REDIS_URL ?? ''), { pathname: '/14' }).href
const { privateKey, publicKey } = await generateKeyPair(accessTokens.algorithm)
/** A fake user service, which publishes the keys that access tokens are checked with. */
const keys = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch: async () => Response.json({ keys: [{ ...(await exportJWK(publicKey)), kid: 'test', alg: accessTokens.algorithm }] }),
})
const tokenOf = (id: number, role: string) =>
  new SignJWT({ sid: `session-${id}`, role })
    .setProtectedHeader({ alg: accessTokens.algorithm, kid: 'test' })
    .setSubject(String(id))
    .setIssuer(accessTokens.issuer)
    .setAudience(accessTokens.audience)
    .setIssuedAt()
    .setExpirationTime('15m')
    .sign(privateKey)

let mysql: Awaited<ReturnType<typeof testSql<ShippingDb>>>
let broker: Awaited<ReturnType<typeof testBus>>
let redis: Awaited<ReturnType<typeof openRedis>>
let instances: Awaited<ReturnType<typeof start>>[]

beforeAll(async () => {
  const log = { info() {}, warn() {}, error() {} }
  ;[mysql, broker, redis] = await Promise.all([
    testSql<ShippingDb>({ service: 'shipping' }),
    testBus(Object.values(catalog)),
    openRedis({ url: redisUrl, prefix: 'test', log }),
  ])
  // This declares the queues of the whole catalog, also of services that are not released.
  await broker.open('order')
  const user = { id: 'user', address: `127.0.0.1:${keys.port}`, host: '127.0.0.1', port: keys.port, version: '1' }
  const at = new Date().toISOString()
  await redis.client.set('service:registry:user-service', JSON.stringify([{ ...user, started_at: at, last_heartbeat: at }]), 'EX', 60)
  const environment = {
    MYSQL_URL: mysql.url,
    REDIS_URL: redisUrl,
    RABBITMQ_URL: broker.url,
    BROKER_PREFIX: broker.prefix,
    RETRY_DELAYS_MS: '50,100,150',
    INTERNAL_KEY: 'an internal key that only tests know of',
    LOG_LEVEL: 'silent',
  }
  instances = await Promise.all([0, 1].map(() => start({ ...environment, PORT: '0' })))
})
afterAll(async () => {
  await Promise.all(instances.map(({ stop }) => stop()))
  await redis.client.del('service:registry:user-service')
  await Promise.all([mysql.drop(), broker.drop(), redis.close(), keys.stop(true)])
})

test('what it consumes is counted from 0 on', async () => {
  const text = await (await fetch(`${instances[0]?.url}/metrics`)).text()
  for (const counter of ['events_handled_total', 'events_dead_lettered_total'])
    expect(text).toMatch(new RegExp(`${counter}\\{[^}]*type="order.cancelled"[^}]*\\} 0`))
})

test('a stream on one instance sends a change made on another, and ends at once when its instance stops', async () => {
  const at = new Date()
  const shipment = { order_id: 1, user_id: 7, tracking_number: 'a'.repeat(32), carrier: 'pickup', shipping_option: 'pickup' }
  const rest = {
    status: 'created' as const,
    version: 1,
    lines: '[{"product_id":"507f1f77bcf86cd799439011","sku":"A","quantity":1}]',
    created_at: at,
    updated_at: at,
  }
  const { insertId } = await mysql.sql.db
    .insertInto('shipments')
    .values({ ...shipment, ...rest })
    .executeTakeFirstOrThrow()
  await mysql.sql.db
    .insertInto('shipment_steps')
    .values({ shipment_id: Number(insertId), version: 1, status: 'created', at })
    .execute()
  const path = `/api/shipping/shipments/${insertId}`
  const [streaming, changing] = instances

  const answer = await fetch(`${streaming?.url}${path}/stream`, { headers: { authorization: `Bearer ${await tokenOf(7, 'customer')}` } })
  expect(answer.status).toBe(200)
  let text = ''
  const ended = (async () => {
    for await (const chunk of answer.body ?? []) text += new TextDecoder().decode(chunk)
  })()
  await eventually(() => text.includes('"created"'))
  const headers = { authorization: `Bearer ${await tokenOf(1, 'admin')}`, 'content-type': 'application/json' }
  const changed = await fetch(`${changing?.url}${path}/events`, { method: 'POST', headers, body: JSON.stringify({ status: 'picked_up' }) })
  expect(changed.status).toBe(200)
  await eventually(() => text.includes('id: 2\n'))

  const before = performance.now()
  const stopped = streaming?.stop()
  await ended
  await stopped
  expect(performance.now() - before).toBeLessThan(8000)
})
