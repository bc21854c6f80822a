import { type ClientSession, type Collection, type Db, type Document, type IndexDescription, MongoClient, MongoError } from 'mongodb'
import { untilAvailable } from './deadline'
import { isUnavailable, unavailable } from './errors'
import { inboxOf, mongoOutbox, prepareKernel } from './mongo/outbox'
import { bounded, createTransactions } from './mongo/transactions'
import type { Backlog, StoreLog } from './outbox'
import { type MessageHandling, messageHandling, type RecordOnce, type Work } from './outbox/inbox'
import { type RelayPorts, type RelayTimes, startRelay } from './outbox/relay'
import type { ServiceName } from './platform'

export interface MongoOptions {
  url: string
  /** Names the database, `shop_<service>`, unless `database` or the address (`/all_<service>`) does. */
  service: ServiceName
  database?: string
  indexes: Record<string, IndexDescription[]>
  log: StoreLog
  /** Absent, what is published stays in the outbox. */
  relay?: RelayPorts & RelayTimes
  poolSize?: number
  connectWithinMs?: number
}

/** A service's MongoDB database. Writes wait for the disks of a majority. When it is down or busy, `isUnavailable` holds for the error. */
export interface Mongo extends MessageHandling<ClientSession> {
  db: Db
  collection<T extends Document>(name: string): Collection<T>
  /**
   * `publish` publishes its messages if and only if the transaction commits. Every call in `work` must pass the session and wait for the one
   * before. `work` is repeated after a conflict, so it must have no effect except through the session.
   */
  transaction<T>(work: Work<ClientSession, T>): Promise<T>
  backlog(): Promise<Backlog>
  relaying(): boolean
  ping(): Promise<void>
  /** Relays the outbox for up to 2 s, then closes. The connection to the broker must still be open. */
  close(): Promise<void>
}

/** A group of messages gives up early, since its halves are tried next. */
const maxRetryMsOfGroup = 100

/** The database in the address, if its name is of this service. Another name there is only the database of the login. */
const databaseIn = (url: string, service: ServiceName) => {
  const name = /^mongodb(?:\+srv)?:\/\/[^/]+\/([^?]+)/.exec(url)?.[1]
  return name?.endsWith(`_${service}`) ? name : undefined
}

export const openMongo = async (options: MongoOptions): Promise<Mongo> => {
  const {
    url,
    service,
    database = databaseIn(url, service) ?? `shop_${service}`,
    indexes,
    log,
    poolSize = 20,
    connectWithinMs = 60_000,
  } = options
  const client = new MongoClient(url, {
    maxPoolSize: poolSize,
    maxIdleTimeMS: 60_000,
    serverSelectionTimeoutMS: 2000,
    connectTimeoutMS: 2000,
    // A server that accepts connections but does not answer is given up after this and `connectTimeoutMS` together.
    heartbeatFrequencyMS: 2000,
    // One question in two seconds. By default the driver has a second connection, which only measures round trips, and asks on that as well.
    serverMonitoringMode: 'poll',
    socketTimeoutMS: 15_000,
    waitQueueTimeoutMS: 5000,
    writeConcern: { w: 'majority', journal: true, wtimeoutMS: 10_000 },
    readConcern: { level: 'majority' },
    retryWrites: true,
    ignoreUndefined: true,
  })
  const db = client.db(database)
  const wait = { what: 'the database', ms: connectWithinMs, log, retryable: isUnavailable }
  await untilAvailable(() => prepare(db, indexes), wait).catch(async error => {
    await client.close()
    throw error
  })
  const store = mongoOutbox(db)
  const inbox = inboxOf(db)
  const relay = options.relay && startRelay({ ...options.relay, store, log })

  const transaction = createTransactions({ client, service, db, committed: relay?.committed })

  const recordOnce: RecordOnce<ClientSession> = async (ids, work) => {
    const recordedBefore = Symbol('one of the messages was recorded before')
    let fresh = ids
    while (fresh.length > 0) {
      const recording: Work<ClientSession, void> = async (session, publish) => {
        const at = new Date()
        const records = fresh.map(id => ({ _id: id, at }))
        await inbox.insertMany(records, { session }).catch(error => {
          throw isDuplicate(error) ? recordedBefore : error
        })
        await work(session, new Set(fresh), publish)
      }
      try {
        await transaction(recording, ids.length > 1 ? maxRetryMsOfGroup : undefined)
        return true
      } catch (error) {
        if (error !== recordedBefore) throw error
        const known = await inbox.find({ _id: { $in: [...fresh] } }, { readConcern: 'local' }).toArray()
        if (known.length === 0) throw unavailable('database_busy', 'A message was recorded and deleted meanwhile. Try again shortly.')
        fresh = fresh.filter(id => !known.some(({ _id }) => _id === id))
      }
    }
    return false
  }

  return {
    db,
    collection: name => db.collection(name),
    transaction: work => transaction(work),
    ...messageHandling(recordOnce),
    backlog: store.backlog,
    relaying: () => relay?.holding() ?? false,
    async ping() {
      await bounded(db.command({ ping: 1 }))
    },
    async close() {
      await relay?.stop()
      await client.close()
    },
  }
}

export const isDuplicate = (error: unknown) => error instanceof MongoError && error.code === 11000

const prepare = async (db: Db, indexes: Record<string, IndexDescription[]>) => {
  await prepareKernel(db)
  const wanted = Object.entries(indexes).filter(([, list]) => list.length > 0)
  await Promise.all(wanted.map(([name, list]) => db.collection(name).createIndexes(list)))
}
