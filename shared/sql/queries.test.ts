import { expect, test } from 'bun:test'
import { DummyDriver, Kysely, MysqlAdapter, MysqlIntrospector, MysqlQueryCompiler } from 'kysely'

interface Tables {
  things: { id: number; name: string; price: number }
}
const db = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new MysqlAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: of => new MysqlIntrospector(of),
    createQueryCompiler: () => new MysqlQueryCompiler(),
  },
})

// patches/kysely leaves the parts of a query unfrozen, so this is what has to show that nothing writes to one.
test('a query that others begin with stays as it is', () => {
  const some = db.selectFrom('things').select('id').where('price', '>', 1)
  const change = db.updateTable('things').set({ price: 2 }).where('id', '=', 1)
  const insert = db.insertInto('things').values({ id: 1, name: 'cup', price: 2 })
  const texts = () => [some, change, insert].map(query => query.compile().sql)
  const before = texts()

  const others = [
    some.where('id', 'in', [1, 2]).orderBy('id', 'desc').limit(3).forUpdate().skipLocked(),
    some.clearSelect().select(row => row.fn.countAll().as('count')),
    some.innerJoin('things as others', 'others.id', 'things.id').distinct(),
    change.set({ name: 'mug' }).where(row => row.or([row('price', '>', 1), row('name', '=', 'cup')])),
    insert.ignore().onDuplicateKeyUpdate({ price: 3 }),
  ].map(query => query.compile().sql)
  expect(new Set([...before, ...others]).size).toBe(before.length + others.length)
  expect(texts()).toEqual(before)
  expect(before).toEqual([
    'select `id` from `things` where `price` > ?',
    'update `things` set `price` = ? where `id` = ?',
    'insert into `things` (`id`, `name`, `price`) values (?, ?, ?)',
  ])
})
