import type { Bus, BusOptions } from './bus'
import type { Draft, Handler, Message, Topology } from './event'
import type { Mongo, MongoOptions } from './mongo'
import { type OutgoingMessage, outboxRows, type StoreLog } from './outbox'
import type { Redis } from './redis'
import type { Sql, SqlOptions } from './sql'

export { testClients } from './testing/clients'
export { sender, testHttp } from './testing/http'

/** Waits until `check` stops throwing and stops answering false or undefined, and gives what it answered. */
export const eventually = async <T>(check: () => T | Promise<T>, { timeoutMs = 15_000, everyMs = 10 } = {}): Promise<NonNullable<T>> => {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    let last: unknown = 'it never became true'
    try {
      const value = await check()
      if (value !== false && value !== undefined && value !== null) return value
    } catch (error) {
      last = error
    }
    if (Date.now() > deadline) throw last instanceof Error ? last : new Error(`waited ${timeoutMs} ms: ${last}`)
    await Bun.sleep(everyMs)
  }
}

const quiet: StoreLog = { info() {}, warn() {}, error() {} }
const testName = () => `test_${crypto.randomUUID().slice(0, 13).replace('-', '')}`
const testUrl = (name: 'TEST_MYSQL_URL' | 'TEST_MONGO_URL' | 'TEST_REDIS_URL' | 'TEST_RABBITMQ_URL'): string => {
  const url = process.env[name]
  if (!url) throw new Error(`${name} is not set: \`bun run test\` sets it`)
  return url
}

/** The messages that wait in an outbox, oldest first. */
const published = (rows: readonly { body: string }[], type?: string): Message[] =>
  rows.map(({ body }): Message => JSON.parse(body)).filter(message => type === undefined || message.type === type)

/** A schema of its own on the test server. `open` opens it as another instance would. */
export const testSql = async <Db>(options: Partial<SqlOptions> = {}) => {
  const [{ openSql }, { createConnection }] = await Promise.all([import('./sql'), import('mysql2/promise')])
  const server = testUrl('TEST_MYSQL_URL')
  const name = testName()
  const asAdmin = async (statement: string) => {
    const admin = await createConnection(server)
    await admin.query(statement)
    await admin.end()
  }
  await asAdmin(`create database ${name}`)
  const url = Object.assign(new URL(server), { pathname: name }).href
  const opened: Sql<Db>[] = []
  const open = async (more: Partial<SqlOptions> = {}) => {
    const sql = await openSql<Db>({ url, service: 'order', migrations: {}, log: quiet, ...options, ...more })
    opened.push(sql)
    return sql
  }
  const sql = await open()
  return {
    sql,
    url,
    open,
    published: async (type?: string) => published(await sql.kernel.selectFrom('outbox').select('body').orderBy('id').execute(), type),
    async drop() {
      await Promise.all(opened.map(sql => sql.close()))
      await asAdmin(`drop database ${name}`)
    },
  }
}

/** A database of its own on the test server. `open` opens it as another instance would. */
export const testMongo = async (options: Partial<MongoOptions> = {}) => {
  const { openMongo } = await import('./mongo')
  const url = testUrl('TEST_MONGO_URL')
  const database = testName()
  const opened: Mongo[] = []
  const open = async (more: Partial<MongoOptions> = {}) => {
    const mongo = await openMongo({ url, service: 'product', database, indexes: {}, log: quiet, ...options, ...more })
    opened.push(mongo)
    return mongo
  }
  const mongo = await open()
  return {
    mongo,
    url,
    database,
    open,
    published: async (type?: string) =>
      published(await mongo.collection<{ body: string }>('outbox').find().sort({ at: 1 }).toArray(), type),
    async drop() {
      await mongo.db.dropDatabase()
      await Promise.all(opened.map(one => one.close()))
    },
  }
}

/** A corner of its own on the test server: every key and stream must begin with `prefix`. `open` opens it as another service would. */
export const testRedis = async ({ url = testUrl('TEST_REDIS_URL') } = {}) => {
  const { openRedis } = await import('./redis')
  const prefix = testName()
  const opened: Redis[] = []
  const open = async () => {
    const redis = await openRedis({ url, prefix, log: quiet })
    opened.push(redis)
    return redis
  }
  const redis = await open()
  return {
    redis,
    url,
    prefix,
    open,
    async drop() {
      for await (const keys of redis.client.scanStream({ match: `${prefix}*`, count: 1000 }))
        if (keys.length > 0) await redis.client.del(keys)
      await Promise.all(opened.map(one => one.close()))
    },
  }
}

/** Exchanges and queues of its own on the test broker. `open` opens a service's bus, `counted` is what all of them counted. */
export const testBus = async (events: Topology, { url = testUrl('TEST_RABBITMQ_URL'), retryDelaysMs = [50, 100, 150] } = {}) => {
  const [{ openBus }, { brokerTopology }, { connect }] = await Promise.all([import('./bus'), import('./bus/topology'), import('amqplib')])
  const prefix = `${testName()}.`
  const counted = { handled: 0, retried: 0, deadLettered: 0 }
  const metrics = { handled: () => counted.handled++, retried: () => counted.retried++, deadLettered: () => counted.deadLettered++ }
  const opened: Bus[] = []
  const open = async (service: BusOptions['service'], more: Partial<BusOptions> = {}) => {
    const bus = await openBus({ url, service, events, prefix, retryDelaysMs, log: quiet, metrics, ...more })
    opened.push(bus)
    return bus
  }
  return {
    url,
    prefix,
    counted,
    open,
    async drop() {
      await Promise.all(opened.map(bus => bus.close()))
      const model = await connect(url)
      const channel = await model.createChannel()
      const { exchanges, queues } = brokerTopology({ events, prefix, retryDelaysMs })
      for (const name of queues.keys()) await channel.deleteQueue(name)
      for (const name of exchanges.keys()) await channel.deleteExchange(name)
      await model.close()
    },
  }
}

/** A draft as it would arrive where it is heard; the same object given twice is the same message twice. */
export const messageOf = ({ exchange, body }: Draft, { id = crypto.randomUUID() as string, at = new Date() } = {}): Message => ({
  id,
  time: at.toISOString(),
  source: exchange.replace('-events', ''),
  request_id: 'test',
  traceparent: '',
  ...body,
})

/** Gives messages to the handlers of their kinds, each after the one before. */
export const deliverTo =
  (handlers: readonly Handler[]) =>
  async (...messages: readonly Message[]) => {
    for (const one of messages) await handlers.find(({ event }) => event.type === one.type)?.handle(one)
  }

/** What the relay would hand to the broker. */
export const outgoing = (...drafts: Draft[]): OutgoingMessage[] =>
  outboxRows(drafts, 'test').map(({ exchange, routing_key, message_id, type, traceparent, body, due_at }) => ({
    exchange,
    routingKey: routing_key,
    messageId: message_id,
    type,
    body,
    headers: { traceparent },
    ...(due_at && { expirationMs: Math.max(0, due_at.getTime() - Date.now()) }),
  }))
