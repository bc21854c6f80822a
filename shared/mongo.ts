import { type ClientSession, type Collection, type Db, type Document, type IndexDescription, MongoClient, MongoError } from 'mongodb'
import { untilAvailable, within } from './deadline'
import { isUnavailable, unavailable } from './errors'
import type { Message, Publish } from './event'
import { inboxOf, mongoOutbox, outboxOf, prepareKernel, timestampByServer } from './mongo/outbox'
import { type Backlog, type OutboxRow, outboxRows, type StoreLog } from './outbox'
import { createInbox, type TakeIn } from './outbox/inbox'
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

type Work<T> = (session: ClientSession, publish: Publish) => Promise<T>

/** A service's MongoDB database. Writes are on disk at a majority of its nodes. An error for which `isUnavailable` holds means that it is away or busy. */
export interface Mongo {
  db: Db
  collection<T extends Document>(name: string): Collection<T>
  /**
   * What `publish` is given goes out if and only if the transaction commits. Every call in `work` must carry the session, and wait for the one before.
   * Run again when another transaction came first: `work` must have no effect but through the session.
   */
  transaction<T>(work: Work<T>): Promise<T>
  /**
   * A transaction that also remembers the message: however often it comes, `work` takes effect once. Undefined when it had before.
   * Messages that arrive together share a transaction, so `work` may run again here too.
   */
  once<T>(message: Pick<Message, 'id'>, work: Work<T>): Promise<T | undefined>
  backlog(): Promise<Backlog>
  relaying(): boolean
  ping(): Promise<void>
  /** Relays what is waiting (for up to 2 s) and closes. The broker's connection must still be open. */
  close(): Promise<void>
}

// A hot document is retried often: many short attempts, bounded in time.
const maxRetryMs = 6000
const maxTransactionMs = 12_000

/** The address's own database, if it is one of this service: any other there is only whom to log in to. */
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
    connectTimeoutMS: 3000,
    // A server that hears but does not answer is given up after this and `connectTimeoutMS` together, and what waits for it is told so.
    heartbeatFrequencyMS: 1000,
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

  // A transaction asks many times over, each within bounds of its own: this is as long as anyone waits for all of it.
  const bounded = <T>(running: Promise<T>): Promise<T> =>
    within(maxTransactionMs, running, () => {
      throw unavailable('database_unavailable', 'The database does not answer.')
    })

  const attempt = async <T>(session: ClientSession, work: Work<T>, until: number) => {
    const rows: OutboxRow[] = []
    session.startTransaction({ readConcern: { level: 'snapshot' } })
    const result = await work(session, (...drafts) => void rows.push(...outboxRows(drafts, service)))
    if (rows.length > 0) {
      const documents = rows.map(row => ({ _id: row.message_id, at: timestampByServer(), created_at: new Date(), ...row }))
      await outbox.insertMany(documents, { session })
    }
    for (;;) {
      try {
        await session.commitTransaction()
        break
      } catch (error) {
        // Whether it was committed is not known; asking again is safe and tells.
        if (!hasLabel(error, 'UnknownTransactionCommitResult') || Date.now() > until) throw error
        await Bun.sleep(10)
      }
    }
    if (rows.length > 0) relay?.wake()
    return result
  }

  const transaction = async <T>(work: Work<T>, retryMs = maxRetryMs): Promise<T> => {
    const until = Date.now() + retryMs
    const session = client.startSession()
    try {
      for (let attempts = 1; ; attempts++) {
        try {
          return await attempt(session, work, until)
        } catch (error) {
          if (session.inTransaction()) await session.abortTransaction()
          if (!hasLabel(error, 'TransientTransactionError') || isUnavailable(error)) throw error
          if (Date.now() > until) throw unavailable('database_busy', 'Others are changing the same thing. Try again shortly.', error)
        }
        await Bun.sleep(Math.random() * Math.min(200, 2 * 2 ** attempts))
      }
    } finally {
      await session.endSession()
    }
  }

  const takeIn: TakeIn<ClientSession> = async (ids, work) => {
    const seen = Symbol('one of them was recorded before')
    const now = new Date()
    const recording: Work<{ value: Awaited<ReturnType<typeof work>> }> = async (session, publish) => {
      const records = ids.map(id => ({ _id: id, at: now }))
      await inbox.insertMany(records, { session }).catch(error => {
        throw isDuplicate(error) ? seen : error
      })
      return { value: await work(session, publish) }
    }
    return bounded(transaction(recording, ids.length > 1 ? 100 : maxRetryMs)).catch(error => {
      if (error === seen) return undefined
      throw error
    })
  }

  return {
    db,
    collection: name => db.collection(name),
    transaction: work => bounded(transaction(work)),
    once: createInbox(takeIn),
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
