import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { isUnavailable } from './errors'
import type { Mongo } from './mongo'
import { testMongo } from './testing'

describe('a database', () => {
  let store: Awaited<ReturnType<typeof testMongo>>
  let mongo: Mongo
  const shelves = () => mongo.collection<{ _id: string; pieces: number }>('shelves')
  beforeAll(async () => {
    store = await testMongo({ indexes: { shelves: [{ key: { name: 1 }, unique: true, sparse: true }] } })
    mongo = store.mongo
  })
  afterAll(() => store.drop())

  test('has its indexes, also after three instances started at once', async () => {
    await Promise.all([1, 2, 3].map(() => store.open()))
    expect((await shelves().indexes()).map(index => index.name)).toEqual(['_id_', 'name_1'])
    const inbox = await mongo.db.collection('inbox').indexes()
    expect(inbox.find(index => index.name === 'at_1')?.expireAfterSeconds).toBe(30 * 86_400)
  })

  test('writes and commits are on disk at a majority before they are answered', async () => {
    const safest = expect.objectContaining({ w: 'majority', journal: true })
    expect(mongo.collection('shelves').writeConcern).toEqual(safest)
    // Transactions use the client's write concern.
    expect(mongo.db.client.options.writeConcern).toEqual(safest)
    const status = await mongo.db.admin().command({ replSetGetConfig: 1 })
    expect(status.config.writeConcernMajorityJournalDefault).toBe(true)
  })

  test('twenty concurrent changes of one document are all made, and what failed attempts published is dropped', async () => {
    await shelves().insertOne({ _id: 'hot', pieces: 0 })
    let attempts = 0
    const add = () =>
      mongo.transaction(async (session, publish) => {
        attempts++
        publish({
          exchange: 'x',
          routingKey: 'y',
          body: { type: 'y', version: 1, aggregate: { type: 'shelf', id: 'hot', version: 1 }, data: {} },
        })
        const shelf = await shelves().findOne({ _id: 'hot' }, { session })
        await shelves().updateOne({ _id: 'hot' }, { $set: { pieces: shelf!.pieces + 1 } }, { session })
      })
    await Promise.all(Array.from({ length: 20 }, add))
    expect(await shelves().findOne({ _id: 'hot' })).toMatchObject({ pieces: 20 })
    expect(attempts).toBeGreaterThan(20)
    expect((await mongo.backlog()).count).toBe(20)
  })

  test('an error of the work is thrown as it is, and the transaction is rolled back', async () => {
    const failing = mongo.transaction(async session => {
      await shelves().insertOne({ _id: 'ghost', pieces: 1 }, { session })
      throw new RangeError('no')
    })
    await expect(failing).rejects.toThrow(RangeError)
    expect(await shelves().findOne({ _id: 'ghost' })).toBeNull()
  })

  // patches/bson keeps short texts by a hash of 4096 values, so that most of these share their place with another.
  test('twenty thousand short texts are read as they were written, as names and as values', async () => {
    const texts = Array.from({ length: 20_000 }, (_, n) => `${n % 7 === 0 ? 'ü' : 'k'}${(n * 2654435761) % 99_999_989}`)
    const written = Object.fromEntries(texts.map((text, n) => [text, texts[texts.length - 1 - n]]))
    const named = mongo.collection<{ _id: string; written: Record<string, unknown> }>('named')
    await named.insertOne({ _id: 'texts', written })
    for (let times = 0; times < 2; times++) expect((await named.findOne({ _id: 'texts' }))?.written).toEqual(written)
  })

  test('a server that is down is unavailable', async () => {
    const { openMongo } = await import('./mongo')
    const log = { info() {}, warn() {}, error() {} }
    const opening = openMongo({
      url: 'mongodb://127.0.0.1:9/?directConnection=true',
      service: 'product',
      indexes: {},
      log,
      connectWithinMs: 100,
    })
    expect(isUnavailable(await opening.catch(error => error))).toBe(true)
  })
})
