import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Generated, type Kysely, sql as raw } from 'kysely'
import { isUnavailable } from './errors'
import { plainText, type Sql } from './sql'
import { eventually, testSql } from './testing'

interface ShopDb {
  shelves: { id: Generated<number>; name: string; pieces: number; price: string | null; made_at: Date | null }
}
let runs = 0
const migrations = {
  _001: {
    async up(db: Kysely<unknown>) {
      runs++
      await db.schema
        .createTable('shelves')
        .addColumn('id', 'bigint', c => c.autoIncrement().primaryKey())
        .addColumn('name', 'varchar(20)', c => c.notNull().unique())
        .addColumn('pieces', 'bigint', c => c.notNull())
        .addColumn('price', 'decimal(12, 2)')
        .addColumn('made_at', raw`datetime(3)`)
        .modifyEnd(plainText)
        .execute()
    },
  },
}

describe('a schema', () => {
  let store: Awaited<ReturnType<typeof testSql<ShopDb>>>
  let sql: Sql<ShopDb>
  beforeAll(async () => {
    store = await testSql<ShopDb>()
    // Three instances of a new release start at the same time.
    ;[sql] = (await Promise.all([1, 2, 3].map(() => store.open({ migrations })))) as [Sql<ShopDb>]
  })
  afterAll(() => store.drop())
  const shelf = (name: string) => sql.db.selectFrom('shelves').selectAll().where('name', '=', name).executeTakeFirstOrThrow()

  test('is migrated once by three instances that start at once', () => {
    expect(runs).toBe(1)
  })
  test('that a newer instance has migrated further still lets an older one start', async () => {
    const older = await store.open({ migrations: {} })
    await older.ping()
    const newer = { ...migrations, _000_late: { up: (db: Kysely<unknown>) => raw`create table late (id int)`.execute(db).then(() => {}) } }
    await (await store.open({ migrations: newer })).ping()
    expect(runs).toBe(1)
  })
  test('with a migration that fails stops the start and says why', async () => {
    const broken = { ...migrations, _002: { up: () => Promise.reject(new Error('typo in 002')) } }
    await expect(store.open({ migrations: broken })).rejects.toThrow('typo in 002')
  })

  test('keeps integers, decimals, times and text as they were written', async () => {
    const made_at = new Date('2026-03-29T01:30:00.123Z')
    await sql.db
      .insertInto('shelves')
      .values({ name: 'Äpfel 🍏', pieces: 2 ** 53 - 1, price: '1234567890.10', made_at })
      .execute()
    expect(await shelf('Äpfel 🍏')).toMatchObject({ pieces: 2 ** 53 - 1, price: '1234567890.10', made_at })
    const { rows } = await raw<{ text: string; zone: string }>`
      select date_format(made_at, '%Y-%m-%d %H:%i:%s') as text, @@session.time_zone as zone from shelves where name = 'Äpfel 🍏'`.execute(
      sql.db,
    )
    expect(rows).toEqual([{ text: '2026-03-29 01:30:00', zone: '+00:00' }])
    expect(await sql.db.selectFrom('shelves').select('id').where('name', '=', 'äpfel 🍏').execute()).toEqual([])
  })
  test('refuses values that do not fit instead of changing them', async () => {
    await expect(
      sql.db
        .insertInto('shelves')
        .values({ name: 'x'.repeat(21), pieces: 1 })
        .execute(),
    ).rejects.toMatchObject({ errno: 1406 })
    await expect(raw`select name, max(id) from shelves group by pieces`.execute(sql.db)).rejects.toMatchObject({ errno: 1055 })
    await expect(sql.db.insertInto('shelves').values({ name: 'zero', pieces: 1, made_at: raw`'0000-00-00'` }).execute()).rejects.toThrow()
  })

  test('confirms commits when they are on disk, and isolates as read committed', async () => {
    await sql.transaction(async trx => {
      const { rows } = await raw<{ name: string; value: string }>`show variables where variable_name in
        ('innodb_flush_log_at_trx_commit', 'innodb_doublewrite', 'tx_isolation', 'transaction_isolation', 'autocommit')`.execute(trx)
      const settings = new Map(rows.map(row => Object.values(row) as [string, string]))
      expect(settings.get('innodb_flush_log_at_trx_commit')).toBe('1')
      expect(settings.get('innodb_doublewrite')).toBe('ON')
      expect(settings.get('tx_isolation') ?? settings.get('transaction_isolation')).toBe('READ-COMMITTED')
    })
  })

  test('repeats a transaction after a deadlock, and drops what the failed attempt published', async () => {
    await sql.db
      .insertInto('shelves')
      .values([
        { name: 'left', pieces: 0 },
        { name: 'right', pieces: 0 },
      ])
      .execute()
    let attempts = 0
    const bothHoldOne = Promise.withResolvers<void>()
    let holding = 0
    const move = (first: string, second: string) =>
      sql.transaction(async (trx, publish) => {
        attempts++
        const add = (name: string) =>
          trx
            .updateTable('shelves')
            .set(row => ({ pieces: row('pieces', '+', 1) }))
            .where('name', '=', name)
            .execute()
        publish({
          exchange: 'x',
          routingKey: 'moved',
          body: { type: 'moved', version: 1, aggregate: { type: 'shelf', id: first, version: 1 }, data: {} },
        })
        await add(first)
        if (++holding === 2) bothHoldOne.resolve()
        await bothHoldOne.promise
        await add(second)
      })
    await Promise.all([move('left', 'right'), move('right', 'left')])
    expect(attempts).toBe(3)
    expect([(await shelf('left')).pieces, (await shelf('right')).pieces]).toEqual([2, 2])
    expect((await sql.backlog()).count).toBe(2)
  })

  test('throws an error of the work as it is, and rolls the transaction back', async () => {
    const failing = sql.transaction(async trx => {
      await trx.insertInto('shelves').values({ name: 'ghost', pieces: 1 }).execute()
      throw new RangeError('no')
    })
    await expect(failing).rejects.toThrow(RangeError)
    await expect(shelf('ghost')).rejects.toThrow()
  })

  test('is unavailable after a deadline while its pool is full', async () => {
    const small = await store.open({ migrations, poolSize: 1, acquireMs: 100 })
    const held = Promise.withResolvers<void>()
    const holder = small.transaction(() => held.promise)
    const error = await small.ping().catch(error => error)
    expect(isUnavailable(error)).toBe(true)
    expect(small.pool).toEqual({ size: 1, inUse: 1, waiting: 0 })
    held.resolve()
    await holder
    await small.ping()
    expect(small.pool).toEqual({ size: 1, inUse: 0, waiting: 0 })
  })

  test('tries no half of a group of messages while its pool is full', async () => {
    const small = await store.open({ migrations, poolSize: 1, acquireMs: 100 })
    const held = Promise.withResolvers<void>()
    const holder = small.transaction(() => held.promise)
    let attempts = 0
    const handle = small.many<number>(() => {
      attempts++
      return small.ping()
    })
    const answers = await Promise.allSettled([1, 2, 3, 4].map(handle))
    expect(answers.map(({ status }) => status)).toEqual(Array(4).fill('rejected'))
    expect(attempts).toBe(1)
    held.resolve()
    await holder
  })

  test('gives up a statement that never ends, together with its connection', async () => {
    const hasty = await store.open({ migrations, poolSize: 1, queryMs: 100 })
    const error = await raw`select sleep(2)`.execute(hasty.db).catch(error => error)
    expect(isUnavailable(error)).toBe(true)
    const { rows } = await raw<{ one: number }>`select 1 as one`.execute(hasty.db)
    expect(rows).toEqual([{ one: 1 }])
  })

  test.each([
    ['a lock that is held for long', 1205],
    ['a deadlock', 1213],
    ['a server that became a replica', 1290],
    ['a full disk', 1114],
  ])('is unavailable at %s', async (_, number) => {
    const error = await raw`signal sqlstate 'HY000' set mysql_errno = ${raw.lit(number)}`.execute(sql.db).catch(error => error)
    expect(error.errno).toBe(number)
    expect(isUnavailable(error)).toBe(true)
  })

  test('deletes everything past its retention, in as many steps as it takes, and keeps the rest', async () => {
    const { kernel } = sql
    const ago = (days: number) => new Date(Date.now() - days * 86_400_000)
    const old = Array.from({ length: 2500 }, (_, i) => ({ message_id: `old-${i}`, received_at: ago(31) }))
    await kernel
      .insertInto('inbox')
      .values([...old, { message_id: 'young', received_at: ago(29) }])
      .execute()
    const key = { body_hash: '', lease_token: null, lease_until: ago(2), answer: null }
    await kernel
      .insertInto('idempotency_keys')
      .values([
        { ...key, id: 'old', created_at: ago(1.1) },
        { ...key, id: 'young', created_at: ago(0.9) },
      ])
      .execute()
    const { sqlOutbox } = await import('./sql/outbox')
    await sqlOutbox(kernel, { sweepBatch: 10, sweepPauseMs: 0 }).sweep(new AbortController().signal)
    expect(await kernel.selectFrom('inbox').select('message_id').execute()).toEqual([{ message_id: 'young' }])
    expect(await kernel.selectFrom('idempotency_keys').select('id').execute()).toEqual([{ id: 'young' }])
  })

  test('stops a sweep at shutdown, after the step that is running', async () => {
    const { kernel } = sql
    const old = Array.from({ length: 50 }, (_, i) => ({ message_id: `later-${i}`, received_at: new Date(Date.now() - 31 * 86_400_000) }))
    await kernel.insertInto('inbox').values(old).execute()
    const { sqlOutbox } = await import('./sql/outbox')
    const stopping = new AbortController()
    const sweeping = sqlOutbox(kernel, { sweepBatch: 10, sweepPauseMs: 60_000 }).sweep(stopping.signal)
    const left = async () => (await kernel.selectFrom('inbox').select('message_id').where('message_id', 'like', 'later-%').execute()).length
    await eventually(async () => (await left()) === 40)
    stopping.abort()
    await sweeping
    expect(await left()).toBe(40)
  })

  test('refuses a message whose id it takes for another one, because of a space at its end', async () => {
    expect(await sql.once({ id: 'recorded' }, async () => 'done')).toBe('done')
    await expect(sql.once({ id: 'recorded ' }, async () => 'done')).rejects.toThrow('Duplicate entry')
  })
})
