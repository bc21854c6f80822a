import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Generated, type Kysely, sql as raw, type Transaction } from 'kysely'
import type { Draft } from '../event'
import { defer, insertOnce, isDuplicate, type Sql } from '../sql'
import { testSql, watchStatements } from '../testing'
import { isDeferredDuplicate } from './errors'

interface ShopDb {
  shelves: { id: Generated<number>; name: string }
}
const migrations = {
  _001: {
    async up(db: Kysely<unknown>) {
      await raw`create table shelves (id int auto_increment primary key, name varchar(200) not null unique)`.execute(db)
    },
  },
}
const draft: Draft = {
  exchange: 'x',
  routingKey: 'y',
  body: { type: 'y', version: 1, aggregate: { type: 'shelf', id: '1', version: 1 }, data: {} },
}

describe('a transaction', () => {
  let store: Awaited<ReturnType<typeof testSql<ShopDb>>>
  let watched: Awaited<ReturnType<typeof watchStatements>>
  let sql: Sql<ShopDb>
  beforeAll(async () => {
    store = await testSql<ShopDb>({ migrations })
    watched = await watchStatements(store.url)
    sql = await store.open({ url: watched.url, poolSize: 1, queryMs: 1500 })
    await sql.ping()
  })
  afterAll(async () => {
    await sql.close()
    watched.close()
    await store.drop()
  })
  /** The first words of each round trip of `work`. */
  const roundTrips = async (work: () => Promise<unknown>) => {
    watched.sent()
    await work()
    return watched.sent().map(command => command.replaceAll(/(select|insert into|update|delete from) .*?(?=;|$)/g, '$1'))
  }
  const add = (name: string) => (trx: Pick<Sql<ShopDb>['db'], 'insertInto'>) =>
    trx.insertInto('shelves').values({ name }).executeTakeFirst()
  const names = async () => (await store.sql.db.selectFrom('shelves').select('name').execute()).map(({ name }) => name)

  test('that publishes costs no round trip but those of its statements', async () => {
    const once = () =>
      sql.once({ id: crypto.randomUUID() }, async (trx, publish) => {
        await add('one')(trx)
        publish(draft)
      })
    expect(await roundTrips(once)).toEqual(['begin; insert into; insert into', 'insert into; commit'])
    expect(await names()).toContain('one')
    expect((await store.published()).length).toBe(1)
  })

  test('that publishes nothing commits on its own, and one that does nothing is not begun', async () => {
    expect(await roundTrips(() => sql.transaction(add('two')))).toEqual(['begin; insert into', 'commit'])
    expect(await roundTrips(() => sql.transaction(async (_, publish) => publish(draft)))).toEqual(['begin; insert into; commit'])
    expect(await roundTrips(() => sql.transaction(async () => 1))).toEqual([])
    expect(await roundTrips(() => sql.transaction(() => Promise.reject(new Error('no'))).catch(() => {}))).toEqual([])
    expect(await roundTrips(() => sql.db.selectFrom('shelves').select('id').execute())).toEqual(['select'])
  })

  test('gives the results of its statements, wherever they travel', async () => {
    await sql.transaction(async trx => {
      const first = await add('three')(trx)
      expect(Number(first.insertId)).toBeGreaterThan(1)
      expect(first.numInsertedOrUpdatedRows).toBe(1n)
      const again = await trx.updateTable('shelves').set({ name: 'four' }).where('name', '=', 'three').executeTakeFirst()
      expect(again).toMatchObject({ numUpdatedRows: 1n, numChangedRows: 1n })
    })
    await sql.transaction(async trx => {
      expect(await trx.selectFrom('shelves').select('name').where('name', '=', 'four').execute()).toEqual([{ name: 'four' }])
      expect(await trx.selectFrom('shelves').select('name').where('name', '=', 'three').execute()).toEqual([])
    })
    await sql.transaction(async trx => {
      expect(await trx.selectFrom('shelves').select('name').where('name', '=', 'three').execute()).toEqual([])
    })
  })

  test('sends a deferred write with what follows it, in their order', async () => {
    const deferring = () =>
      sql.transaction(async (trx, publish) => {
        await defer(trx.insertInto('shelves').values({ name: 'deferred' }))
        await defer(trx.updateTable('shelves').set({ name: 'deferred and changed' }).where('name', '=', 'deferred'))
        const found = await trx.selectFrom('shelves').select('name').where('name', 'like', 'deferred%').execute()
        expect(found).toEqual([{ name: 'deferred and changed' }])
        const { insertId } = await add('of its own')(trx)
        expect(Number(insertId)).toBeGreaterThan(1)
        await defer(trx.deleteFrom('shelves').where('name', '=', 'of its own'))
        publish(draft)
      })
    const commands = ['begin; insert into; update; select', 'insert into', 'delete from; insert into; commit']
    expect(await roundTrips(deferring)).toEqual(commands)
    expect(await names()).toContain('deferred and changed')
    expect(await names()).not.toContain('of its own')

    const only = () => sql.transaction(trx => defer(trx.insertInto('shelves').values({ name: 'the only write' })))
    expect(await roundTrips(only)).toEqual(['begin; insert into; commit'])
    expect(await names()).toContain('the only write')
  })

  test('whose deferred write fails is rolled back, and nobody takes the error for that of another statement', async () => {
    await sql.transaction(add('taken'))
    const taken = (trx: Transaction<ShopDb>) => defer(trx.insertInto('shelves').values({ name: 'taken' }))
    const withNext = sql.transaction(async trx => {
      await taken(trx)
      expect(await insertOnce(trx.insertInto('shelves').values({ name: 'beside it' }))).toBe(true)
    })
    const error = await withNext.catch(error => error)
    expect(error).toMatchObject({ errno: 1062 })
    expect([isDuplicate(error), isDeferredDuplicate(error)]).toEqual([false, true])
    expect(await names()).not.toContain('beside it')

    const withCommit = () => sql.transaction(taken).catch(() => {})
    expect(await roundTrips(withCommit)).toEqual(['begin; insert into; commit', 'rollback'])

    const own = sql.transaction(async trx => {
      await defer(trx.insertInto('shelves').values({ name: 'before a duplicate' }))
      expect(await insertOnce(trx.insertInto('shelves').values({ name: 'taken' }))).toBe(false)
    })
    await own
    expect(await names()).toContain('before a duplicate')
  })

  test('is undone with its deferred writes when its work fails, whether they were sent or not', async () => {
    const failing = (read: boolean) => () =>
      sql
        .transaction(async trx => {
          await defer(trx.insertInto('shelves').values({ name: 'deferred and undone' }))
          if (read) await trx.selectFrom('shelves').select('id').execute()
          throw new Error('no')
        })
        .catch(() => {})
    expect(await roundTrips(failing(true))).toEqual(['begin; insert into; select', 'rollback'])
    expect(await roundTrips(failing(false))).toEqual([])
    await sql.transaction(add('afterwards'))
    expect(await names()).toContain('afterwards')
    expect(await names()).not.toContain('deferred and undone')
  })

  test('is needed to defer a write', async () => {
    await expect(defer(sql.db.insertInto('shelves').values({ name: 'for ever' }))).rejects.toThrow('only in a transaction')
    await sql.transaction(add('not with it'))
    expect(await names()).not.toContain('for ever')
  })

  test('stays open after its first statement failed, and is rolled back when its work fails', async () => {
    const commands = roundTrips(() =>
      sql.transaction(async trx => {
        const error = await add('one')(trx).catch(error => error)
        expect(isDuplicate(error)).toBe(true)
        await add('after an error')(trx)
      }),
    )
    expect(await commands).toEqual(['begin; insert into', 'insert into', 'commit'])
    expect(await names()).toContain('after an error')
    const failing = () =>
      sql
        .transaction(async trx => {
          await add('undone')(trx)
          throw new Error('no')
        })
        .catch(() => {})
    expect(await roundTrips(failing)).toEqual(['begin; insert into', 'rollback'])
    expect(await names()).not.toContain('undone')
  })

  test('is not committed when what it publishes cannot be stored', async () => {
    const tooLong = { ...draft, exchange: 'x'.repeat(200) }
    const failing = async () => {
      const work = sql.transaction(async (trx, publish) => {
        await add('unpublished')(trx)
        publish(tooLong)
      })
      await expect(work).rejects.toMatchObject({ errno: 1406 })
    }
    expect(await roundTrips(failing)).toEqual(['begin; insert into', 'insert into; commit', 'rollback'])
    expect(await names()).not.toContain('unpublished')
    await sql.transaction(async (trx, publish) => {
      await add('published')(trx)
      publish(draft)
    })
    expect(await names()).toContain('published')
  })

  test('whose statement takes too long is undone with its connection, and the next one is not part of it', async () => {
    const slow = sql.transaction(async trx => {
      await add('too late')(trx)
      await raw`select sleep(4)`.execute(trx)
    })
    await expect(slow).rejects.toThrow()
    await sql.transaction(add('in time'))
    expect(await names()).not.toContain('too late')
    expect(await names()).toContain('in time')
    expect(sql.pool).toEqual({ size: 1, inUse: 0, waiting: 0 })
  })

  test('takes what looks like statements as values', async () => {
    const hostile = [
      "'; drop table shelves; -- ",
      "\\'; drop table shelves; commit; -- ",
      '"; commit; drop table shelves; #',
      "x'), ('y'); drop table shelves; commit",
      '\0\x1a\n; rollback; ',
      '¿\'"`\\; commit',
      '; commit',
    ]
    await sql.transaction(async (trx, publish) => {
      for (const [i, name] of hostile.entries()) await (i % 2 ? add(name)(trx) : defer(trx.insertInto('shelves').values({ name })))
      publish({ ...draft, body: { ...draft.body, data: { hostile } } })
    })
    for (const name of hostile)
      await sql.transaction(trx => trx.selectFrom('shelves').selectAll().where('name', '=', name).executeTakeFirstOrThrow())
    expect(await names()).toEqual(expect.arrayContaining(hostile))
    expect((await store.published()).at(-1)?.data).toEqual({ hostile })
  })

  test('refuses a statement whose own text holds another one', async () => {
    const two = raw`select 1; delete from shelves`
    await expect(two.execute(sql.db)).rejects.toThrow('pass the value as a parameter')
    await expect(sql.transaction(trx => two.execute(trx))).rejects.toThrow('pass the value as a parameter')
    expect(await names()).not.toEqual([])
  })
})
