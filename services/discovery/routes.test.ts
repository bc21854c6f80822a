import { afterAll, afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { createMetrics } from '#shared/metrics'
import { released, type ServiceName, services } from '#shared/platform'
import { openRedis } from '#shared/redis'
import { startRegistration } from '#shared/registry'
import { eventually, testClients, testHttp } from '#shared/testing'
import { discoveryClients } from './clients'
import { compose } from './compose'
import { platformRoutes, registryRoutes } from './routes'

// The keys of the registry have no prefix, so this test has a Redis database of its own.
const url = Object.assign(new URL(process.env.TEST_REDIS_URL ?? ''), { pathname: '/12' }).href
const log = { info() {}, warn() {}, error() {} }
const redis = await openRedis({ url, prefix: 'discovery', log })
const { http, failures } = await testHttp('discovery')
const metrics = createMetrics('discovery')
const discovery = compose({ redis, clients: discoveryClients(testClients({}).client), metrics, log })
const app = http('')
  .use(platformRoutes({ http, ...discovery }))
  .use(registryRoutes({ http, ...discovery }, '/api/discovery'))
  .use(registryRoutes({ http, ...discovery }, ''))

const started: { stop(): unknown }[] = []
const stopAll = async () => {
  for (const one of started.splice(0)) await one.stop()
}
beforeEach(() => redis.client.flushdb())
afterEach(stopAll)
afterAll(async () => {
  expect(failures).toEqual([])
  await redis.client.flushdb()
  await redis.close()
  metrics.close()
})

const ready = { status: 200, dependencies: { redis: 'up', mysql: 'up' } }
let checks = 0
/** Starts and registers an instance that reports `readiness`, or that never answers. */
const startInstance = async (service: ServiceName, readiness: typeof ready | 'hangs' = ready) => {
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: () => {
      checks++
      return readiness !== 'hangs'
        ? Response.json({ dependencies: readiness.dependencies }, { status: readiness.status })
        : new Promise<Response>(() => {})
    },
  })
  const port = server.port ?? 0
  const registration = await startRegistration({ redis, service, address: { host: '127.0.0.1', port }, version: '1.2.3', log })
  started.push(registration, { stop: () => server.stop(true) })
  return { address: `127.0.0.1:${port}`, ...registration }
}
const get = async (path: string) => {
  const answer = await app.handle(new Request(`http://localhost${path}`))
  return { status: answer.status, headers: answer.headers, body: await answer.json() }
}

describe.each(['/api/discovery/services', '/services'])('%s', path => {
  test('lists every service of the platform with its live instances', async () => {
    const one = await startInstance('product')
    const two = await startInstance('product')
    const { status, body } = await get(path)
    expect(status).toBe(200)
    expect(body.services.map(({ name }: { name: string }) => name)).toEqual(Object.keys(services))
    expect(body.services.find(({ name }: { name: string }) => name === 'product').instances).toEqual(
      [one, two].map(({ id, address }) => ({
        id,
        address,
        version: '1.2.3',
        started_at: expect.stringMatching(/Z$/),
        last_heartbeat: expect.stringMatching(/Z$/),
      })),
    )
    expect(body.services.find(({ name }: { name: string }) => name === 'tax').instances).toEqual([])
  })
  test('lists an instance once that crashed and was started anew at its address', async () => {
    const first = await startInstance('product')
    const startedAt = Date.now()
    await eventually(() => Date.now() > startedAt)
    const address = { host: '127.0.0.1', port: Number(first.address.split(':')[1]) }
    const again = await startRegistration({ redis, service: 'product', address, version: '1.2.4', log })
    started.push(again)
    expect((await get(`${path}/product`)).body.instances).toMatchObject([{ id: again.id, version: '1.2.4' }])
    const { services: all } = (await get(path)).body
    expect(all.find(({ name }: { name: string }) => name === 'product').instances.length).toBe(1)
  })
  test.each(['not json', '5', '{"id":"x"}', '[null,{"id":"x"}]'])('lists the other services where a list is damaged: %s', async damaged => {
    const { address } = await startInstance('product')
    await redis.client.set('service:registry:tax-service', damaged)
    const { status, body } = await get(path)
    expect([status, body.services.find(({ name }: { name: string }) => name === 'tax').instances]).toEqual([200, []])
    expect(body.services.find(({ name }: { name: string }) => name === 'product').instances).toMatchObject([{ address }])
    const again = await startInstance('tax')
    expect((await get(`${path}/tax`)).body.instances).toMatchObject([{ address: again.address }])
  })
  test('shows one service, without an instance that has just stopped', async () => {
    const { stop } = await startInstance('product')
    expect((await get(`${path}/product`)).body).toMatchObject({ name: 'product', instances: [{ version: '1.2.3' }] })
    await stop()
    expect(await get(`${path}/product`)).toMatchObject({ status: 200, body: { name: 'product', instances: [] } })
    for (const name of ['nobody', 'constructor', 'product-service', '*'])
      expect([name, (await get(`${path}/${name}`)).body.code]).toEqual([name, 'service_not_found'])
  })
})

describe('the health of the platform', () => {
  const health = () => get('/api/discovery/health')
  const named = (body: { services: { name: string }[] }, name: string) => body.services.find(service => service.name === name)

  test('is up when every released service is up, and shows the dependencies of each instance', async () => {
    const instances = await Promise.all(released.map(name => startInstance(name)))
    const { status, body } = await health()
    expect([status, body.status]).toEqual([200, 'up'])
    expect(body.services).toEqual(
      released.map((name, i) => ({
        name,
        status: 'up',
        instances: [{ address: instances[i]?.address, version: '1.2.3', state: 'up', dependencies: { redis: 'up', mysql: 'up' } }],
      })),
    )
  })
  test('is degraded when an instance lacks a dependency, or hangs beside one that answers', async () => {
    for (const name of released) await startInstance(name)
    await startInstance('product', { status: 503, dependencies: { redis: 'up', mysql: 'down' } })
    await startInstance('inventory', 'hangs')
    const { status, body } = await health()
    expect([status, body.status]).toEqual([200, 'degraded'])
    expect(named(body, 'product')).toMatchObject({
      status: 'degraded',
      instances: [{}, { state: 'degraded', dependencies: { mysql: 'down' } }],
    })
    expect(named(body, 'inventory')).toMatchObject({ status: 'degraded', instances: [{}, { state: 'down', dependencies: {} }] })
    expect(named(body, 'user')).toMatchObject({ status: 'up' })
  })
  test('is 503 with Retry-After while a released service has no live instance', async () => {
    const [first, ...others] = released
    for (const name of others) await startInstance(name)
    const { status, headers, body } = await health()
    expect([status, body.status, headers.get('retry-after')]).toEqual([503, 'down', '5'])
    expect(named(body, first)).toMatchObject({ status: 'down', instances: [] })
    await startInstance(first)
    expect((await health()).status).toBe(200)
  })
  test('is checked once for all requests that arrive at the same time', async () => {
    for (const name of released) await startInstance(name)
    checks = 0
    await Promise.all(Array.from({ length: 20 }, health))
    expect(checks).toBe(released.length)
  })
})
