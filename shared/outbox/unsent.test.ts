import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { sql as raw } from 'kysely'
import { mongoOutbox } from '../mongo/outbox'
import type { OutboxStore } from '../outbox'
import { sqlOutbox } from '../sql/outbox'
import { testMongo, testSql } from '../testing'
import { counted, drafts, numberOf, openStore, other, stores, unconsumed, upTo } from '../testing-outbox'

describe.each(Object.entries(stores))('rows of an outbox on %s', (_, make) => {
  let store: Awaited<ReturnType<typeof openStore>>
  beforeAll(async () => {
    store = await openStore(make)
  })
  afterAll(async () => {
    await store.closeAll()
    await store.drop()
  })

  test('without some ids and types, are the oldest in their order, as many as were asked for', async () => {
    const { transaction, unsent } = await store.start()
    const events = [counted, other, unconsumed]
    await transaction(async publish => publish(...upTo(9).map(n => events[n % 3]!({ id: 1, version: n }, { n }))))
    expect(await unsent(20, [], [])).toEqual(upTo(9))
    expect(await unsent(20, [], ['order.other'])).toEqual([0, 2, 3, 5, 6, 8])
    expect(await unsent(3, [], ['order.other'])).toEqual([0, 2, 3])
    expect(await unsent(20, [], ['order.counted', 'order.other', 'order.unconsumed'])).toEqual([])
    expect(await unsent(20, [0, 2], [])).toEqual([1, 3, 4, 5, 6, 7, 8])
    expect(await unsent(3, [0, 2], ['order.other'])).toEqual([3, 5, 6])
  })
})

describe('while many rows of a type rest, finding those of others reads only these', () => {
  const resting = drafts(3000)
  const others = upTo(5).map(n => other({ id: 2, version: n }, { n }))
  const found = async <Id extends string | number>({ unsent }: Pick<OutboxStore<Id>, 'unsent'>) =>
    (await unsent(500, [], ['order.counted'])).map(numberOf)

  test('on MySQL', async () => {
    const { open, drop } = await testSql({ migrations: {} })
    const { transaction, kernel, close } = await open()
    await transaction(async (_, publish) => publish(...resting, ...others))
    await raw`analyze table outbox`.execute(kernel)
    const read = await kernel.connection().execute(async connection => {
      await raw`flush status`.execute(connection)
      expect(await found(sqlOutbox(connection))).toEqual(upTo(5))
      const { rows } = await raw<{ Value: string }>`show session status like 'Handler_read%'`.execute(connection)
      return rows.reduce((sum, { Value }) => sum + Number(Value), 0)
    })
    expect(read).toBeGreaterThan(5)
    expect(read).toBeLessThan(100)
    await close()
    await drop()
  })

  test('on MongoDB', async () => {
    const { open, drop } = await testMongo()
    const { transaction, db, close } = await open()
    await transaction(async (_, publish) => publish(...resting, ...others))
    await db.command({ profile: 2 })
    expect(await found(mongoOutbox(db))).toEqual(upTo(5))
    await db.command({ profile: 0 })
    const queries = await db
      .collection('system.profile')
      .find({ ns: `${db.databaseName}.outbox` })
      .toArray()
    expect(queries).toHaveLength(2)
    for (const { keysExamined, docsExamined } of queries) expect(keysExamined + docsExamined).toBeLessThan(100)
    await close()
    await drop()
  })
})
