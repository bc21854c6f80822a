import { join } from 'node:path'
import { inflateRawSync } from 'node:zlib'
import { type Channel, connect } from 'amqplib'
import { Redis } from 'ioredis'
import { MongoClient } from 'mongodb'
import { createPool, type RowDataPacket } from 'mysql2/promise'
import * as catalog from '#shared/catalog'
import { forRelease } from '#shared/event'
import { released } from '#shared/platform'
import { brokerTopology } from '#shared/testing'
import { shop, unique } from '../shop'
import { until } from '../shopper'

/** Some bytes that are kept somewhere, and where. */
export interface Kept {
  place: string
  bytes: Uint8Array
}

const {
  TEST_MYSQL_URL = '',
  TEST_MONGO_URL = '',
  TEST_REDIS_URL = '',
  TEST_RABBITMQ_URL = '',
  TEST_STACK_DIR = '',
  TEST_LOG = '',
} = Bun.env
const gap = Buffer.from([0])
const joined = (parts: readonly (Buffer | null)[]) => Buffer.concat(parts.flatMap(part => [part ?? gap, gap]))

/** What a cell holds, if it holds something compressed. */
const inflated = (cell: Buffer): Buffer[] => {
  if (!/^[\w+/]{40,}=*$/.test(cell.toString('latin1'))) return []
  try {
    return [inflateRawSync(Buffer.from(cell.toString('latin1'), 'base64'))]
  } catch {
    return []
  }
}

/** Every row of every table, as the server sends it, and what is compressed in it. */
async function* mysqlTables(): AsyncGenerator<Kept> {
  const mysql = createPool({ uri: TEST_MYSQL_URL, connectionLimit: 1, charset: 'utf8mb4' })
  try {
    const [tables] = await mysql.query<RowDataPacket[]>(`select table_schema as owner, table_name as name from information_schema.tables
      where table_type = 'BASE TABLE' and table_schema not in ('mysql', 'sys', 'information_schema', 'performance_schema')`)
    for (const { owner, name } of tables) {
      const [rows] = await mysql.query<RowDataPacket[][]>({
        sql: 'select * from ??.??',
        values: [owner, name],
        rowsAsArray: true,
        typeCast: field => field.buffer(),
      })
      const cells: unknown[] = rows.flat()
      yield {
        place: `MySQL ${owner}.${name}`,
        bytes: joined(cells.flatMap(cell => (cell instanceof Buffer ? [cell, ...inflated(cell)] : [null]))),
      }
    }
  } finally {
    await mysql.end()
  }
}

/** Every document of every collection, as BSON. The server's own databases are left out: the log of its writes shrinks by itself. */
async function* mongoCollections(): AsyncGenerator<Kept> {
  const mongo = new MongoClient(TEST_MONGO_URL)
  try {
    const { databases } = await mongo.db().admin().listDatabases({ nameOnly: true })
    for (const { name } of databases) {
      if (['admin', 'config', 'local'].includes(name)) continue
      for (const { name: collection } of await mongo.db(name).listCollections({ type: 'collection' }).toArray()) {
        const documents: unknown[] = await mongo.db(name).collection(collection).find({}, { raw: true }).toArray()
        yield { place: `MongoDB ${name}.${collection}`, bytes: joined(documents.map(one => (one instanceof Buffer ? one : null))) }
      }
    }
  } finally {
    await mongo.close()
  }
}

const readers: Record<string, (redis: Redis, key: Buffer) => Promise<unknown>> = {
  string: (redis, key) => redis.getBuffer(key),
  hash: (redis, key) => redis.hgetallBuffer(key).then(Object.entries),
  list: (redis, key) => redis.lrangeBuffer(key, 0, -1),
  set: (redis, key) => redis.smembersBuffer(key),
  zset: (redis, key) => redis.zrangeBuffer(key, '0', '-1'),
  stream: (redis, key) => redis.xrangeBuffer(key, '-', '+'),
}
const buffersIn = (value: unknown): Buffer[] =>
  value instanceof Buffer
    ? [value]
    : typeof value === 'string'
      ? [Buffer.from(value)]
      : Array.isArray(value)
        ? value.flatMap(buffersIn)
        : []

/** Every key of every database, with its value and what Redis itself would write of it. Snapshots of the index are opened. */
async function* redisKeys(): AsyncGenerator<Kept> {
  const redis = new Redis(TEST_REDIS_URL)
  const snapshots = new Map<string, Buffer[]>()
  try {
    const databases = [...(await redis.info('keyspace')).matchAll(/^db(\d+):/gm)].map(([, number]) => Number(number))
    for (const database of databases) {
      await redis.select(database)
      for await (const keys of redis.scanBufferStream({ count: 1000 })) {
        const found = (keys as Buffer[]).map(async key => {
          const [type, dump] = await Promise.all([redis.type(key), redis.dumpBuffer(key)])
          const value = await readers[type]?.(redis, key)
          const [, generation, chunk] = /^search:snapshot:(\d+):(\d+)$/.exec(`${key}`) ?? []
          if (generation !== undefined && value instanceof Buffer) {
            const chunks = snapshots.get(generation) ?? []
            chunks[Number(chunk)] = value
            snapshots.set(generation, chunks)
          }
          // A key that has expired meanwhile holds nothing.
          return { place: `Redis ${database} ${key}`, bytes: joined([key, ...buffersIn(value), dump]) }
        })
        yield* await Promise.all(found)
      }
    }
    for (const [generation, chunks] of snapshots)
      yield { place: `snapshot ${generation}`, bytes: await Bun.zstdDecompress(Buffer.concat(chunks)) }
  } finally {
    redis.disconnect()
  }
}

const topology = brokerTopology({ events: forRelease(Object.values(catalog), released), prefix: '', retryDelaysMs: [1000, 5000, 30_000] })
const onBroker = async <T>(work: (channels: Channel[]) => Promise<T>): Promise<T> => {
  const model = await connect(TEST_RABBITMQ_URL)
  try {
    const channels = await Promise.all(Array.from({ length: 8 }, () => model.createChannel()))
    const result = await work(channels)
    // What was received and not acknowledged is back in its queue when this resolves.
    await Promise.all(channels.map(channel => channel.close()))
    return result
  } finally {
    await model.close()
  }
}

/** What waits in every queue: for a consumer, for its time, or, as a dead letter, for a person. */
const queuedMessages = () =>
  onBroker(async channels => {
    const kept: Kept[] = []
    for (const queue of topology.queues.keys()) {
      const read = async (channel: Channel): Promise<Buffer[]> => {
        const message = await channel.get(queue)
        if (!message) return []
        return [Buffer.from(JSON.stringify([message.fields, message.properties])), message.content, ...(await read(channel))]
      }
      kept.push({ place: `queue ${queue}`, bytes: joined((await Promise.all(channels.map(read))).flat()) })
    }
    return kept
  })

/** Records every message that any service publishes from now on. */
export const recordEvents = async () => {
  const model = await connect(TEST_RABBITMQ_URL)
  const channel = await model.createChannel()
  const { queue } = await channel.assertQueue('', { exclusive: true })
  for (const exchange of topology.exchanges.keys()) await channel.bindQueue(queue, exchange, '#')
  const heard: Buffer[] = []
  await channel.consume(queue, message => message && heard.push(Buffer.from(JSON.stringify(message.properties)), message.content), {
    noAck: true,
  })
  return { heard: (): Kept => ({ place: 'events', bytes: joined(heard) }), stop: () => model.close() }
}

/** Nginx writes its log once a second. */
const untilLogged = async () => {
  const mark = `logged-${unique()}`
  await shop.guest.ask('GET', '/api/products', { headers: { 'x-request-id': mark } })
  await until(async () => (await Bun.file(join(TEST_STACK_DIR, 'nginx/access.log')).text()).includes(mark))
}

/** What the services, the gateway and the servers wrote into their logs, and whatever else lies in the gateway's folder, such as its cache. */
async function* logs(): AsyncGenerator<Kept> {
  await untilLogged()
  const paths = [...new Bun.Glob('{*/*.log*,nginx/**}').scanSync({ cwd: TEST_STACK_DIR, absolute: true }), TEST_LOG]
  for (const path of paths) {
    // The gateway's cache may drop a file at any moment.
    const bytes = await Bun.file(path)
      .bytes()
      .catch(() => gap)
    yield { place: path, bytes }
  }
}

/** Everything that any store, queue or log of the platform holds at this moment. */
export async function* everything(): AsyncGenerator<Kept> {
  yield* mysqlTables()
  yield* mongoCollections()
  yield* redisKeys()
  yield* await queuedMessages()
  yield* logs()
}
