import type { Bus, BusOptions } from '../bus'
import type { Message, Topology } from '../event'
import type { Mongo, MongoOptions } from '../mongo'
import type { StoreLog } from '../outbox'
import type { Redis } from '../redis'
import type { Sql, SqlOptions } from '../sql'

const quiet: StoreLog = { info() {}, warn() {}, error() {} }
const testName = () => `test_${crypto.randomUUID().slice(0, 13).replace('-', '')}`
const testUrl = (name: 'TEST_MYSQL_URL' | 'TEST_MONGO_URL' | 'TEST_REDIS_URL' | 'TEST_RABBITMQ_URL'): string => {
  const url = process.env[name]
  if (!url) throw new Error(`${name} is not set: \`bun run test\` sets it`)
  return url
}

/** The messages of outbox rows, in their order. */
const published = (rows: readonly { body: string }[], type?: string): Message[] =>
  rows.map(({ body }): Message => JSON.parse(body)).filter(message => type === undefined || message.type === type)

/** A new schema on the test server. `open` opens it once more, as another instance does. */
export const testSql = async <Db>(options: Partial<SqlOptions> = {}) => {
  const [{ openSql }, { createConnection }] = await Promise.all([import('../sql'), import('mysql2/promise')])
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

/** A new database on the test server. `open` opens it once more, as another instance does. */
export const testMongo = async (options: Partial<MongoOptions> = {}) => {
  const { openMongo } = await import('../mongo')
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

/** A new prefix on the test server: every key and stream must begin with it. `open` connects once more, as another service does. */
export const testRedis = async ({ url = testUrl('TEST_REDIS_URL') } = {}) => {
  const { openRedis } = await import('../redis')
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

/** New exchanges and queues on the test broker. `open` opens a service's bus; `counted` and `held` have the metrics of all of them. */
export const testBus = async (events: Topology, { url = testUrl('TEST_RABBITMQ_URL'), retryDelaysMs = [50, 100, 150] } = {}) => {
  const [{ openBus }, { brokerTopology }, { connect }] = await Promise.all([import('../bus'), import('../bus/topology'), import('amqplib')])
  const prefix = `${testName()}.`
  const counted = { handled: 0, retried: 0, deadLettered: 0 }
  const held: number[] = []
  const metrics = {
    setUnderWay: () => {},
    setHeld: (count: number) => void held.push(count),
    countHandled: () => counted.handled++,
    countRetried: () => counted.retried++,
    countDeadLettered: () => counted.deadLettered++,
  }
  const broker = { url, prefix, events, retryDelaysMs }
  const opened: Bus[] = []
  const open = async (service: BusOptions['service'], more: Partial<BusOptions> = {}) => {
    const bus = await openBus({ ...broker, service, log: quiet, metrics, prefetch: 32, startWithinMs: 3000, ...more })
    opened.push(bus)
    return bus
  }
  return {
    url,
    prefix,
    counted,
    held,
    open,
    async drop() {
      await Promise.all(opened.map(bus => bus.close()))
      const model = await connect(url)
      const channel = await model.createChannel()
      const { exchanges, queues } = brokerTopology(broker)
      for (const name of queues.keys()) await channel.deleteQueue(name)
      for (const name of exchanges.keys()) await channel.deleteExchange(name)
      await model.close()
    },
  }
}
