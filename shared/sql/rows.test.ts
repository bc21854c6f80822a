import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { Type as t } from '@sinclair/typebox'
import { countLimit, encodeCursor } from '../page'
import { countCapped, insertOnce, jsonColumn, lockOrMake, lockOrMakeAll, pageBy, pageNewestFirst } from '../sql'
import { eventually, testSql } from '../testing'

const { sql, drop } = await testSql<{ numbers: { n: number } }>()
afterAll(drop)

test('filtered rows are counted, as far as a list needs', async () => {
  await sql.db.schema.createTable('numbers').addColumn('n', 'integer').execute()
  const numbers = Array.from({ length: countLimit + 50 }, (_, n) => ({ n }))
  await sql.db.insertInto('numbers').values(numbers).execute()
  const rows = sql.db.selectFrom('numbers')
  expect(await countCapped(sql.db, rows.where('n', '<', 7))).toBe(7)
  expect(await countCapped(sql.db, rows.where('n', '<', 0))).toBe(0)
  expect(await countCapped(sql.db, rows)).toBe(countLimit)
  await sql.transaction(async trx => expect(await countCapped(trx, trx.selectFrom('numbers').where('n', '<', 7))).toBe(7))
})

test('a number of many rows is remembered for a second, each filter and each database by itself', async () => {
  const other = await testSql<{ numbers: { n: number } }>()
  for (const { db } of [sql, other.sql]) await db.schema.createTable('numbers').ifNotExists().addColumn('n', 'integer').execute()
  await sql.db.deleteFrom('numbers').execute()
  const insert = (count: number) =>
    sql.db
      .insertInto('numbers')
      .values(Array.from({ length: count }, (_, n) => ({ n })))
      .execute()
  const some = (n: number) => sql.db.selectFrom('numbers').where('n', '<', n)
  await insert(1000)
  expect(await countCapped(sql.db, some(5000))).toBe(1000)
  await insert(1)
  // More than a second may pass between two statements on a busy machine.
  await eventually(async () => {
    const before = await countCapped(sql.db, some(5000))
    await insert(1)
    return (await countCapped(sql.db, some(5000))) === before
  })
  const { n } = await sql.db
    .selectFrom('numbers')
    .select(row => row.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow()
  expect(await countCapped(sql.db, some(5001))).toBe(n)
  expect(await countCapped(other.sql.db, other.sql.db.selectFrom('numbers').where('n', '<', 5000))).toBe(0)
  await sql.transaction(async trx => expect(await countCapped(trx, some(5000))).toBe(n))
  await eventually(async () => (await countCapped(sql.db, some(5000))) === n)
  await other.drop()
})

describe('a table', () => {
  interface Db {
    accounts: { id: number; state: string; uses: number }
  }
  let store: Awaited<ReturnType<typeof testSql<Db>>>
  beforeAll(async () => {
    store = await testSql<Db>()
    const table = store.sql.db.schema.createTable('accounts')
    await table
      .addColumn('id', 'integer', column => column.primaryKey())
      .addColumn('state', 'varchar(20)', column => column.notNull().defaultTo('plain'))
      .addColumn('uses', 'integer', column => column.notNull().defaultTo(0))
      .execute()
  })
  afterAll(() => store.drop())

  test('lockOrMake gives a new row its defaults, and keeps the values of a row that exists', async () => {
    const locked = () => store.sql.transaction(trx => lockOrMake(trx, 'accounts', { id: 1 }, { state: 'new' }))
    expect(await locked()).toEqual({ id: 1, state: 'new', uses: 0 })
    await store.sql.db.updateTable('accounts').set({ state: 'used' }).execute()
    expect(await locked()).toEqual({ id: 1, state: 'used', uses: 0 })
  })

  test('lockOrMake with likelyNew gives the same row, whether it is new or not', async () => {
    const locked = (state: string) => store.sql.transaction(trx => lockOrMake(trx, 'accounts', { id: 4 }, { state }, { likelyNew: true }))
    expect(await locked('first')).toEqual({ id: 4, state: 'first', uses: 0 })
    expect(await locked('second')).toEqual({ id: 4, state: 'first', uses: 0 })
  })

  test('lockOrMakeAll locks in one order: transactions that name rows in any order do not deadlock', async () => {
    let attempts = 0
    const lockAll = (ids: number[]) =>
      store.sql.transaction(async trx => {
        attempts++
        await lockOrMakeAll(trx, 'accounts', 'id', ids)
        await Bun.sleep(1)
      })
    const ids = [11, 12, 13, 14]
    await Promise.all(Array.from({ length: 20 }, (_, n) => lockAll(n % 2 ? ids : ids.toReversed())))
    await lockAll([])
    expect(attempts).toBe(21)
    expect(await store.sql.db.selectFrom('accounts').select('id').where('id', 'in', ids).execute()).toHaveLength(4)
  })

  test('lockOrMake makes one row, and loses no change, when many transactions lock it at once', async () => {
    const use = () =>
      store.sql.transaction(async trx => {
        const { uses } = await lockOrMake(trx, 'accounts', { id: 2 })
        await trx
          .updateTable('accounts')
          .set({ uses: uses + 1 })
          .where('id', '=', 2)
          .execute()
      })
    await Promise.all(Array.from({ length: 20 }, use))
    expect(await store.sql.db.selectFrom('accounts').select('uses').where('id', '=', 2).execute()).toEqual([{ uses: 20 }])
  })

  test('insertOnce inserts a row once, and returns false the second time', async () => {
    const insert = store.sql.db.insertInto('accounts').values({ id: 3, state: 'new', uses: 0 })
    expect([await insertOnce(insert), await insertOnce(insert)]).toEqual([true, false])
  })

  test('is listed from its newest id to its oldest, page by page or past some rows, and every page has the number of all', async () => {
    const { db } = store.sql
    const listed = [101, 102, 103, 104, 105].map(id => ({ id, state: 'listed', uses: 0 }))
    await db.insertInto('accounts').values(listed).execute()
    const rows = db.selectFrom('accounts').selectAll().where('state', '=', 'listed')
    const read = (query: { skip?: number; cursor?: string }) => pageNewestFirst(db, rows, { skip: 0, limit: 2, ...query })
    const pages: Awaited<ReturnType<typeof read>>[] = [await read({})]
    for (let next = pages[0]?.nextCursor; next; next = pages.at(-1)?.nextCursor) pages.push(await read({ cursor: next, skip: 1 }))
    expect(pages.map(({ items }) => items)).toEqual([[listed[4]!, listed[3]!], [listed[2]!, listed[1]!], [listed[0]!]])
    expect(pages.map(({ total }) => total)).toEqual([5, 5, 5])
    expect(await read({ skip: 4 })).toEqual({ items: [listed[0]!], total: 5, nextCursor: undefined })
  })

  test('refuses the cursor of a list with another order', async () => {
    const { db } = store.sql
    const rows = db.selectFrom('accounts').selectAll()
    const after = (key: string | number) => ({ skip: 0, limit: 2, cursor: encodeCursor([key]) })
    for (const read of [
      () => pageBy(db, rows, 'id', after('new')),
      () => pageBy(db, rows, 'state', after(5)),
      () => pageNewestFirst(db, rows, after('new')),
    ])
      await expect(read()).rejects.toMatchObject({ code: 'invalid_cursor' })
  })
})

test('a JSON column reads what was written, and refuses what does not match its schema', () => {
  const column = jsonColumn(t.Array(t.Object({ sku: t.String(), quantity: t.Integer() })))
  const lines = [{ sku: 'LT-001', quantity: 2 }]
  expect(column.read(column.write(lines))).toEqual(lines)
  expect(() => column.read('[{"sku":"LT-001"}]')).toThrow('/0/quantity')
})
