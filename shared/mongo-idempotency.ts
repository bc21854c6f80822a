import type { ClientSession } from 'mongodb'
import { keyReused } from './errors'
import type { Answer, KeyedRequest } from './idempotency'
import { ownerOf, replayOf, requestHashes } from './idempotency-key'
import { isDuplicate, type Mongo } from './mongo'

interface KeyRow {
  _id: string
  body_hash: string
  /** The user whose request it was; absent in rows of an earlier release. */
  owner?: number
  /** As JSON. */
  answer: string
  created_at: Date
}
/** Stores the answer in the transaction of the effect. */
type SaveAnswer<Body> = (session: ClientSession, answer: Answer<Body>) => Promise<void>

const taken = new Error('another request with this Idempotency-Key committed first')

/**
 * Does `work` once for a key, and answers repetitions with the first answer for 24 hours. The key is stored with the effect: of two requests at
 * once, one commits, and the other finds its answer. An error of `work` stores nothing.
 */
export const idempotentlyInMongo = async <Body>(
  mongo: Pick<Mongo, 'collection'>,
  { scope, key, body }: Pick<KeyedRequest, 'scope' | 'key' | 'body'>,
  work: (save: SaveAnswer<Body>) => Promise<Answer<Body>>,
): Promise<Answer<Body>> => {
  if (key === undefined) return work(async () => {})
  const keys = mongo.collection<KeyRow>('idempotency_keys')
  const { id: _id, body: body_hash } = requestHashes(scope, key, body)
  const replay = async (): Promise<Answer<Body> | undefined> => {
    const found = await keys.findOne({ _id })
    if (!found) return undefined
    if (found.body_hash !== body_hash) throw keyReused()
    const answer: Answer<Body> = JSON.parse(found.answer)
    return replayOf(answer)
  }
  const save: SaveAnswer<Body> = async (session, answer) => {
    const owner = ownerOf(scope)
    const row = { _id, body_hash, ...(owner !== undefined && { owner }), answer: JSON.stringify(answer), created_at: new Date() }
    await keys.insertOne(row, { session }).catch(error => {
      throw isDuplicate(error) ? taken : error
    })
  }
  const first = await replay()
  if (first) return first
  try {
    return await work(save)
  } catch (error) {
    // The refusal of a request that was overtaken by its twin, such as `sku_taken`, is not its answer.
    const other = await replay()
    if (other) return other
    throw error
  }
}

/** Deletes the answers to a user's requests, which can hold what is erased with the account. Call it in the transaction that erases. */
export const forgetAnswersInMongo = async (mongo: Pick<Mongo, 'collection'>, session: ClientSession, userId: number): Promise<void> => {
  await mongo.collection<KeyRow>('idempotency_keys').deleteMany({ owner: userId }, { session })
}
