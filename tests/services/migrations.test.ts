import { expect, test } from 'bun:test'
import { type Kysely, sql as raw } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { ServiceName } from '#shared/platform'
import { testSql } from '#shared/testing'

const services = [...new Bun.Glob('*/migrations/index.ts').scanSync('services')].map(path => path.split('/')[0] as ServiceName).sort()

/** What the schema has: columns and the parts of indexes. */
const shapeOf = async (db: Kysely<unknown>) => {
  const { rows: columns } = await raw`select table_name, column_name, column_type, is_nullable, column_default
    from information_schema.columns where table_schema = database() order by table_name, ordinal_position`.execute(db)
  const { rows: indexes } = await raw`select table_name, index_name, seq_in_index, column_name, non_unique
    from information_schema.statistics where table_schema = database() order by table_name, index_name, seq_in_index`.execute(db)
  return { columns, indexes }
}

test('every service with a schema is here', () => {
  expect(services).toContain('order')
  expect(services.length).toBeGreaterThan(6)
})

test.each(services)(
  'the migrations of %s and the kernel may be repeated after a crash before they were noted: the schema and its rows stay',
  async service => {
    const migrations: Record<string, Migration> = await import(`../../services/${service}/migrations`)
    const store = await testSql({ service, migrations })
    const { db } = store.sql
    const auditSchema = `${new URL(store.url).pathname.slice(1)}_audit`
    try {
      const { rows: tables } = await raw<{ name: string }>`select table_name as name from information_schema.tables
        where table_schema = database() and table_name not like 'kysely%' order by table_name`.execute(db)
      const counts = async () => {
        const counted: [string, number | undefined][] = []
        for (const { name } of tables) {
          const { rows } = await raw<{ n: number }>`select count(*) as n from ${raw.id(name)}`.execute(db)
          counted.push([name, rows[0]?.n])
        }
        return counted
      }
      const before = { ...(await shapeOf(db)), rows: await counts() }
      // MySQL commits each change of a schema by itself, so a crash leaves what a migration has done without a note of it.
      const names = Object.keys(migrations)
      const { rows: noted } = await raw<{ name: string }>`select name from kysely_migration`.execute(db)
      expect(noted.map(({ name }) => name)).toEqual(expect.arrayContaining([...names, 'kernel_005_idempotency_owner']))
      await raw`delete from kysely_migration`.execute(db)

      await store.open({ migrations })

      const { rows: again } = await raw<{ name: string }>`select name from kysely_migration`.execute(db)
      expect(again.length).toBe(noted.length)
      expect({ ...(await shapeOf(db)), rows: await counts() }).toEqual(before)
    } finally {
      await raw`drop database if exists ${raw.id(auditSchema)}`.execute(db)
      await store.drop()
    }
  },
)
