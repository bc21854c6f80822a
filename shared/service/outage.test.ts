import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { connect } from 'amqplib'
import { brokerTopology } from '../bus/topology'
import * as catalog from '../catalog'
import { eventually, testBus, testRedis, testSql } from '../testing'
import { openCable, startTestService, type TestService } from '../testing/process'

type Cable = Awaited<ReturnType<typeof openCable>>
const prefix = `test_${crypto.randomUUID().slice(0, 8)}.`
let brokerUrl: string
let schema: Awaited<ReturnType<typeof testSql>>
let cables: Record<'redis' | 'mysql' | 'rabbitmq', Cable>
let service: TestService
let url: string

beforeAll(async () => {
  const [redis, broker] = await Promise.all([testRedis(), testBus([])])
  brokerUrl = broker.url
  schema = await testSql()
  const [toRedis, toMysql, toRabbitmq] = await Promise.all([openCable(`${redis.url}/8`), openCable(schema.url), openCable(brokerUrl)])
  cables = { redis: toRedis, mysql: toMysql, rabbitmq: toRabbitmq }
  service = startTestService({ REDIS_URL: toRedis.url, MYSQL_URL: toMysql.url, RABBITMQ_URL: toRabbitmq.url, BROKER_PREFIX: prefix })
  url = await service.ready()
  await Promise.all([redis.drop(), broker.drop()])
})

afterAll(async () => {
  service?.process.kill('SIGKILL')
  await service?.process.exited
  for (const cable of Object.values(cables ?? {})) cable.cut()
  await schema?.drop()
  const model = await connect(brokerUrl)
  const channel = await model.createChannel()
  const { exchanges, queues } = brokerTopology({ events: Object.values(catalog), prefix, retryDelaysMs: [1000, 5000, 30_000] })
  for (const name of queues.keys()) await channel.deleteQueue(name)
  for (const name of exchanges.keys()) await channel.deleteExchange(name)
  await model.close()
})

const ask = async (path: string) => {
  const response = await fetch(`${url}${path}`)
  return { status: response.status, retryAfter: response.headers.get('retry-after'), json: await response.json() }
}
/** Readiness, with the state of every dependency. */
const readiness = async () => {
  const { status, json } = await ask('/ready')
  return { status, ...json.dependencies }
}
const allUp = { status: 200, redis: 'up', mysql: 'up', rabbitmq: 'up' }
const until = (expected: object) =>
  eventually(async () => {
    expect(await readiness()).toEqual(expected)
    return true
  })

describe('a service whose dependency goes down and comes back', () => {
  test.each(['redis', 'mysql', 'rabbitmq'] as const)(
    '%s',
    async dependency => {
      await until(allUp)
      cables[dependency].cut()
      // A service is ready while its own store is up; it can do without the others.
      const ready = dependency !== 'mysql'
      await until({ ...allUp, status: ready ? 200 : 503, [dependency]: 'down' })
      expect(await ask('/ready')).toMatchObject({
        retryAfter: ready ? null : '1',
        json: { status: ready ? 'ready' : 'not_ready' },
      })
      // The service keeps running, and so does everything that does not need this dependency.
      expect((await ask('/health')).status).toBe(200)
      expect((await ask('/api/favourites/fast')).status).toBe(200)
      const answers = { cached: await ask('/api/favourites/cached'), stored: await ask('/api/favourites/stored') }
      const statuses = { cached: answers.cached.status, stored: answers.stored.status }
      expect(statuses).toEqual({ cached: dependency === 'redis' ? 503 : 200, stored: dependency === 'mysql' ? 503 : 200 })
      for (const { status, retryAfter, json } of Object.values(answers).filter(({ status }) => status !== 200)) {
        expect(json).toMatchObject({ status, code: expect.stringMatching(/_unavailable$/) })
        expect(retryAfter).toBe('1')
      }
      await cables[dependency].mend()
      await until(allUp)
      expect(service.process.exitCode).toBeNull()
    },
    30_000,
  )

  test('all at once, and it still stops in order', async () => {
    await until(allUp)
    for (const cable of Object.values(cables)) cable.cut()
    await eventually(async () => (await ask('/ready')).status === 503)
    for (const path of ['cached', 'stored']) expect((await ask(`/api/favourites/${path}`)).status).toBe(503)
    service.process.kill('SIGTERM')
    expect(await eventually(() => service.process.exitCode !== null && `exit ${service.process.exitCode}`)).toBe('exit 0')
  })
})

test('a service starts without the broker and the registry, and uses them once they are up', async () => {
  for (const dependency of ['redis', 'rabbitmq'] as const) cables[dependency].cut()
  await cables.mysql.mend().catch(() => {})
  const { redis, mysql, rabbitmq } = cables
  const later = startTestService({ REDIS_URL: redis.url, MYSQL_URL: mysql.url, RABBITMQ_URL: rabbitmq.url, BROKER_PREFIX: prefix })
  try {
    url = await later.ready()
    expect(await readiness()).toEqual({ ...allUp, redis: 'down', rabbitmq: 'down' })
    expect((await ask('/api/favourites/stored')).status).toBe(200)
    for (const dependency of ['redis', 'rabbitmq'] as const) await cables[dependency].mend()
    await until(allUp)
  } finally {
    later.process.kill('SIGKILL')
    await later.process.exited
  }
}, 60_000)
