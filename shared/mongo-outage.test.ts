import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { isUnavailable } from './errors'
import { eventually } from './testing'

const program = Bun.which('mongod') ?? '/opt/mongo/bin/mongod'

describe('a MongoDB that goes and comes', () => {
  const folder = join(tmpdir(), `mongo-test-${crypto.randomUUID().slice(0, 8)}`)
  const port = 27_200 + Math.floor(Math.random() * 90)
  const url = `mongodb://127.0.0.1:${port}/?directConnection=true`
  let server: Bun.Subprocess | undefined
  const begin = () => {
    const flags = ['--replSet', 'rs0', '--bind_ip', '127.0.0.1', '--wiredTigerCacheSizeGB', '0.25', '--oplogSize', '64', '--nounixsocket']
    server = Bun.spawn([program, '--dbpath', folder, '--port', `${port}`, ...flags], { stdout: 'ignore', stderr: 'ignore' })
  }
  const end = async () => {
    server?.kill('SIGKILL')
    await server?.exited
  }
  beforeAll(async () => {
    await mkdir(folder, { recursive: true })
    begin()
    const admin = new MongoClient(url, { serverSelectionTimeoutMS: 10_000 })
    await admin.db('admin').command({ replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host: `127.0.0.1:${port}` }] } })
    await admin.close()
  }, 20_000)
  afterAll(async () => {
    await end()
    await rm(folder, { recursive: true, force: true })
  })

  test('is unavailable while it is away and works again when it is back, with all that was committed', async () => {
    const { openMongo } = await import('./mongo')
    const log = { info() {}, warn() {}, error() {} }
    const mongo = await openMongo({ url, service: 'product', indexes: {}, log })
    const notes = mongo.collection<{ _id: number }>('notes')
    let committed = 0
    const error = await mongo
      .transaction(async session => {
        await notes.insertOne({ _id: 0 }, { session })
      })
      .then(async () => {
        for (const _id of Array.from({ length: 20 }, (_, i) => i + 1)) {
          await mongo.transaction(session => notes.insertOne({ _id }, { session }))
          committed = _id
          if (_id === 10) await end()
        }
      })
      .catch(error => error)
    expect(isUnavailable(error)).toBe(true)
    expect(isUnavailable(await mongo.ping().catch(error => error))).toBe(true)
    begin()
    await eventually(() => mongo.transaction(session => notes.insertOne({ _id: 100 }, { session })), { timeoutMs: 15_000 })
    expect(committed).toBe(10)
    expect(await notes.countDocuments({ _id: { $lte: 10 } })).toBe(11)
    await mongo.close()
  }, 40_000)
})
