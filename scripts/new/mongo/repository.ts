import { ObjectId } from 'mongodb'
import { isDuplicate, type Mongo } from '#shared/mongo'
import { countLimit, cursorAfter, decodeCursor, type Page, type PageQuery } from '#shared/page'
import { t } from '#shared/schema'
import { sampleSaved } from '../mysql/catalog'
import { blank, changeNote, type Sample } from '../mysql/domain'
import { samplesIn } from './database'

const Cursor = t.Tuple([t.String({ pattern: '^[0-9a-f]{24}$' })])

export const sampleRepository = (mongo: Mongo) => {
  const samples = samplesIn(mongo)

  const save = (user_id: number, product_id: string, note: string): Promise<Sample> =>
    mongo.transaction(async (session, publish) => {
      const now = new Date()
      const present = await samples.findOne({ user_id, product_id }, { session })
      const before = present ?? { _id: new ObjectId(), user_id, product_id, ...blank, created_at: now, updated_at: now }
      const noted = changeNote(before, note)
      if (!noted) return before
      const row = { ...before, ...noted, updated_at: now }
      await samples.replaceOne({ _id: row._id }, row, { session, upsert: true })
      publish(sampleSaved({ id: row._id.toHexString(), version: row.version }, { user_id, product_id, note }))
      return row
    })

  return {
    async list(userId: number, { skip, limit, cursor }: PageQuery): Promise<Page<Sample>> {
      const ofUser = { user_id: userId }
      const older = cursor === undefined ? {} : { _id: { $lt: new ObjectId(decodeCursor(cursor, Cursor)[0]) } }
      const [items, total] = await Promise.all([
        samples
          .find({ ...ofUser, ...older })
          .sort({ _id: -1 })
          .skip(cursor === undefined ? skip : 0)
          .limit(limit)
          .toArray(),
        samples.countDocuments(ofUser, { limit: countLimit }),
      ])
      return { items, total, nextCursor: cursorAfter(items, limit, ({ _id }) => [_id.toHexString()]) }
    },

    /** Of two first notes at once one finds the other's document, which it changes when it is repeated. */
    save: async (userId: number, productId: string, note: string): Promise<Sample> => {
      try {
        return await save(userId, productId, note)
      } catch (error) {
        if (!isDuplicate(error)) throw error
        return save(userId, productId, note)
      }
    },

    async remove(userId: number, productId: string): Promise<boolean> {
      const { deletedCount } = await samples.deleteOne({ user_id: userId, product_id: productId })
      return deletedCount > 0
    },

    exportOf: (userId: number): Promise<Sample[]> => samples.find({ user_id: userId }).sort({ _id: 1 }).toArray(),

    forgetUser: (userId: number): Promise<unknown> => samples.deleteMany({ user_id: userId }),

    forgetProduct: (productId: string): Promise<unknown> => samples.deleteMany({ product_id: productId }),
  }
}
export type SampleRepository = ReturnType<typeof sampleRepository>
