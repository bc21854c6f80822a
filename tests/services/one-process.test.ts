import { afterAll, beforeAll, expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { createConnection } from 'mysql2/promise'
import * as catalog from '#shared/catalog'
import { released, services } from '#shared/platform'
import { openRedis } from '#shared/redis'
import { eventually, testBus } from '#shared/testing'

/** All services in one process, on the test servers, with schemas, a Redis database, queues and ports of their own. */
const root = join(import.meta.dir, '../..')
const portBase = Number(process.env.TEST_PRIVATE_PORT ?? 28_100) + 120
const redisUrl = Object.assign(new URL(process.env.TEST_REDIS_URL ?? ''), { pathname: '/13' }).href
const ownDatabase = (url = '') => Object.assign(new URL(url), { pathname: '/all_service' }).href.replace('/all_service', '/all_{service}')
const { mysql: mysqlServices, mongo: mongoServices } = Object.groupBy(released, service => services[service].store)

const onMysql = async (statement: (schema: string) => string) => {
  const admin = await createConnection(process.env.TEST_MYSQL_URL ?? '')
  for (const service of mysqlServices ?? []) await admin.query(statement(`all_${service}`))
  await admin.end()
}
const dropAll = async () => {
  await onMysql(schema => `drop database if exists ${schema}`)
  await onMysql(schema => `drop database if exists ${schema}_audit`)
  const mongo = await MongoClient.connect(process.env.TEST_MONGO_URL ?? '')
  for (const service of mongoServices ?? []) await mongo.db(`all_${service}`).dropDatabase()
  await mongo.close()
  const redis = await openRedis({ url: redisUrl, prefix: 'all', log: { info() {}, warn() {}, error() {} } })
  await redis.client.flushdb()
  await redis.close()
}

let broker: Awaited<ReturnType<typeof testBus>>
let platform: Bun.Subprocess<'ignore', 'pipe', 'pipe'>
let output = ''

beforeAll(async () => {
  await dropAll()
  await onMysql(schema => `create database ${schema} character set utf8mb4`)
  broker = await testBus(Object.values(catalog))
  platform = Bun.spawn([process.execPath, 'scripts/all.ts'], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      PORT_BASE: `${portBase}`,
      MYSQL_URL: ownDatabase(process.env.TEST_MYSQL_URL),
      MONGO_URL: ownDatabase(process.env.TEST_MONGO_URL),
      REDIS_URL: redisUrl,
      RABBITMQ_URL: broker.url,
      BROKER_PREFIX: broker.prefix,
      INTERNAL_KEY: 'k'.repeat(40),
      DATA_KEYS: `one:${Buffer.alloc(32, 7).toString('base64')}`,
      ADMIN_EMAIL: 'admin@shop.test',
      ADMIN_PASSWORD: 'the admin password',
      SEED_DEMO: '1',
    },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const collect = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder()
    for await (const bytes of stream) output += decoder.decode(bytes, { stream: true })
  }
  void collect(platform.stdout)
  void collect(platform.stderr)
})
afterAll(async () => {
  platform.kill('SIGKILL')
  await platform.exited
  await broker.drop()
  await dropAll()
})

const ask = (service: (typeof released)[number], path: string) =>
  fetch(`http://127.0.0.1:${portBase + services[service].port - 8000}${path}`)

test('the process runs every released service', async () => {
  await eventually(
    () => {
      if (platform.exitCode !== null) throw new Error(`the process ended with ${platform.exitCode}: ${output.slice(-2000)}`)
      return output.includes(`All ${released.length} services are ready`)
    },
    { timeoutMs: 60_000, everyMs: 50 },
  )
  const answers = await Promise.all(
    released.map(async service => [service, (await ask(service, '/ready')).status, await (await ask(service, '/health')).json()]),
  )
  expect(answers).toEqual(released.map(service => [service, 200, expect.objectContaining({ service, status: 'up' })]))
  const rollup = `/proc/${platform.pid}/smaps_rollup`
  const pss = existsSync(rollup) ? /^Pss:\s+(\d+) kB/m.exec(readFileSync(rollup, 'utf8'))?.[1] : undefined
  console.log(`${output.match(/All .*/)?.[0]} Memory of the one process (PSS): ${pss ? Math.round(Number(pss) / 1024) : '?'} MiB`)
}, 70_000)

test('the health check of its container passes while all services are ready, and fails otherwise', async () => {
  const check = (env: Record<string, string>) => Bun.spawn([process.execPath, 'scripts/ready.ts'], { cwd: root, env }).exited
  const here = { PORT_BASE: `${portBase}` }
  expect(await Promise.all([check(here), check({ ...here, SERVICE: 'order' }), check({ ...here, SERVICE: 'order', PORT: '1' })])).toEqual([
    0, 0, 1,
  ])
  expect(await check({ PORT_BASE: `${portBase + 1}` })).toBe(1)
})

test('its services call each other, at the addresses in the registry', async () => {
  const answer = await ask('discovery', '/api/discovery/health')
  expect([answer.status, (await answer.json()).status]).toEqual([200, 'up'])
})

test('SIGTERM stops all services, without an error or a warning', async () => {
  platform.kill('SIGTERM')
  const ended = await eventually(() => platform.exitCode !== null && `exit ${platform.exitCode}`)
  expect(ended).toBe('exit 0')
  const stopped = output
    .split('\n')
    .filter(line => line.includes('"msg":"stopped"'))
    .map(line => JSON.parse(line).service)
  expect(stopped.sort()).toEqual([...released].sort())
  expect(output.split('\n').filter(line => /"level":"(error|fatal)"|Warning/.test(line))).toEqual([])
})

test('a service that cannot start is named in the log, and ends the process', async () => {
  const child = Bun.spawn([process.execPath, 'scripts/all.ts'], {
    cwd: root,
    env: { PATH: process.env.PATH, NODE_ENV: 'production', PORT_BASE: `${portBase}`, REDIS_URL: redisUrl, RABBITMQ_URL: broker.url },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const text = await new Response(child.stdout).text()
  expect(await child.exited).toBe(1)
  const [first] = text.split('\n')
  expect(JSON.parse(first ?? '')).toMatchObject({
    level: 'fatal',
    service: expect.any(String),
    msg: expect.stringContaining('INTERNAL_KEY'),
  })
})
