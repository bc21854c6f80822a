import { type Collection, type Db, Timestamp } from 'mongodb'
import type { OutboxRow, OutboxStore } from '../outbox'

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

/** MongoDB replaces an empty timestamp at the top of a document by its own at insertion, each greater than the one before: the outbox's order. */
export const timestampByServer = () => new Timestamp({ t: 0, i: 0 })

export const prepareKernel = async (db: Db) => {
  await Promise.all([
    outboxOf(db).createIndex({ at: 1 }),
    inboxOf(db).createIndex({ at: 1 }, { expireAfterSeconds: 30 * 86_400 }),
    // A row of ours to lease: from here on taking it is one conditional update.
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
  return {
    async lease(holder, ttlMs) {
      const { matchedCount } = await leases.updateOne({ _id: 'relay', $or: [{ holder }, { $expr: { $lt: ['$expires_at', '$$NOW'] } }] }, [
        { $set: { holder, expires_at: { $add: ['$$NOW', ttlMs] } } },
      ])
      return matchedCount > 0
    },
    async release(holder) {
      await leases.updateOne({ _id: 'relay', holder }, { $set: { holder: '', expires_at: new Date(0) } })
    },
    async unsent(limit, except) {
      const rows = await outbox
        .find(except.length > 0 ? { _id: { $nin: except } } : {})
        .sort({ at: 1 })
        .limit(limit)
        .toArray()
      return rows.map(({ _id, ...row }) => ({ ...row, id: _id }))
    },
    async remove(ids) {
      // By majority, as all writes: reads see no less, and a weaker deletion would be read, and sent, again.
      await outbox.deleteMany({ _id: { $in: ids } })
    },
    async waiting() {
      const first = await outbox.findOne({}, { sort: { at: 1 }, projection: { created_at: 1 } })
      if (!first) return { count: 0 }
      return { count: await outbox.countDocuments({}, { limit: 10_000 }), oldest: first.created_at }
    },
    // The inbox forgets by its own index.
    async sweep() {},
  }
}
