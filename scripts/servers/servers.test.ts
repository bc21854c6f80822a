import { afterAll, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import amqp from 'amqplib'
import { RedisClient } from 'bun'
import { MongoClient } from 'mongodb'
import { createConnection } from 'mysql2/promise'
import { openSql } from '#shared/sql'
import { auditLog } from '../../services/user/audit'
import { auditSchemaOf, type UserDb } from '../../services/user/database'
import * as migrations from '../../services/user/migrations'
import { isFree } from '../ports'
import { provisionMysql, serviceUrl } from '../provision'
import { mysqlPassword, type Secrets } from '../secrets'
import { startMongo } from './mongo'
import { startMysql } from './mysql'
import { startRabbitmq } from './rabbitmq'
import { startRedis } from './redis'
import { launch, type Server } from './server'

const dir = mkdtempSync(join(tmpdir(), 'a path with spaces-'))
const running: Server[] = []
afterAll(async () => {
  await Promise.all(running.map(server => server.stop()))
  rmSync(dir, { recursive: true })
})

/** Each server has three ports of its own, and three more to move to. */
let free = Number(process.env.TEST_PRIVATE_PORT ?? 28_800) + 40
const nextPort = () => {
  free += 6
  return free
}

/** Acknowledged data survives a crash, a stop and a move to another port, and a stopped server leaves no process behind. */
async function keepsItsData(
  start: (port: number) => Promise<Server>,
  write: (url: string) => Promise<void>,
  read: (url: string) => Promise<unknown>,
) {
  const port = nextPort()
  const begin = async (at = port) => running[running.push(await start(at)) - 1]!
  const first = await begin()
  await write(first.url)
  await first.kill()
  const second = await begin()
  expect(await read(second.url)).toBe('kept')
  await second.stop()
  const third = await begin()
  expect(await read(third.url)).toBe('kept')
  await third.stop()
  const moved = await begin(port + 3)
  expect(await read(moved.url)).toBe('kept')
  await moved.stop()
  for (const server of [first, second, third, moved])
    for (const pid of [server.pid, server.helper ?? server.pid]) expect(existsSync(`/proc/${pid}`)).toBe(false)
  expect(isFree(port)).toBe(true)
}

const query = async (url: string, ...statements: string[]) => {
  const connection = await createConnection(url)
  try {
    let rows: unknown
    for (const statement of statements) [rows] = await connection.query(statement)
    return rows
  } finally {
    await connection.end()
  }
}

test('MySQL keeps its data', async () => {
  await keepsItsData(
    port => startMysql({ dir: join(dir, 'mysql'), port, password: 'pw' }),
    async url => void (await query(url, 'CREATE DATABASE a', 'CREATE TABLE a.t (v TEXT)', "INSERT INTO a.t VALUES ('kept')")),
    async url => Object.values(Object(await query(url, 'SELECT v FROM a.t'))).map(row => Object(row).v)[0],
  )
})

test('MongoDB keeps its data', async () => {
  const things = async <T>(url: string, use: (client: MongoClient) => Promise<T>) => {
    const client = new MongoClient(url)
    return use(client).finally(() => client.close())
  }
  await keepsItsData(
    port => startMongo({ dir: join(dir, 'mongo'), port }),
    url => things(url, async client => void (await client.db('a').collection('t').insertOne({ v: 'kept' }))),
    url => things(url, async client => (await client.db('a').collection('t').findOne())?.v),
  )
})

test('Redis keeps its data', async () => {
  await keepsItsData(
    port => startRedis({ dir: join(dir, 'redis'), port }),
    async url => {
      const client = new RedisClient(url)
      await client.set('v', 'kept')
      client.close()
    },
    async url => {
      const client = new RedisClient(url)
      return client.get('v').finally(() => client.close())
    },
  )
})

test('RabbitMQ keeps its data', async () => {
  await keepsItsData(
    port => startRabbitmq({ dir: join(dir, 'rabbitmq'), port }),
    async url => {
      const connection = await amqp.connect(url)
      const channel = await connection.createConfirmChannel()
      await channel.assertQueue('q', { durable: true })
      channel.sendToQueue('q', Buffer.from('kept'), { persistent: true })
      await channel.waitForConfirms()
      await connection.close()
    },
    async url => {
      const connection = await amqp.connect(url)
      const channel = await connection.createChannel()
      const message = await channel.get('q')
      await connection.close()
      return message ? message.content.toString() : 'nothing'
    },
  )
})

test('a server does not start on a taken port, and names the port’s owner', async () => {
  using taken = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  const start = startRedis({ dir: join(dir, 'second'), port: taken.port })
  await expect(start).rejects.toThrow(`redis did not start: port ${taken.port} is in use by pid ${process.pid}`)
})

test('the error of a process that ends at once contains its last output', async () => {
  const file = join(dir, 'words.log')
  const start = launch({
    name: 'speaker',
    port: nextPort(),
    url: '',
    command: ['sh', '-c', 'echo no such luck; exit 1'],
    output: file,
    ready: async () => false,
  })
  await expect(start).rejects.toThrow(`speaker did not start: the process ended\nno such luck\n(the whole log: ${file})`)
})

test('a service has access to its own schema in MySQL only', async () => {
  const port = nextPort()
  const server = await startMysql({ dir: join(dir, 'mysql'), port, password: 'pw' })
  running.push(server)
  const secrets = { MYSQL_PASSWORD: 'one for all' } as Secrets
  await provisionMysql(server.url, secrets)
  await provisionMysql(server.url, secrets)
  const order = serviceUrl(server.url, secrets, 'order')
  expect(order).toBe(`mysql://shop_order:${mysqlPassword(secrets, 'order')}@127.0.0.1:${port}/shop_order`)
  await query(order, 'CREATE TABLE t (id INT PRIMARY KEY)', 'DROP TABLE t')
  await expect(query(order, 'CREATE TABLE shop_user.t (id INT)')).rejects.toThrow(/denied/)
  await expect(query(order, 'USE shop_user')).rejects.toThrow(/denied/)
  await expect(query(order, 'SELECT * FROM shop_user_audit.audit_log')).rejects.toThrow(/denied/)
  await expect(query(order.replace('shop_order:', 'shop_user:'), 'SELECT 1')).rejects.toThrow(/denied/)
})

test('the audit log can be read and added to by its service, and neither changed nor deleted', async () => {
  const server = await startMysql({ dir: join(dir, 'mysql-audit'), port: nextPort(), password: 'pw' })
  running.push(server)
  const secrets = { MYSQL_PASSWORD: 'one for all' } as Secrets
  await provisionMysql(server.url, secrets)
  const user = serviceUrl(server.url, secrets, 'user')
  const sql = await openSql<UserDb>({ url: user, service: 'user', migrations, log: { info() {}, warn() {}, error() {} } })
  const log = auditLog(sql, await auditSchemaOf(sql.db))
  await log.enterAct({ user_id: 1, action: 'DELETE /api/products/:id', target: { id: '7' }, request_id: 'r' })
  for (const statement of [
    "UPDATE shop_user_audit.audit_log SET action = 'nothing'",
    'DELETE FROM shop_user_audit.audit_log',
    'TRUNCATE TABLE shop_user_audit.audit_log',
    'DROP TABLE shop_user_audit.audit_log',
    'ALTER TABLE shop_user_audit.audit_log DROP COLUMN action',
    "REPLACE INTO shop_user_audit.audit_log (id, action, request_id) VALUES (1, 'nothing', 'r')",
    "INSERT INTO shop_user_audit.audit_log (id, action, request_id) VALUES (1, 'x', 'r') ON DUPLICATE KEY UPDATE action = 'nothing'",
    'RENAME TABLE shop_user_audit.audit_log TO shop_user.audit_log_2',
    'DROP DATABASE shop_user_audit',
  ])
    await expect(query(user, statement)).rejects.toThrow(/denied/)
  expect((await log.list({ skip: 0, limit: 10 })).items).toMatchObject([
    { actor_id: 1, action: 'DELETE /api/products/:id', detail: '{"id":"7"}' },
  ])
  await sql.close()
})
