import { afterAll, beforeAll, expect, test } from 'bun:test'
import { CompiledQuery, type KyselyPlugin, type RootOperationNode } from 'kysely'
import type { FavouriteService } from './compose'
import { type FavouriteSql, skusColumn } from './database'
import { productId, type TestFavourite, testFavourite } from './testing'

let service: TestFavourite
const queries: { node: RootOperationNode; queryId: Parameters<KyselyPlugin['transformQuery']>[0]['queryId'] }[] = []
const recorder: KyselyPlugin = {
  transformQuery: ({ node, queryId }) => {
    queries.push({ node, queryId })
    return node
  },
  transformResult: async ({ result }) => result,
}
/** A store that records its queries, within transactions, too. */
const recorded = (sql: FavouriteSql): FavouriteSql => ({
  ...sql,
  db: sql.db.withPlugin(recorder),
  transaction: work => sql.transaction((trx, publish) => work(Object.assign(trx.withPlugin(recorder)), publish)),
})

const rows = 10_000
const user = 7
const product = productId(7)
const token = 'a'.repeat(43)

beforeAll(async () => {
  service = await testFavourite()
  const { db } = service.sql
  const monthOf = (n: number) => new Date(Date.UTC(2026, 0, 1 + (n % 300)))
  for (let from = 1; from <= rows; from += 1000) {
    const some = Array.from({ length: 1000 }, (_, i) => from + i)
    const mine = (n: number) => ({ user_id: n % 500, product_id: productId(n), created_at: monthOf(n) })
    await db
      .insertInto('owners')
      .values(some.map(n => ({ user_id: 1000 + n, favourites: 1, erased: false, updated_at: monthOf(n) })))
      .execute()
    await db
      .insertInto('favourites')
      .values(some.map(n => mine(n)))
      .execute()
    await db
      .insertInto('watches')
      .values(some.map(n => ({ ...mine(n), kind: 'price_drop' as const, price: 100, currency: 'USD', from_change: 0, version: 0 })))
      .execute()
    await db
      .insertInto('watched_products')
      .values(
        some.map(n => ({
          ...{ product_id: productId(n), version: 1, price: 100, currency: 'USD' },
          ...{ skus: skusColumn.write([`S${n}`]), gone: false, changes: 1 },
        })),
      )
      .execute()
    await db
      .insertInto('stock_levels')
      .values(some.map(n => ({ product_id: productId(n), sku: `S${n}`, available: 0, version: 1 })))
      .execute()
    await db
      .insertInto('fan_outs')
      .values(
        some.map(n => ({
          ...{ product_id: productId(n), number: 1, kind: 'price_drop' as const, amount: 90 },
          ...{ currency: 'USD', created_at: monthOf(n) },
        })),
      )
      .execute()
    await db
      .insertInto('shares')
      .values(some.map(n => ({ user_id: n, nonce: `${n}`, token_hash: `${n}` })))
      .execute()
  }
  const tables = 'owners, favourites, watches, watched_products, stock_levels, fan_outs, shares'
  await db.executeQuery(CompiledQuery.raw(`analyze table ${tables}`))
})
afterAll(() => service.stop())

interface Step {
  table: string | null
  type: string | null
  rows: number | null
  Extra: string | null
}
/** The server's plan of each query that `work` sends, in the format that MySQL 9 returns only on request. */
const plansOf = async (work: (service: FavouriteService) => Promise<unknown>) => {
  queries.length = 0
  await work(service.start(recorded(service.sql)))
  const executor = service.sql.db.getExecutor()
  const compiled = queries.map(({ node, queryId }) => executor.compileQuery(node, queryId)).filter(({ sql }) => !sql.startsWith('insert'))
  return Promise.all(
    compiled.map(
      async query =>
        (await service.sql.db.executeQuery<Step>(CompiledQuery.raw(`explain format=traditional ${query.sql}`, [...query.parameters]))).rows,
    ),
  )
}
const onTables = (steps: Step[]) => steps.filter(({ table }) => table !== null && !table.startsWith('<'))

const works: [what: string, work: (service: FavouriteService) => Promise<unknown>][] = [
  ['a list', ({ favourites }) => favourites.list(user, { skip: 0, limit: 20 })],
  ['the watches of a page', ({ favourites }) => favourites.watchesOf(user, [product, productId(507)])],
  ['what is in the list of some products', ({ favourites }) => favourites.present(user, [product])],
  ['the newest favourites', ({ favourites }) => favourites.newest(user, 20)],
  ['a shared list', ({ shares }) => shares.ownerOf(token).catch(() => undefined)],
  ['making a link', ({ shares }) => shares.open(8)],
  ['news of a price', ({ hearNews }) => hearNews(product, { catalog: { version: 2, price: 90, currency: 'USD', skus: [] } })],
  ['news of stock', ({ hearNews }) => hearNews(productId(8), { levels: [{ sku: 'S8', available: 4, version: 2 }] })],
  ['the stock of some SKUs', ({ watchedStock }) => watchedStock(['S7', 'S8'])],
  ['removing', ({ favourites }) => favourites.remove(user, product)],
  ['the export', ({ personalData }) => personalData.exportOf(user)],
  ['the erasure', ({ personalData }) => personalData.forget(9)],
]
test.each(works)('%s filters and sorts by an index', async (_what, work) => {
  const plans = await plansOf(work)
  expect(plans.length).toBeGreaterThan(0)
  const steps = plans.flatMap(onTables)
  expect(steps.filter(({ type, Extra }) => type === 'ALL' || Extra?.includes('filesort'))).toEqual([])
  expect(steps.filter(step => Number(step.rows) > rows / 10)).toEqual([])
})

test('the next changes to be told and the next who are told are read by an index', async () => {
  const plans = await plansOf(({ fanOuts }) => fanOuts.run())
  const steps = plans.flatMap(onTables)
  expect(new Set(steps.map(({ table }) => table))).toEqual(new Set(['fan_outs', 'watches']))
  expect(steps.filter(({ type, Extra }) => type === 'ALL' || Extra?.includes('filesort'))).toEqual([])
})

test('the drift of a window reads only a part of each table', async () => {
  const plans = await plansOf(({ drift }) => drift(new Date(Date.UTC(2026, 0, 5)), new Date(Date.UTC(2026, 0, 6))))
  const steps = plans.flatMap(onTables)
  expect(steps.length).toBeGreaterThan(3)
  expect(steps.filter(({ type }) => type === 'ALL' || type === 'index')).toEqual([])
  expect(steps.filter(step => Number(step.rows) > rows / 10)).toEqual([])
})

test('the plan of a full table scan is recognised', async () => {
  const { db } = service.sql
  const scan = db.selectFrom('watches').selectAll().where('version', '=', 9).compile()
  const { rows } = await db.executeQuery<Step>(CompiledQuery.raw(`explain format=traditional ${scan.sql}`, [...scan.parameters]))
  expect(rows[0]?.type).toBe('ALL')
})
