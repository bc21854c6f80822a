import { type QueryExecutorProvider, type RawBuilder, type Selectable, type SelectQueryBuilder, sql, type Transaction } from 'kysely'
import { LRUCache } from 'lru-cache'
import { afterId, countLimit, cursorAfter, decodeCursor, IdCursor, newestFirst, type Page, type PageQuery } from '../page'
import { t } from '../schema'
import { second } from '../time'
import { isDuplicate } from './errors'
import { andNext } from './join-transactions'

/**
 * The row of `key`, locked until the transaction ends. If there is none, it is inserted first, with `defaults`. A row that exists costs one
 * round trip and a new one two; with `likelyNew`, which omits the first select, each costs one.
 *
 * `insert ignore` would deadlock: it takes a shared lock on a row that exists, and two transactions that hold one wait for each other.
 */
export const lockOrMake = async <Db, Table extends keyof Db & string>(
  trx: Transaction<Db>,
  table: Table,
  key: Record<string, string | number>,
  defaults: Record<string, unknown> = {},
  { likelyNew = false } = {},
): Promise<Selectable<Db[Table]>> => {
  const conditions = Object.entries(key).map(([column, value]) => sql`${sql.ref(column)} = ${value}`)
  const locked = sql<Selectable<Db[Table]>>`select * from ${sql.table(table)} where ${sql.join(conditions, sql` and `)} for update`
  const found = likelyNew ? undefined : (await locked.execute(trx)).rows[0]
  if (found) return found
  const row = Object.entries({ ...key, ...defaults })
  const columns = sql.join(row.map(([column]) => sql.ref(column)))
  const values = sql.join(row.map(([, value]) => value))
  const [column = ''] = Object.keys(key)
  const unchanged = sql`${sql.ref(column)} = ${sql.ref(column)}`
  await sql`insert into ${sql.table(table)} (${columns}) values (${values}) on duplicate key update ${unchanged}${sql.raw(andNext)}`.execute(
    trx,
  )
  const made = (await locked.execute(trx)).rows[0]
  if (!made) throw new Error(`a row of ${table} was deleted while it was locked`)
  return made
}

/**
 * Locks the rows with these keys, and inserts the missing ones. One statement does so in the order of the keys, so that transactions that
 * need several of the same rows do not deadlock. It is deferred.
 */
export const lockOrMakeAll = async <Db, Table extends keyof Db & string>(
  trx: Transaction<Db>,
  table: Table,
  column: keyof Db[Table] & string,
  keys: readonly (string | number)[],
): Promise<void> => {
  if (keys.length === 0) return
  const rows = sql.join([...new Set(keys)].sort(byKey).map(key => sql`(${key})`))
  const key = sql.ref(column)
  await sql`insert into ${sql.table(table)} (${key}) values ${rows} on duplicate key update ${key} = ${key}${sql.raw(andNext)}`.execute(trx)
}
const byKey = (a: string | number, b: string | number) => (a < b ? -1 : 1)

/**
 * A write whose result nobody reads: it is sent with the next statement of its transaction or with its commit, and costs no round trip. The
 * statements keep their order. Its error is thrown by what it was sent with, and ends the transaction.
 */
export const defer = async (write: { modifyEnd(end: RawBuilder<unknown>): { execute(): Promise<unknown> } }): Promise<void> => {
  await write.modifyEnd(sql.raw(andNext)).execute()
}

/** For `onDuplicateKeyUpdate`: a row that exists gets, in these columns, the values of the row that was to be inserted. */
export const newValues = <Column extends string>(...columns: readonly Column[]) =>
  Object.fromEntries(columns.map(column => [column, sql`values(${sql.ref(column)})`]))

/** Executes `insert`; false when a unique key shows that such a row exists. */
export const insertOnce = async (insert: { execute(): Promise<unknown> }): Promise<boolean> => {
  try {
    await insert.execute()
    return true
  } catch (error) {
    if (isDuplicate(error)) return false
    throw error
  }
}

type Position = Pick<PageQuery, 'skip' | 'limit' | 'cursor'>

/** A page of `rows` from the newest id to the oldest, and the number of all rows. */
export const pageNewestFirst = async <Db, Tables extends keyof Db, Row extends { id: number }>(
  db: QueryExecutorProvider,
  rows: SelectQueryBuilder<Db, Tables, Row>,
  { limit, ...position }: Position,
): Promise<Page<Row>> => {
  const { below, skip } = newestFirst(position)
  const id = sql.ref<number>('id')
  const rest = below === undefined ? rows : rows.where(sql<boolean>`${id} < ${below}`)
  const [items, total] = await Promise.all([
    rest.orderBy(id, 'desc').offset(skip).limit(limit).execute(),
    countCapped(db, rows.clearSelect()),
  ])
  return { items, total, nextCursor: afterId(items, limit) }
}

/** A page of `rows` in ascending order of a unique column, which is `id` or has text, and the number of all rows. */
export const pageBy = async <
  Db,
  Tables extends keyof Db,
  Row extends { [column in Key]: Key extends 'id' ? number : string },
  Key extends string,
>(
  db: QueryExecutorProvider,
  rows: SelectQueryBuilder<Db, Tables, Row>,
  key: Key,
  { skip, limit, cursor }: Position,
): Promise<Page<Row>> => {
  const column = sql.ref<string | number>(key)
  const ordered = rows.orderBy(column).limit(limit)
  // A number compared with a column of text would read the whole index.
  const [after] = cursor === undefined ? [] : decodeCursor(cursor, key === 'id' ? IdCursor : TextCursor)
  const [items, total] = await Promise.all([
    (after === undefined ? ordered.offset(skip) : ordered.where(sql<boolean>`${column} > ${after}`)).execute(),
    countCapped(db, rows.clearSelect()),
  ])
  return { items, total, nextCursor: cursorAfter(items, limit, row => [row[key]]) }
}
const TextCursor = t.Tuple([t.String()])

/** Counting so many rows costs more than reading a page of them, and hardly anybody sees that the number is a second old. */
const isMany = (total: number) => total > 1000
const manyRows = new WeakMap<QueryExecutorProvider, LRUCache<string, number>>()

/**
 * A `count(*)` that stops at `countLimit` rows. It takes the filtered query, before its order and columns. Above a thousand rows it may be a
 * second old.
 */
export const countCapped = async <Db, Tables extends keyof Db, Row>(
  db: QueryExecutorProvider,
  filtered: SelectQueryBuilder<Db, Tables, Row>,
): Promise<number> => {
  const some = filtered.select(eb => eb.lit(1).as('one')).limit(countLimit)
  const count = sql<{ total: number }>`select count(*) as total from ${some.as('some')}`.compile(db)
  const recent = manyRows.get(db) ?? new LRUCache({ max: 1000, ttl: second })
  manyRows.set(db, recent)
  const key = JSON.stringify([count.sql, count.parameters])
  const known = recent.get(key)
  if (known !== undefined) return known
  const { rows } = await db.getExecutor().executeQuery(count)
  const total = Number(rows[0]?.total ?? 0)
  if (isMany(total)) recent.set(key, total)
  return total
}
