import { type ClientSession, type Collection, type Db, type Document, type IndexDescription, MongoClient, MongoError } from 'mongodb'
import { withAdminAct } from './admin-acts'
import { untilAvailable, within } from './deadline'
import { isUnavailable, unavailable } from './errors'
import type { Draft } from './event'
import { inboxOf, mongoOutbox, outboxOf, prepareKernel, timestampByServer } from './mongo/outbox'
import { type Backlog, type OutboxRow, outboxRows, type StoreLog } from './outbox'
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

// Transactions that change the same document conflict often: many short attempts, bounded in time.
const maxRetryMs = 6000
/** A group of messages gives up early, since its halves are tried next. */
const maxRetryMsOfGroup = 100
const maxTransactionMs = 12_000

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
  const outbox = outboxOf(db)
  const inbox = inboxOf(db)
  const relay = options.relay && startRelay({ ...options.relay, store, log })

  // Each call of a transaction has its own bound; this bounds the transaction as a whole.
  const bounded = <T>(running: Promise<T>): Promise<T> =>
    within(maxTransactionMs, running, () => {
      throw unavailable('database_unavailable', 'The database does not answer.')
    })

  const commit = async <T>(session: ClientSession, work: Work<ClientSession, T>, until: number, auditDrafts: Draft[]) => {
    const rows: OutboxRow[] = []
    session.startTransaction({ readConcern: { level: 'snapshot' } })
    const result = await work(session, (...drafts) => void rows.push(...outboxRows(drafts, service)))
    rows.push(...outboxRows(auditDrafts, service))
    if (rows.length > 0) {
      const documents = rows.map(row => ({ _id: row.message_id, at: timestampByServer(), created_at: new Date(), ...row }))
      await outbox.insertMany(documents, { session })
    }
    for (;;) {
      try {
        await session.commitTransaction()
        break
      } catch (error) {
        // It is unknown whether the commit succeeded. Repeating it is safe, and gives the answer.
        if (!hasLabel(error, 'UnknownTransactionCommitResult') || Date.now() > until) throw error
        await Bun.sleep(10)
      }
    }
    relay?.committed(rows.map(row => ({ ...row, id: row.message_id })))
    return result
  }

  const transaction = async <T>(work: Work<ClientSession, T>, retryMs = maxRetryMs): Promise<T> => {
    const until = Date.now() + retryMs
    const session = client.startSession()
    try {
      for (let attempts = 1; ; attempts++) {
        try {
          return await withAdminAct(service, auditDrafts => commit(session, work, until, auditDrafts))
        } catch (error) {
          if (session.inTransaction()) await session.abortTransaction()
          if (!hasLabel(error, 'TransientTransactionError') || isUnavailable(error)) throw error
          if (Date.now() > until) throw unavailable('database_busy', 'Other requests are changing the same data. Try again shortly.', error)
        }
        await Bun.sleep(Math.random() * Math.min(200, 2 * 2 ** attempts))
      }
    } finally {
      await session.endSession()
    }
  }

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
        await bounded(transaction(recording, ids.length > 1 ? maxRetryMsOfGroup : maxRetryMs))
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
    transaction: work => bounded(transaction(work)),
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

const hasLabel = (error: unknown, label: string) => error instanceof MongoError && error.hasErrorLabel(label)
export const isDuplicate = (error: unknown) => error instanceof MongoError && error.code === 11000

const prepare = async (db: Db, indexes: Record<string, IndexDescription[]>) => {
  await prepareKernel(db)
  const wanted = Object.entries(indexes).filter(([, list]) => list.length > 0)
  await Promise.all(wanted.map(([name, list]) => db.collection(name).createIndexes(list)))
}
