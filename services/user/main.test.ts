import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { sql as raw } from 'kysely'
import * as catalog from '#shared/catalog'
import { eventually, testBus, testSql } from '#shared/testing'
import { auditSchemaOf, type UserDb } from './database'
import { start } from './main'
import { testDataKey } from './testing'

let mysql: Awaited<ReturnType<typeof testSql<UserDb>>>
let broker: Awaited<ReturnType<typeof testBus>>
let environment: Record<string, string>
let instances: Awaited<ReturnType<typeof start>>[]
const admin = { email: 'root@example.com', password: 'the admin password' }

beforeAll(async () => {
  ;[mysql, broker] = await Promise.all([testSql<UserDb>({ service: 'user' }), testBus(Object.values(catalog))])
  environment = {
    MYSQL_URL: mysql.url,
    // A database of its own, since instances list themselves under a common name.
    REDIS_URL: Object.assign(new URL(process.env.TEST_REDIS_URL ?? ''), { pathname: '/11' }).href,
    RABBITMQ_URL: broker.url,
    BROKER_PREFIX: broker.prefix,
    INTERNAL_KEY: 'an internal key that only tests know of',
    DATA_KEYS: testDataKey('one'),
    ADMIN_EMAIL: admin.email,
    ADMIN_PASSWORD: admin.password,
    LOG_LEVEL: 'silent',
  }
  instances = await Promise.all([0, 1].map(() => start({ ...environment, PORT: '0' })))
})
afterAll(async () => {
  await Promise.all(instances.map(({ stop }) => stop()))
  await raw`drop database ${raw.id(await auditSchemaOf(mysql.sql.db))}`.execute(mysql.sql.db)
  await Promise.all([mysql.drop(), broker.drop()])
})

const send = async (instance: number, method: string, path: string, { body, token }: { body?: object; token?: string } = {}) => {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
  const answer = await fetch(instances[instance]!.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  return { status: answer.status, body: (await answer.json().catch(() => ({}))) as Record<string, unknown> }
}

test('two instances that start at the same time on an empty database share keys, administrator and sessions', async () => {
  const keys = await Promise.all([0, 1].map(instance => send(instance, 'GET', '/.well-known/jwks.json')))
  expect(keys[0]?.body).toEqual(keys[1]!.body)
  const entered = await send(0, 'POST', '/auth/login', { body: admin })
  expect(entered.status).toBe(200)
  const token = String(entered.body.access_token)
  expect((await send(1, 'GET', '/api/users', { token })).body.total).toBe(1)
  expect((await send(1, 'POST', '/auth/logout', { token })).status).toBe(204)
  await eventually(async () => (await send(0, 'GET', '/api/users', { token })).status === 401)
})

test('an instance whose DATA_KEYS cannot open what is stored logs one line and ends', async () => {
  const stray = Bun.spawn([process.execPath, join(import.meta.dir, 'main.ts')], {
    env: { ...environment, PATH: process.env.PATH, DATA_KEYS: testDataKey('two'), LOG_LEVEL: 'warn', PORT: '0' },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  expect(await stray.exited).toBe(1)
  const lines = (await new Response(stray.stdout).text()).trim().split('\n')
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('DATA_KEYS cannot open the signing keys')
})

test('published events leave the outbox', async () => {
  await eventually(async () => (await mysql.sql.backlog()).count === 0)
})
