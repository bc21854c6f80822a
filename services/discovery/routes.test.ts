import { afterAll, afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { released, type ServiceName, services } from '#shared/platform'
import { openRedis } from '#shared/redis'
import { startRegistration } from '#shared/registry'
import { testHttp } from '#shared/testing'
import { healthCheck, registry } from './repository'
import { platformRoutes, registryRoutes } from './routes'

// The registry's keys are common ground, without a prefix of the test's own: a database of its own keeps others out.
const url = Object.assign(new URL(process.env.TEST_REDIS_URL ?? ''), { pathname: '/12' }).href
const log = { info() {}, warn() {}, error() {} }
const redis = await openRedis({ url, prefix: 'discovery', log })
const { http, failures } = await testHttp('discovery')
const live = registry(redis)
const app = http('')
  .use(platformRoutes({ http, checkHealth: healthCheck(live), checkDrift: () => Promise.reject(new Error('not asked here')) }))
  .use(registryRoutes({ http, registry: live }, '/api/discovery'))
  .use(registryRoutes({ http, registry: live }, ''))

const running: { stop(): unknown }[] = []
const stopAll = async () => {
  for (const one of running.splice(0)) await one.stop()
}
beforeEach(() => redis.client.flushdb())
afterEach(stopAll)
afterAll(async () => {
  expect(failures).toEqual([])
  await redis.client.flushdb()
  await redis.close()
})

const ready = { status: 200, dependencies: { redis: 'up', mysql: 'up' } }
let looks = 0
/** An instance that is listed, and says of itself what it is given; or that hangs and says nothing. */
const runs = async (service: ServiceName, says: typeof ready | 'nothing' = ready) => {
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: () => {
      looks++
      return says !== 'nothing'
        ? Response.json({ dependencies: says.dependencies }, { status: says.status })
        : new Promise<Response>(() => {})
    },
  })
  const port = server.port ?? 0
  const registration = await startRegistration({ redis, service, address: { host: '127.0.0.1', port }, version: '1.2.3', log })
  running.push(registration, { stop: () => server.stop(true) })
  return { address: `127.0.0.1:${port}`, ...registration }
}
const get = async (path: string) => {
  const answer = await app.handle(new Request(`http://localhost${path}`))
  return { status: answer.status, headers: answer.headers, body: await answer.json() }
}

describe.each(['/api/discovery/services', '/services'])('%s', path => {
  test('lists every service of the platform with its live instances', async () => {
    const one = await runs('product')
    const two = await runs('product')
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
  test('shows one service, at once without an instance that stopped', async () => {
    const { stop } = await runs('product')
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

  test('is up when every released service is, and shows what each instance depends on', async () => {
    const instances = await Promise.all(released.map(name => runs(name)))
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
  test('is degraded when an instance lacks something it needs, or hangs beside one that answers', async () => {
    for (const name of released) await runs(name)
    await runs('product', { status: 503, dependencies: { redis: 'up', mysql: 'down' } })
    await runs('inventory', 'nothing')
    const { status, body } = await health()
    expect([status, body.status]).toEqual([200, 'degraded'])
    expect(named(body, 'product')).toMatchObject({
      status: 'degraded',
      instances: [{}, { state: 'degraded', dependencies: { mysql: 'down' } }],
    })
    expect(named(body, 'inventory')).toMatchObject({ status: 'degraded', instances: [{}, { state: 'down', dependencies: {} }] })
    expect(named(body, 'user')).toMatchObject({ status: 'up' })
  })
  test('is a 503 that says when to ask again while a released service has no live instance', async () => {
    const [first, ...others] = released
    for (const name of others) await runs(name)
    const { status, headers, body } = await health()
    expect([status, body.status, headers.get('retry-after')]).toEqual([503, 'down', '5'])
    expect(named(body, first)).toMatchObject({ status: 'down', instances: [] })
    await runs(first)
    expect((await health()).status).toBe(200)
  })
  test('is looked at once for all who ask at the same time', async () => {
    for (const name of released) await runs(name)
    looks = 0
    await Promise.all(Array.from({ length: 20 }, health))
    expect(looks).toBe(released.length)
  })
})
