import { afterAll, beforeAll, expect, test } from 'bun:test'
import { CompiledQuery, type KyselyPlugin, type RootOperationNode } from 'kysely'
import { stockDrift } from './drift'
import { stockRepository } from './repository'
import { reservations } from './reservations'
import { productId, type TestInventory, testInventory } from './testing'

let inventory: TestInventory
const asked: { node: RootOperationNode; queryId: Parameters<KyselyPlugin['transformQuery']>[0]['queryId'] }[] = []
const remembering: KyselyPlugin = {
  transformQuery: ({ node, queryId }) => {
    asked.push({ node, queryId })
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
    const place = (n: number) => ({ product_id: productId(n), sku: `P-${n}`, quantity: 9, reserved: 1, updated_at: dayOf(n) })
    await db
      .insertInto('skus')
      .values(some.map(n => ({ ...place(n), opened: true, low: n % 50 === 0, archived: false })))
      .execute()
    await db
      .insertInto('stock')
      .values(some.map(n => ({ ...place(n), warehouse: n % 50 === 0 ? 'north' : 'main' })))
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
          items: JSON.stringify([line(n)]),
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
/** How the server would do what `work` asks of it: as rows, which MySQL 9 gives only when asked. */
const plansOf = async (work: (sql: TestInventory['sql']) => Promise<unknown>) => {
  const { sql } = inventory
  asked.length = 0
  await work({ ...sql, db: sql.db.withPlugin(remembering) })
  const queries = asked.map(({ node, queryId }) => sql.db.getExecutor().compileQuery(node, queryId))
  const selects = queries.filter(query => query.sql.startsWith('select'))
  return Promise.all(
    selects.map(
      async query =>
        (await sql.db.executeQuery<Step>(CompiledQuery.raw(`explain format=traditional ${query.sql}`, [...query.parameters]))).rows,
    ),
  )
}
const onTables = (steps: Step[]) => steps.filter(({ table }) => table !== null && !table.startsWith('<'))
const product = productId(7)

const reads: [what: string, work: (sql: TestInventory['sql']) => Promise<unknown>][] = [
  ['all stock', sql => stockRepository(sql).all({ skip: 0, limit: 20 })],
  ['all stock of a warehouse', sql => stockRepository(sql).all({ skip: 0, limit: 20, warehouse: 'north' })],
  ['what is low', sql => stockRepository(sql).low({ skip: 0, limit: 20 })],
  ['movements', sql => stockRepository(sql).movements(product, { skip: 0, limit: 20 })],
  ['a product', sql => stockRepository(sql).ofProduct(product)],
  ['a check', sql => stockRepository(sql).skusOnSale([product, productId(8)])],
  ['the sweep of what expires', sql => reservations(sql).expire(new Date(0))],
  ['the sweep of what waits', sql => reservations(sql).retryWaiting(1)],
]
test.each(reads)('%s is read by an index, and in its order', async (_what, work) => {
  const plans = await plansOf(work)
  expect(plans.length).toBeGreaterThan(0)
  const scanned = plans.flatMap(onTables).filter(({ type, Extra }) => type === 'ALL' || Extra?.includes('filesort'))
  expect(scanned).toEqual([])
})
test('the books of a window are read by indexes, not whole', async () => {
  const plans = await plansOf(sql => stockDrift(sql)(new Date(Date.UTC(2026, 0, 5)), new Date(Date.UTC(2026, 0, 6))))
  // Its parts are asked for by the way; the last is the whole.
  const steps = onTables(plans.at(-1) ?? [])
  expect(new Set(steps.map(({ table }) => table)).size).toBeGreaterThan(3)
  expect(steps.filter(({ type }) => type === 'ALL' || type === 'index')).toEqual([])
  expect(steps.filter(step => Number(step.rows) > rows / 10)).toEqual([])
})
test('a plan that reads a whole table is seen', async () => {
  const [plan] = await plansOf(sql => sql.db.selectFrom('skus').selectAll().where('quantity', '=', 9).execute())
  expect(plan?.[0]?.type).toBe('ALL')
})
