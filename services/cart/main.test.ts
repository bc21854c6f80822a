import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as catalog from '#shared/catalog'
import { openRedis, type Redis } from '#shared/redis'
import { liveInstances, startRegistration } from '#shared/registry'
import { publishRevocations } from '#shared/revocations'
import { eventually, testBus } from '#shared/testing'
import { anyFreePort } from '../../scripts/ports'
import { startRedis } from '../../scripts/servers/redis'
import { start } from './main'

const quiet = { info() {}, warn() {}, error() {} }
const dir = mkdtempSync(join(tmpdir(), 'shop-carts-'))
// A database of its own, since instances list themselves under a common name.
const commonUrl = Object.assign(new URL(process.env.TEST_REDIS_URL ?? ''), { pathname: '/10' }).href
const product = {
  id: '507f1f77bcf86cd799439011',
  name: 'P',
  price: 20,
  currency: 'USD',
  category: 'Books',
  sku: 'S',
  stock: 9,
  status: 'active',
}

let small: Awaited<ReturnType<typeof startRedis>>
let common: Redis
let carts: Redis
let broker: Awaited<ReturnType<typeof testBus>>
let service: Awaited<ReturnType<typeof start>>
let registration: Awaited<ReturnType<typeof startRegistration>>
const catalogServer = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch: () => Response.json({ items: [{ ...product, variants: [] }], missing: [] }),
})

beforeAll(async () => {
  small = await startRedis({ dir, port: anyFreePort() })
  broker = await testBus(Object.values(catalog))
  common = await openRedis({ url: commonUrl, prefix: 'test', log: quiet })
  carts = await openRedis({ url: small.url, prefix: 'test', log: quiet })
  await eventually(() => common.ping().then(() => true))
  await common.client.flushdb()
  const address = { host: '127.0.0.1', port: catalogServer.port ?? 0 }
  registration = await startRegistration({ redis: common, service: 'product', address, version: '1', log: quiet })
  service = await start({
    REDIS_URL: commonUrl,
    CART_REDIS_URL: small.url,
    RABBITMQ_URL: broker.url,
    BROKER_PREFIX: broker.prefix,
    INTERNAL_KEY: 'an internal key that only tests know of',
    LOG_LEVEL: 'silent',
    PORT: '0',
  })
})
afterAll(async () => {
  await service.stop()
  await registration.stop()
  await catalogServer.stop(true)
  await Promise.all([broker.drop(), common.close(), carts.close()])
  await small.stop()
  rmSync(dir, { recursive: true })
})

const addAsGuest = async () => {
  const body = JSON.stringify({ product_id: product.id, quantity: 1 })
  const answer = await fetch(`${service.url}/api/cart/items`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  await answer.text()
  return answer.status
}

test('guests who fill the memory of the carts stop no service from being found, and nobody from being locked or signed out', async () => {
  expect(await addAsGuest()).toBe(201)
  const used = Number(/used_memory:(\d+)/.exec(await carts.client.info('memory'))?.[1])
  await carts.client.config('SET', 'maxmemory', `${used + 100_000}`)
  // More than the gateway lets one client do in a minute.
  const statuses = new Set<number>()
  for (let round = 0; round < 40 && !statuses.has(503); round++)
    for (const status of await Promise.all(Array.from({ length: 50 }, addAsGuest))) statuses.add(status)
  expect([...statuses].sort()).toEqual([201, 503])

  expect(await common.client.keys('cart:*')).toEqual([])
  const heartbeat = async () => (await liveInstances(common, ['cart'])).cart?.[0]?.last_heartbeat ?? ''
  const before = await heartbeat()
  await eventually(async () => (await heartbeat()) > before)
  await common.client.set('user:lockout:test', '1', 'EX', 60)
  await publishRevocations(common)(['a session'])
  expect((await fetch(`${service.url}/api/cart`)).status).toBe(200)
})
