import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { testSql } from '#shared/testing'
import { dumpSchema, openMysql, restoreSchema } from './mysql'

type People = { people: { id: number; name: string; address: string } }

const dir = mkdtempSync(join(tmpdir(), 'backup-mysql-'))
let store: Awaited<ReturnType<typeof testSql<People>>>
beforeAll(async () => {
  store = await testSql<People>()
})
afterAll(async () => {
  await store.drop()
  rmSync(dir, { recursive: true })
})

test('whatever people write into their names and addresses is restored as it was', async () => {
  const people = ['Mina\u2028Kim', 'one\u2029two', 'O\'Neill; -- \\ " \0', 'two\r\nlines\tand a \u0085', '김민아 👋', ''].map(
    (name, n) => ({
      id: n + 1,
      name,
      address: `${name} Street`.repeat(5000),
    }),
  )
  const { db } = store.sql
  await sql`create table people (id int primary key, name varchar(80) not null, address mediumtext not null)`.execute(db)
  await db.insertInto('people').values(people).execute()
  const mysql = await openMysql(Object.assign(new URL(store.url), { pathname: '' }).href)
  try {
    const schema = new URL(store.url).pathname.slice(1)
    const file = join(dir, 'people.sql.gz')
    const rows = await dumpSchema(mysql, schema, file)
    await db.deleteFrom('people').execute()
    expect(await restoreSchema(mysql, schema, file)).toEqual(rows)
    expect(await db.selectFrom('people').selectAll().orderBy('id').execute()).toEqual(people)
  } finally {
    await mysql.close()
  }
})
