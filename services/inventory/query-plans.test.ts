import { afterAll, beforeAll, expect, test } from 'bun:test'
import { CompiledQuery, type KyselyPlugin, type RootOperationNode } from 'kysely'
import { compose, type InventoryService } from './compose'
import { reservationItems } from './database'
import { productId, type TestInventory, testInventory } from './testing'

let inventory: TestInventory
const queries: { node: RootOperationNode; queryId: Parameters<KyselyPlugin['transformQuery']>[0]['queryId'] }[] = []
const recorder: KyselyPlugin = {
  transformQuery: ({ node, queryId }) => {
    queries.push({ node, queryId })
    return node
  },
  transformResult: async ({ result }) => result,
}

const rows = 10_000
const numbers = (from: number) => Array.from({ length: 1000 }, (_, i) => from + i)

beforeAll(async () => {
  inventory = await testInventory()
  const { db } = inventory.sql
  const dayOf = (n: number) => new Date(Date.UTC(2026, 0, 1 + (n % 300)))
  for (let from = 1; from <= rows; from += 1000) {
    const some = numbers(from)
    const stock = (n: number) => ({ product_id: productId(n), sku: `P-${n}`, quantity: 9, reserved: 1, updated_at: dayOf(n) })
    await db
      .insertInto('skus')
      .values(some.map(n => ({ ...stock(n), opened: true, low: n % 50 === 0, archived: false })))
      .execute()
    await db
      .insertInto('stock')
      .values(some.map(n => ({ ...stock(n), warehouse: n % 50 === 0 ? 'north' : 'main' })))
      .execute()
    await db
      .insertInto('movements')
      .values(some.map(n => ({ product_id: productId(n % 100), sku: `P-${n}`, warehouse: 'main', delta: 9, kind: 'opening' })))
      .execute()
    const line = (n: number) => ({ product_id: productId(n), sku: `P-${n}`, quantity: 1 })
    const state = (n: number) => (n % 100 === 0 ? 'reserved' : n % 100 === 1 ? 'waiting' : 'committed')
    await db
      .insertInto('reservations')
      .values(
        some.map(n => ({
          order_id: n,
          state: state(n),
          items: reservationItems.write([line(n)]),
          expires_at: dayOf(n),
          placed: true,
          wanted: true,
          cancelled: false,
        })),
      )
      .execute()
    await db
      .insertInto('reservation_lines')
      .values(some.filter(n => state(n) !== 'waiting').map(n => ({ order_id: n, sku: `P-${n}`, warehouse: 'main', quantity: 1 })))
      .execute()
  }
  await db.executeQuery(CompiledQuery.raw('analyze table skus, stock, movements, reservations, reservation_lines'))
})
afterAll(() => inventory.drop())

interface Step {
  table: string | null
  type: string | null
  rows: number | null
  Extra: string | null
}
/** The server's plan of each query that `work` sends, in the format that MySQL 9 returns only on request. */
const plansOf = async (work: (inventory: InventoryService) => Promise<unknown>) => {
  const { sql } = inventory
  queries.length = 0
  await work(compose({ sql: { ...sql, db: sql.db.withPlugin(recorder) }, log: { warn() {} } }))
  const compiled = queries.map(({ node, queryId }) => sql.db.getExecutor().compileQuery(node, queryId))
  const selects = compiled.filter(query => query.sql.startsWith('select'))
  return Promise.all(
    selects.map(
      async query =>
        (await sql.db.executeQuery<Step>(CompiledQuery.raw(`explain format=traditional ${query.sql}`, [...query.parameters]))).rows,
    ),
  )
}
const onTables = (steps: Step[]) => steps.filter(({ table }) => table !== null && !table.startsWith('<'))
const product = productId(7)

const reads: [what: string, work: (inventory: InventoryService) => Promise<unknown>][] = [
  ['the list of all stock', ({ stock }) => stock.all({ skip: 0, limit: 20 })],
  ['the list of a warehouse', ({ stock }) => stock.all({ skip: 0, limit: 20, warehouse: 'north' })],
  ['the list of low stock', ({ stock }) => stock.lowStock({ skip: 0, limit: 20 })],
  ['the list of movements', ({ stock }) => stock.movements(product, { skip: 0, limit: 20 })],
  ['the stock of a product', ({ stock }) => stock.ofProduct(product)],
  ['a check', ({ stock }) => stock.skusOnSale([product, productId(8)])],
  ['the sweep that expires reservations', ({ reservations }) => reservations.expire(new Date(0))],
  ['the sweep that retries waiting orders', ({ reservations }) => reservations.retryWaiting(1)],
]
test.each(reads)('%s filters and sorts by an index', async (_what, work) => {
  const plans = await plansOf(work)
  expect(plans.length).toBeGreaterThan(0)
  const scanned = plans.flatMap(onTables).filter(({ type, Extra }) => type === 'ALL' || Extra?.includes('filesort'))
  expect(scanned).toEqual([])
})
test('the drift of a window reads only a part of each table', async () => {
  const plans = await plansOf(({ drift }) => drift(new Date(Date.UTC(2026, 0, 5)), new Date(Date.UTC(2026, 0, 6))))
  // Kysely passes the subqueries to the plugin first; the last two are the statements.
  const steps = plans.slice(-2).flatMap(onTables)
  expect(new Set(steps.map(({ table }) => table)).size).toBeGreaterThan(3)
  expect(steps.filter(({ type }) => type === 'ALL' || type === 'index')).toEqual([])
  expect(steps.filter(step => Number(step.rows) > rows / 10)).toEqual([])
})
test('the plan of a full table scan is recognised', async () => {
  const [plan] = await plansOf(() =>
    inventory.sql.db.withPlugin(recorder).selectFrom('skus').selectAll().where('quantity', '=', 9).execute(),
  )
  expect(plan?.[0]?.type).toBe('ALL')
})
