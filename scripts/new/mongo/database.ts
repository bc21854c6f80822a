import type { IndexDescription, ObjectId } from 'mongodb'
import type { Mongo } from '#shared/mongo'

/** A document that was deleted and saved again has another id, so that its versions are never those of the document before. */
export interface SampleRow {
  _id: ObjectId
  user_id: number
  product_id: string
  note: string
  version: number
  created_at: Date
  updated_at: Date
}

export const indexes: Record<string, IndexDescription[]> = {
  samples: [
    { name: 'user_product', key: { user_id: 1, product_id: 1 }, unique: true },
    { name: 'user_newest', key: { user_id: 1, _id: -1 } },
    { name: 'product', key: { product_id: 1 } },
  ],
}

export const samplesIn = (mongo: Mongo) => mongo.collection<SampleRow>('samples')
