import { afterAll, expect, test } from 'bun:test'
import { countCapped } from './count'
import { countLimit } from './page'
import { testSql } from './testing'

const { sql, drop } = await testSql<{ numbers: { n: number } }>()
afterAll(drop)

test('rows are counted as filtered, and no further than a list needs', async () => {
  await sql.db.schema.createTable('numbers').addColumn('n', 'integer').execute()
  const numbers = Array.from({ length: countLimit + 50 }, (_, n) => ({ n }))
  await sql.db.insertInto('numbers').values(numbers).execute()
  const rows = sql.db.selectFrom('numbers')
  expect(await countCapped(sql.db, rows.where('n', '<', 7))).toBe(7)
  expect(await countCapped(sql.db, rows.where('n', '<', 0))).toBe(0)
  expect(await countCapped(sql.db, rows)).toBe(countLimit)
  await sql.transaction(async trx => expect(await countCapped(trx, trx.selectFrom('numbers').where('n', '<', 7))).toBe(7))
})
