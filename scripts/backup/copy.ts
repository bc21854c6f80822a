import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { released } from '#shared/platform'
import { liveInstances } from '#shared/registry'
import { openMongoServer } from '../mongo-address'
import { readCompressed } from './files'
import { databasesOf, dumpDatabase, restoreDatabase, snapshotSession } from './mongo'
import { beginSnapshot, dumpSchema, openMysql, type Rows, restoreSchema, schemasOf } from './mysql'
import { messagesAt, pauseEvents } from './pause-events'
import type { Places } from './places'
import { dumpKeys, openRedisServer, restoreKeys } from './redis'

type Report = (line: string) => void

/** Written last: a folder without it holds no whole backup. */
interface Manifest {
  taken_at: string
  /** Rows by table, documents by collection, and the number of keys. */
  mysql: Record<string, Rows>
  mongo: Record<string, Rows>
  redis: Record<string, number>
  /** Messages that waited to be tried again when the backup was taken, and are not in it. */
  messages_to_be_tried_again: number
}

const manifestIn = (dir: string) => join(dir, 'manifest.json')
const sqlFile = (dir: string, schema: string) => join(dir, 'mysql', `${schema}.sql.gz`)
const bsonFile = (dir: string, database: string) => (collection: string) => join(dir, 'mongo', database, `${collection}.bson.gz`)
const keysFile = (dir: string, server: string) => join(dir, 'redis', `${server}.ndjson.gz`)
const sumOf = (counts: Record<string, number>) => Object.values(counts).reduce((total, count) => total + count, 0)
const sum = (rows: Record<string, Rows>) => Object.values(rows).reduce((total, counts) => total + sumOf(counts), 0)

const redisServers = ({ redis, carts }: Places) => ({ redis, ...(carts !== redis && { carts }) })

/** Opens all servers, runs `work`, and closes them. */
const onServers = async <T>(places: Places, work: (open: Awaited<ReturnType<typeof openServers>>) => Promise<T>): Promise<T> => {
  const open = await openServers(places)
  try {
    return await work(open)
  } finally {
    await Promise.allSettled([open.mysql.close(), open.mongo.close(), ...Object.values(open.redis).map(redis => redis.quit())])
  }
}
const openServers = async (places: Places) => {
  const redis = Object.fromEntries(Object.entries(redisServers(places)).map(([name, url]) => [name, openRedisServer(url)]))
  await Promise.all(Object.values(redis).map(one => one.connect()))
  const registry = redis.redis
  if (!registry) throw new Error('REDIS_URL is not set')
  return { mysql: await openMysql(places.mysql), mongo: openMongoServer(places.mongo), redis, registry }
}

/** Copies the data of all services into `dir`, while they run. Events pause for some seconds, until every server shows its state of one moment. */
export const backUp = async (places: Places, dir: string, report: Report): Promise<void> => {
  // Interrupted, it would leave its files beside the manifest of an earlier backup, which would then seem whole.
  if (existsSync(dir) && readdirSync(dir).length > 0) throw new Error(`${dir} is not empty: name a new folder for the backup`)
  await onServers(places, async ({ mysql, mongo, redis, registry }) => {
    const [schemas, databases] = [await schemasOf(mysql), await databasesOf(mongo)]
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    report('waiting until every published event is handled')
    // The audit log has a schema of its own, without events.
    const withEvents = schemas.filter(name => released.some(service => name === `shop_${service}`))
    const paused = await pauseEvents({
      ...{ mysqlUrl: places.mysql, schemas: withEvents, mongo, databases, rabbitmqUrl: places.rabbitmq },
      registry: { client: registry },
    })
    const manifest: Manifest = {
      taken_at: new Date().toISOString(),
      mysql: {},
      mongo: {},
      redis: {},
      messages_to_be_tried_again: paused.delayed,
    }
    const began = performance.now()
    const snapshot = await Promise.all([beginSnapshot(mysql), snapshotSession(mongo)])
      .then(async ([, session]) => {
        for (const [name, server] of Object.entries(redis)) manifest.redis[name] = await dumpKeys(server, keysFile(dir, name))
        return session
      })
      .finally(paused.resume)
    report(`events go on; they paused for ${((performance.now() - began) / 1000).toFixed(1)} s after the last one was handled`)
    // MongoDB keeps its snapshot for minutes, MySQL for as long as the connection lasts.
    for (const name of databases) manifest.mongo[name] = await dumpDatabase(mongo, snapshot, name, bsonFile(dir, name))
    for (const schema of schemas) manifest.mysql[schema] = await dumpSchema(mysql, schema, sqlFile(dir, schema))
    writeFileSync(manifestIn(dir), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 })
    report(`${sum(manifest.mysql)} rows, ${sum(manifest.mongo)} documents and ${sumOf(manifest.redis)} keys are in ${dir}`)
    if (paused.delayed > 0)
      report(
        `${paused.delayed} messages waited to be tried again and are not in the backup: after a restore, drift names what they would have changed`,
      )
  })
}

/** Puts the data of all services back as it was. Whatever they stored since is gone, and so are the messages in RabbitMQ, which tell of it. */
export const restore = async (places: Places, dir: string, report: Report): Promise<void> => {
  const manifest = readManifest(dir)
  await requireWhole(dir, manifest)
  await onServers(places, async ({ mysql, mongo, redis, registry }) => {
    const running = Object.entries(await liveInstances({ client: registry }, released)).filter(([, instances]) => instances.length > 0)
    if (running.length > 0)
      throw new Error(
        `these services still run: ${running.map(([name]) => name).join(', ')}. Stop all services, wait 15 seconds, and try again`,
      )
    const missing = Object.keys(manifest.redis).filter(name => !redis[name])
    if (missing.length > 0)
      throw new Error('in this backup, the carts are apart from the other keys: set CART_REDIS_URL to the Redis for carts, and try again')

    await replaceAll({ mysql, mongo, redis, rabbitmqUrl: places.rabbitmq }, dir, manifest, report).catch(cause => {
      const reason = cause instanceof Error ? cause.message : cause
      throw new Error(`the restore is not finished, and part of the data is gone: start no service, and restore again (${reason})`, {
        cause,
      })
    })
    report(`The platform is as it was at ${manifest.taken_at}. Start the services, then look at GET /api/discovery/drift.`)
  })
}

type Open = Pick<Awaited<ReturnType<typeof openServers>>, 'mysql' | 'mongo' | 'redis'>

/** Between its first step and its last, the servers have neither the old data nor all of the backup. */
const replaceAll = async (
  { mysql, mongo, redis, rabbitmqUrl }: Open & { rabbitmqUrl: string },
  dir: string,
  manifest: Manifest,
  report: Report,
) => {
  const removed = await messagesAt(rabbitmqUrl).purge()
  if (removed > 0) report(`removed ${removed} messages from RabbitMQ`)
  const found: Pick<Manifest, 'mysql' | 'mongo' | 'redis'> = { mysql: {}, mongo: {}, redis: {} }
  for (const schema of Object.keys(manifest.mysql)) found.mysql[schema] = await restoreSchema(mysql, schema, sqlFile(dir, schema))
  report(`restored ${sum(found.mysql)} rows`)
  for (const [name, collections] of Object.entries(manifest.mongo))
    found.mongo[name] = await restoreDatabase(mongo, name, Object.keys(collections), bsonFile(dir, name))
  report(`restored ${sum(found.mongo)} documents`)
  for (const name of Object.keys(manifest.redis)) {
    const server = redis[name]
    if (server) found.redis[name] = await restoreKeys(server, keysFile(dir, name))
  }
  const { mysql: rows, mongo: documents, redis: keys } = manifest
  if (!Bun.deepEquals(found, { mysql: rows, mongo: documents, redis: keys }))
    throw new Error('what was restored does not have the numbers of rows, documents and keys that the manifest names')
}

/** Reads every file of a backup to its end, before a restore removes anything: gzip's checksum tells of a file that was cut off or changed. */
const requireWhole = async (dir: string, manifest: Manifest) => {
  const files = [
    ...Object.keys(manifest.mysql).map(schema => sqlFile(dir, schema)),
    ...Object.entries(manifest.mongo).flatMap(([name, collections]) => Object.keys(collections).map(bsonFile(dir, name))),
    ...Object.keys(manifest.redis).map(name => keysFile(dir, name)),
  ]
  for (const file of files)
    await finished(readCompressed(file).resume()).catch(cause => {
      throw new Error(`${file} is missing or damaged, so nothing was restored: use another backup`, { cause })
    })
}

const readManifest = (dir: string): Manifest => {
  try {
    return JSON.parse(readFileSync(manifestIn(dir), 'utf8'))
  } catch (cause) {
    throw new Error(`${manifestIn(dir)} cannot be read: this folder holds no whole backup`, { cause })
  }
}
