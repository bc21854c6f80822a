import { afterAll, beforeAll, expect, test } from 'bun:test'
import { CompiledQuery, type KyselyPlugin, type RootOperationNode } from 'kysely'
import { minute } from '#shared/time'
import { finishCancellations } from './cancel'
import { compose } from './compose'
import type { OrderSql } from './database'
import { noFacts, type Status } from './domain'
import { orderDrift } from './drift'
import { orderRepository } from './repository'
import { returns } from './returns'
import { orderStatistics } from './statistics'
import { laptop, noNotices, testOrders } from './testing'
import { timeouts } from './timeouts'

const shop = await testOrders()
afterAll(() => shop.stop())

const queries: { node: RootOperationNode; queryId: Parameters<KyselyPlugin['transformQuery']>[0]['queryId'] }[] = []
const recorder: KyselyPlugin = {
  transformQuery: ({ node, queryId }) => {
    queries.push({ node, queryId })
    return node
  },
  transformResult: async ({ result }) => result,
}
const recorded: OrderSql = {
  ...shop.sql,
  db: shop.sql.db.withPlugin(recorder),
  transaction: work => shop.sql.transaction((trx, publish) => work(trx.withPlugin(recorder), publish)),
}

const terms = { paymentTimeoutMs: minute, transferDueMs: minute, claimMs: minute }
const log = { warn() {} }
const rows = 10_000
const placedAt = (n: number) => new Date(Date.UTC(2026, 0, 1) + n * 10 * minute)
/** An order in five hundred was delivered and not paid. */
const isPaid = (n: number) => statusOf(n) === 'delivered' && n % 500 !== 3
const statusOf = (n: number): Status =>
  n % 50 === 0 ? 'awaiting_payment' : n % 50 === 1 ? 'paid' : n % 50 === 2 ? 'cancelled' : 'delivered'

beforeAll(async () => {
  const money = { subtotal: 100, discount: 0, tax: 0, shipping: 0, total: 100 }
  const plain = {
    currency: 'USD',
    coupon_code: null,
    shipping_option: 'standard',
    shipping_address: '"x"',
    cancel_reason: null,
    version: 1,
  }
  for (let from = 1; from <= rows; from += 1000) {
    const numbers = Array.from({ length: 1000 }, (_, i) => from + i)
    await shop.sql.db
      .insertInto('orders')
      .values(
        numbers.map(n => ({
          ...money,
          ...plain,
          id: n,
          user_id: n % 100,
          status: statusOf(n),
          payment_status: isPaid(n) ? ('paid' as const) : ('unpaid' as const),
          captured: isPaid(n) ? money.total : 0,
          facts: JSON.stringify(noFacts),
          payment_due_at: placedAt(n + 2),
          reservation_expires_at: placedAt(n + 3),
          created_at: placedAt(n),
          updated_at: placedAt(n),
        })),
      )
      .execute()
    const item = { line: 1, product_id: laptop, sku: 'A', name: 'Laptop', category: 'c', quantity: 1, price: 100, discount: 0, tax: 0 }
    await shop.sql.db
      .insertInto('order_items')
      .values(numbers.map(n => ({ order_id: n, ...item })))
      .execute()
    const returned = (n: number) => {
      const at = { created_at: placedAt(n), updated_at: placedAt(n) }
      return { order_id: n, user_id: n % 100, status: n % 50 === 3 ? ('requested' as const) : ('received' as const), ...at }
    }
    await shop.sql.db
      .insertInto('returns')
      .values(numbers.map(n => ({ ...returned(n), reason: 'r', lines: '[]' })))
      .execute()
  }
  await shop.sql.db.executeQuery(CompiledQuery.raw('analyze table orders, order_items, returns'))
})

interface Step {
  table: string | null
  key: string | null
  type: string | null
  Extra: string | null
}
/** The plans of the queries that `work` makes. MySQL 9 gives them as rows only when the format is named. */
const plansOf = async (work: (sql: OrderSql) => Promise<unknown>) => {
  queries.length = 0
  await work(recorded)
  const compiled = queries.map(({ node, queryId }) => shop.sql.db.getExecutor().compileQuery(node, queryId))
  const plans = compiled.map(query =>
    shop.sql.db.executeQuery<Step>(CompiledQuery.raw(`explain format=traditional ${query.sql}`, [...query.parameters])),
  )
  return (await Promise.all(plans)).flatMap(plan => plan.rows.filter(({ table }) => table !== null && !table.startsWith('<')))
}
const page = { skip: 0, limit: 20 }
const day = placedAt(5000).toISOString().slice(0, 10)
const returnsFor = (id: number, role: string, query: object) => (sql: OrderSql) => returns(sql).list({ ...page, ...query }, { id, role })
const list = (query: object) => (sql: OrderSql) => orderRepository(sql).list({ ...page, ...query })

test.each<[what: string, work: (sql: OrderSql) => Promise<unknown>]>([
  ['a customer’s list', list({ user_id: 7 })],
  ['a customer’s list of a status', list({ user_id: 7, status: 'paid' })],
  ['a customer’s list of a time', list({ user_id: 7, from: day })],
  ['everybody’s list', list({})],
  ['everybody’s list of a status', list({ status: 'paid' })],
  ['everybody’s list of a day', list({ from: day, to: day })],
  ['a deep page by cursor', list({ cursor: Buffer.from(JSON.stringify([placedAt(5000).getTime(), 5000])).toString('base64url') })],
  ['an order', sql => orderRepository(sql).byId(7)],
  ['a customer’s returns', returnsFor(7, 'customer', {})],
  ['a customer’s returns of a status', returnsFor(7, 'customer', { status: 'received' })],
  ['everybody’s returns', returnsFor(7, 'admin', {})],
  ['everybody’s returns of a status', returnsFor(7, 'admin', { status: 'requested' })],
  ['a deep page of returns', returnsFor(7, 'admin', { cursor: Buffer.from('[5000]').toString('base64url') })],
  ['the sweep of what is overdue', sql => timeouts({ sql, terms, log }).sweep(placedAt(-10))],
  ['the sweep of cancellations', sql => finishCancellations({ sql, clients: shop.clients, log })(placedAt(0))],
])('%s is read through an index, in its order', async (_, work) => {
  const plan = await plansOf(work)
  expect(plan.length).toBeGreaterThan(0)
  expect(plan.filter(({ type, Extra }) => type === 'ALL' || Extra?.includes('filesort'))).toEqual([])
})

test('the few returns that wait are not looked for among all', async () => {
  const plan = await plansOf(returnsFor(7, 'admin', { status: 'requested' }))
  expect(new Set(plan.filter(({ table }) => table === 'returns').map(({ key }) => key))).toEqual(new Set(['returns_status']))
})

test('statistics and drift read no more than their period', async () => {
  const plan = await plansOf(sql => orderStatistics(sql)({ from: day, to: day }))
  expect(plan.filter(({ type }) => type === 'ALL' || type === 'index')).toEqual([])
  const driftPlan = await plansOf(sql => orderDrift(sql)(placedAt(5000), placedAt(5100), placedAt(0)))
  expect(driftPlan.filter(({ type }) => type === 'ALL' || type === 'index')).toEqual([])
  const later = await plansOf(sql => orderDrift(sql)(placedAt(5000), placedAt(5100), placedAt(rows)))
  // Cancelled orders whose money was kept, and delivered ones whose money is missing.
  expect(later.filter(({ key }) => key === 'orders_kept')).toHaveLength(2)
})

test('a plan that reads a whole table is recognized', async () => {
  const [plan] = await plansOf(sql => sql.db.selectFrom('orders').selectAll().where('total', '=', 9).execute())
  expect(plan?.type).toBe('ALL')
})

test('placing an order takes four inserts, however many lines it has', async () => {
  const service = compose({ sql: recorded, clients: shop.clients, terms, log, notices: noNotices })
  queries.length = 0
  await service.place({ id: 1, role: 'customer' }, shop.sample, undefined)
  // The fourth is that of the outbox, with the event and the timer.
  expect(queries.map(({ node }) => node.kind)).toEqual(['InsertQueryNode', 'InsertQueryNode', 'InsertQueryNode'])
})
