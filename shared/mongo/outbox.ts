import { type Collection, type Db, type Filter, Timestamp, type WithId } from 'mongodb'
import type { OutboxRow, OutboxStore } from '../outbox'
import { day, second } from '../time'

interface OutboxDocument extends OutboxRow {
  _id: string
  at: Timestamp
  created_at: Date
}
interface LeaseDocument {
  _id: string
  holder: string
  expires_at: Date
}

export const outboxOf = (db: Db): Collection<OutboxDocument> => db.collection('outbox')
export const inboxOf = (db: Db): Collection<{ _id: string; at: Date }> => db.collection('inbox')
const leaseOf = (db: Db): Collection<LeaseDocument> => db.collection('outbox_lease')

/** On insertion MongoDB replaces an empty timestamp by its own time, each greater than the one before: the order of the outbox. */
export const timestampByServer = () => new Timestamp({ t: 0, i: 0 })

export const prepareKernel = async (db: Db) => {
  await Promise.all([
    outboxOf(db).createIndex({ at: 1 }),
    // For the rows of other types while those of one type rest.
    outboxOf(db).createIndex({ type: 1, at: 1 }),
    inboxOf(db).createIndex({ at: 1 }, { expireAfterSeconds: (30 * day) / second }),
    db.collection('idempotency_keys').createIndex({ created_at: 1 }, { expireAfterSeconds: day / second }),
    db.collection('idempotency_keys').createIndex({ owner: 1 }, { sparse: true }),
    // With this document in place, taking the lease is one conditional update.
    leaseOf(db)
      .updateOne({ _id: 'relay' }, { $setOnInsert: { holder: '', expires_at: new Date(0) } }, { upsert: true })
      .catch(error => {
        if (error.code !== 11000) throw error
      }),
  ])
}

export const mongoOutbox = (db: Db): OutboxStore<string> => {
  const outbox = outboxOf(db)
  const leases = leaseOf(db)
  /** Reads, by the index of types, only the oldest rows of each other type: a query that skips types would read all of their rows. */
  const oldestOfOtherTypes = async (except: string[], oldest: (filter: { type: string }) => Promise<WithId<OutboxDocument>[]>) => {
    const rows: WithId<OutboxDocument>[] = []
    for (const type of await outbox.distinct('type')) if (!except.includes(type)) rows.push(...(await oldest({ type })))
    return rows.sort((a, b) => a.at.compare(b.at))
  }
  return {
    async lease(holder, ttlMs) {
      const { matchedCount } = await leases.updateOne({ _id: 'relay', $or: [{ holder }, { $expr: { $lt: ['$expires_at', '$$NOW'] } }] }, [
        { $set: { holder, expires_at: { $add: ['$$NOW', ttlMs] } } },
      ])
      return matchedCount > 0
    },
    async seize(holder, ttlMs) {
      await leases.updateOne({ _id: 'relay' }, [{ $set: { holder, expires_at: { $add: ['$$NOW', ttlMs] } } }])
    },
    async release(holder) {
      await leases.updateOne({ _id: 'relay', holder }, { $set: { holder: '', expires_at: new Date(0) } })
    },
    async unsent(limit, exceptIds, exceptTypes) {
      const oldest = (filter: Filter<OutboxDocument>) =>
        outbox
          .find(exceptIds.length > 0 ? { ...filter, _id: { $nin: exceptIds } } : filter)
          .sort({ at: 1 })
          .limit(limit)
          .toArray()
      const rows = exceptTypes.length > 0 ? await oldestOfOtherTypes(exceptTypes, oldest) : await oldest({})
      return rows.slice(0, limit).map(({ _id, ...row }) => ({ ...row, id: _id }))
    },
    // Only the server knows the order of two documents, and others may lie between them.
    follows: () => false,
    async remove(ids) {
      // Written by majority, as everything is: a row whose deletion is rolled back would be published again.
      await outbox.deleteMany({ _id: { $in: ids } })
    },
    async backlog() {
      const first = await outbox.findOne({}, { sort: { at: 1 }, projection: { created_at: 1 } })
      if (!first) return { count: 0 }
      return { count: await outbox.countDocuments({}, { limit: 10_000 }), oldest: first.created_at }
    },
    // MongoDB deletes old inbox documents itself, by their index.
    async sweep() {},
  }
}
