import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { once } from 'node:events'
import { mkdir, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { programs } from '../../scripts/servers/programs'
import { isUnavailable } from '../errors'
import type { Mongo } from '../mongo'
import { eventually } from '../testing'

describe('a MongoDB that goes down and comes back', () => {
  const folder = join(tmpdir(), `mongo-test-${crypto.randomUUID().slice(0, 8)}`)
  const port = 27_200 + Math.floor(Math.random() * 90)
  const url = `mongodb://127.0.0.1:${port}/?directConnection=true`
  let server: Bun.Subprocess | undefined
  const open = async (): Promise<Mongo> => {
    const { openMongo } = await import('../mongo')
    return openMongo({ url, service: 'product', indexes: {}, log: { info() {}, warn() {}, error() {} } })
  }
  const begin = () => {
    const flags = ['--replSet', 'rs0', '--bind_ip', '127.0.0.1', '--wiredTigerCacheSizeGB', '0.25', '--oplogSize', '64', '--nounixsocket']
    const testing = ['--setParameter', 'enableTestCommands=1']
    server = Bun.spawn([programs.mongo(), '--dbpath', folder, '--port', `${port}`, ...flags, ...testing], {
      stdout: 'ignore',
      stderr: 'ignore',
    })
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
  })
  afterAll(async () => {
    await end()
    await rm(folder, { recursive: true, force: true })
  })

  test.each([
    ['a majority does not confirm a write', { failCommands: ['insert'], writeConcernError: { code: 64, errmsg: 'timed out' } }],
    ['it cannot reach another of its servers', { failCommands: ['insert'], errorCode: 6 }],
  ])('is unavailable while %s', async (_, data) => {
    const mongo = await open()
    const admin = mongo.db.admin()
    await admin.command({ configureFailPoint: 'failCommand', mode: 'alwaysOn', data })
    const error = await mongo
      .collection('notes')
      .insertOne({})
      .catch(error => error)
    await admin.command({ configureFailPoint: 'failCommand', mode: 'off' })
    await mongo.close()
    expect(isUnavailable(error)).toBe(true)
  })

  test('is unavailable while it is down, and works again when it is back, with everything that was committed', async () => {
    const mongo = await open()
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
    await eventually(() => mongo.transaction(session => notes.insertOne({ _id: 100 }, { session })))
    expect(committed).toBe(10)
    expect(await notes.countDocuments({ _id: { $lte: 10 } })).toBe(11)
    await mongo.close()
  })

  test('every call while it goes down ends within seconds, and every connection can be used again', async () => {
    const mongo = await open()
    const notes = mongo.collection<{ _id: number }>('notes')
    const ask = (count: number) => Array.from({ length: count }, (_, i) => notes.findOne({ _id: i }))
    await Promise.all(ask(10))
    // Ends together with the driver's connections. At that moment some of them have ended without being closed, and a call may write to them.
    const bystander = connect(port, '127.0.0.1')
    await once(bystander, 'connect')
    await Promise.all(ask(20))
    const asked = Promise.all([
      once(bystander, 'end').then(() => Promise.allSettled(ask(10))),
      end().then(() => Promise.allSettled(ask(10))),
    ])
    const tooLate = AbortSignal.timeout(12_000)
    const never = new Promise<never>((_, reject) => tooLate.addEventListener('abort', () => reject(tooLate.reason)))
    const outcomes = await Promise.race([asked, never])
    for (const outcome of outcomes.flat()) if (outcome.status === 'rejected') expect(isUnavailable(outcome.reason)).toBe(true)
    begin()
    await eventually(() => Promise.all(ask(40)))
    await mongo.close()
  })

  test('a server that accepts connections but does not answer counts as down, until it answers again', async () => {
    const mongo = await open()
    const notes = mongo.collection<{ _id: number }>('notes')
    await notes.findOne()
    server?.kill('SIGSTOP')
    const frozenAt = Date.now()
    // The signal takes effect a moment later, so a first call may still be answered.
    const failure = await eventually(() =>
      notes.findOne().then(
        () => undefined,
        error => error,
      ),
    )
    expect(isUnavailable(failure)).toBe(true)
    expect(Date.now() - frozenAt).toBeLessThan(14_000)
    server?.kill('SIGCONT')
    await eventually(() => notes.findOne())
    await mongo.close()
  })
})
