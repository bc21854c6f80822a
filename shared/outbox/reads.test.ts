import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Publish } from '../event'
import type { Publisher } from '../outbox'
import type { Sql } from '../sql'
import { eventually, testMongo, testSql, watchStatements } from '../testing'
import { broker, counted, upTo } from '../testing-outbox'

/** No poll comes while a test lasts. */
const relayWith = (bus: Publisher) => ({ relay: { bus, pollMs: 60_000 } })
const one = (n: number) => async (_: unknown, publish: Publish) => publish(counted({ id: 1, version: n }, { n }))

describe('the outbox on MySQL', () => {
  let store: Awaited<ReturnType<typeof testSql>>
  let watched: Awaited<ReturnType<typeof watchStatements>>
  const opened: Sql<unknown>[] = []
  const open = async (bus: Publisher) => {
    const sql = await store.open({ url: watched.url, ...relayWith(bus) })
    opened.push(sql)
    await eventually(sql.relaying)
    return sql
  }
  const empty = (sql: Sql<unknown>) => eventually(async () => (await store.sql.backlog()).count === 0 && sql.pool.inUse === 0)
  const sent = (pattern: RegExp) => watched.sent().filter(statement => pattern.test(statement))
  beforeAll(async () => {
    store = await testSql({ migrations: {} })
    watched = await watchStatements(store.url)
  })
  afterAll(async () => {
    await Promise.all(opened.map(sql => sql.close()))
    watched.close()
    await store.drop()
  })

  test('is not read for what its instance commits, and deletes what was published together', async () => {
    const { bus, numbers } = broker()
    const sql = await open(bus)
    await sql.transaction(one(0))
    await empty(sql)
    watched.sent()
    for (const n of upTo(21).slice(1)) await sql.transaction(one(n))
    await eventually(() => numbers().length === 21)
    await empty(sql)
    const statements = watched.sent()
    expect(statements.filter(statement => /^select .*`outbox`/.test(statement))).toEqual([])
    expect(statements.filter(statement => statement.startsWith('delete')).length).toBeWithin(1, 6)
    expect(numbers()).toEqual(upTo(21))
    await sql.close()
  })

  test('is read for a row that nobody handed over, before newer ones are published', async () => {
    const { bus, numbers } = broker()
    const sql = await open(bus)
    await sql.transaction(one(1))
    await empty(sql)
    // As another instance does whose notification is lost.
    await store.sql.transaction(one(2))
    await sql.transaction(one(3))
    await eventually(() => numbers().length === 3)
    expect(numbers()).toEqual([1, 2, 3])
    await empty(sql)
    await sql.close()
  })

  test('of a quiet service is read when its lease has to be renewed, and as often as before once there is something to do', async () => {
    const { bus, numbers } = broker()
    let quiet = true
    const sql = await store.open({ url: watched.url, relay: { bus, pollMs: 20, leaseMs: 1000, isQuiet: () => quiet } })
    opened.push(sql)
    await eventually(sql.relaying)
    watched.sent()
    await Bun.sleep(2000)
    const statements = watched.sent()
    const reads = statements.filter(statement => /^select .*`outbox`/.test(statement)).length
    expect(reads).toBeWithin(1, 4)
    expect(statements.filter(statement => statement.startsWith('update `outbox_lease`'))).toHaveLength(reads)
    quiet = false
    await eventually(async () => {
      await Bun.sleep(500)
      return sent(/^select .*`outbox`/).length > 5
    })
    await store.sql.transaction(one(1))
    await eventually(() => numbers().length === 1)
    await sql.close()
  })

  test('is not read for what was committed while the broker was slow', async () => {
    const { bus, numbers } = broker()
    const confirms = Promise.withResolvers<void>()
    let rounds = 0
    const sql = await open({
      async publish(messages) {
        if (++rounds === 2) await confirms.promise
        return bus.publish(messages)
      },
    })
    await sql.transaction(one(0))
    await empty(sql)
    watched.sent()
    for (const n of upTo(31).slice(1)) await sql.transaction(one(n))
    confirms.resolve()
    await empty(sql)
    expect(sent(/^select .*`outbox`/)).toEqual([])
    expect(numbers()).toEqual(upTo(31))
    expect(rounds).toBe(3)
    await sql.close()
  })

  test('deletes what was published, and nothing else, though many transactions of two instances store several rows each', async () => {
    const { bus, numbers } = broker()
    const sql = await open(bus)
    await Promise.all(
      upTo(80).map(n =>
        (n % 4 === 0 ? store.sql : sql).transaction(async (_, publish) => {
          publish(...upTo(3).map(i => counted({ id: n, version: i + 1 }, { n: 3 * n + i })))
        }),
      ),
    )
    await store.sql.transaction(one(240))
    await sql.transaction(one(241))
    await empty(sql)
    expect(numbers().toSorted((a, b) => a - b)).toEqual(upTo(242))
    for (const n of upTo(80))
      expect(numbers().filter(number => number < 240 && Math.floor(number / 3) === n)).toEqual([3 * n, 3 * n + 1, 3 * n + 2])
    await sql.close()
  })
})

test('the outbox on MongoDB is read once for each round, and what was published is deleted together', async () => {
  const { open, drop } = await testMongo()
  const { bus, numbers } = broker()
  const mongo = await open(relayWith(bus))
  await eventually(mongo.relaying)
  await eventually(async () => (await mongo.backlog()).count === 0)
  await mongo.db.command({ profile: 2 })
  for (const n of upTo(20)) {
    await mongo.transaction(one(n))
    await eventually(() => numbers().length === n + 1, { everyMs: 1 })
  }
  const times = (op: string) => mongo.db.collection('system.profile').countDocuments({ ns: `${mongo.db.databaseName}.outbox`, op })
  await eventually(async () => (await times('remove')) > 0)
  await mongo.db.command({ profile: 0 })
  expect(await times('query')).toBeWithin(20, 24)
  expect(await times('remove')).toBeWithin(1, 10)
  expect(numbers()).toEqual(upTo(20))
  await drop()
})
