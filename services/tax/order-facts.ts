import { sql as raw } from 'kysely'
import { defer, lockOrMakeAll, newValues, type Sql } from '#shared/sql'
import { lineRefundsColumn, type OrderRow, soldLinesColumn, type TaxDb, type Trx } from './database'
import { reportedPlace } from './domain'
import { changesReport, notSold, type OrderFact, type ReportedReturn, reportEntries, saleAfter } from './domain-report'

/** The latest price of an order counts. A row without a price has version 0. */
const savePrices = async ({ db }: Pick<Sql<TaxDb>, 'db'>, facts: readonly OrderFact[]) => {
  const rows = facts
    .flatMap(({ orderId: order_id, price }) => (price ? [{ ...price, order_id, lines: soldLinesColumn.write([...price.lines]) }] : []))
    .sort((a, b) => a.order_id - b.order_id)
  if (rows.length === 0) return
  const latest = <T>(column: string) => raw<T>`if(values(version) > version, values(${raw.ref(column)}), ${raw.ref(column)})`
  await db
    .insertInto('orders')
    .values(rows)
    // `version` comes last: the columns before it are decided by the version that was stored.
    .onDuplicateKeyUpdate({
      currency: latest('currency'),
      total: latest('total'),
      lines: latest('lines'),
      version: latest('version'),
    })
    .execute()
}

const saveSales = (trx: Trx, orders: readonly OrderRow[]) =>
  defer(
    trx
      .insertInto('orders')
      .values(orders.map(({ order_id, paid_at, unsold }) => ({ order_id, paid_at, unsold: unsold === 1 })))
      .onDuplicateKeyUpdate(newValues('paid_at', 'unsold')),
  )

const saveRefunds = async (trx: Trx, facts: readonly OrderFact[]) => {
  const rows = facts.flatMap(({ orderId, refund }) =>
    refund ? [{ order_id: orderId, refund_id: refund.id, amount: refund.amount, refunded_at: refund.at, of_goods: refund.ofGoods }] : [],
  )
  if (rows.length > 0) await defer(trx.insertInto('refunds').values(rows).onDuplicateKeyUpdate({ refund_id: raw`refund_id` }))
}

const saveReturns = async (trx: Trx, facts: readonly OrderFact[]) => {
  const rows = facts.flatMap(({ orderId, returned }) =>
    returned ? [{ order_id: orderId, return_id: returned.id, line_refunds: lineRefundsColumn.write([...returned.lines]) }] : [],
  )
  if (rows.length > 0) await defer(trx.insertInto('returns').values(rows).onDuplicateKeyUpdate({ return_id: raw`return_id` }))
}

/** What is refunded of each line for the goods that came back, by order. */
const readReturns = async (trx: Trx, orderIds: readonly number[]) => {
  if (orderIds.length === 0) return new Map<number, ReportedReturn[]>()
  const rows = await trx
    .selectFrom('returns')
    .select(['order_id', 'line_refunds'])
    .where('order_id', 'in', orderIds)
    .orderBy('order_id')
    .orderBy('return_id')
    .execute()
  const byOrder = Map.groupBy(rows, ({ order_id }) => order_id)
  return new Map([...byOrder].map(([id, returns]) => [id, returns.map(({ line_refunds }) => lineRefundsColumn.read(line_refunds))]))
}

/** The entries are replaced by what all facts about their order give, so that the order in which events arrive does not matter. */
const replaceEntries = async (trx: Trx, orders: readonly OrderRow[], mayHaveEntries: readonly number[]) => {
  const sold = orders.flatMap(({ order_id, currency, total, lines, paid_at, unsold }) => {
    if (currency === null || total === null || lines === null || paid_at === null || unsold) return []
    // Instances of the earlier release store a place as it was typed.
    return [{ order_id, currency, total, paid_at, lines: soldLinesColumn.read(lines).map(line => ({ ...line, ...reportedPlace(line) })) }]
  })
  if (mayHaveEntries.length > 0) await defer(trx.deleteFrom('entries').where('order_id', 'in', mayHaveEntries))
  if (sold.length === 0) return
  const ids = sold.map(({ order_id }) => order_id)
  const refunds = await trx
    .selectFrom('refunds')
    .select(['order_id', 'amount', 'refunded_at as at', 'of_goods'])
    .where('order_id', 'in', ids)
    .execute()
  const refundsOf = Map.groupBy(refunds, ({ order_id }) => order_id)
  const returnsOf = await readReturns(
    trx,
    refunds.filter(({ of_goods }) => of_goods === 1).map(({ order_id }) => order_id),
  )
  const entries = sold.flatMap(order =>
    reportEntries(
      order,
      (refundsOf.get(order.order_id) ?? []).map(({ of_goods, ...refund }) => ({ ...refund, ofGoods: of_goods === 1 })),
      returnsOf.get(order.order_id),
    ),
  )
  if (entries.length > 0) await defer(trx.insertInto('entries').values(entries))
}

/**
 * Adds facts to what the report knows of their orders. Adding one again changes nothing, so messages are not recorded. What is known only
 * grows, so a fact that changes nothing of a row that was read without a lock never will.
 */
const addFacts = async (sql: Sql<TaxDb>, facts: readonly OrderFact[]) => {
  await savePrices(sql, facts)
  const factsOf = Map.groupBy(facts, ({ orderId }) => orderId)
  const sales = sql.db.selectFrom('orders').select(['order_id', 'paid_at', 'unsold'])
  const known = new Map((await sales.where('order_id', 'in', [...factsOf.keys()]).execute()).map(row => [row.order_id, row]))
  const changing = [...factsOf].filter(([id, added]) => changesReport(known.get(id) ?? notSold, added)).map(([id]) => id)
  if (changing.length === 0) return
  await sql.transaction(async trx => {
    if (changing.some(id => !known.has(id))) await lockOrMakeAll(trx, 'orders', 'order_id', changing)
    // Locked in one order, so that no two transactions wait for each other.
    const locked = trx.selectFrom('orders').selectAll().where('order_id', 'in', changing).orderBy('order_id').forUpdate()
    const before = await locked.execute()
    const after = before.map(order => ({ ...order, ...saleAfter(order, factsOf.get(order.order_id) ?? []) }))
    await saveSales(trx, after)
    await saveRefunds(trx, facts)
    await saveReturns(trx, facts)
    await replaceEntries(
      trx,
      after,
      before.flatMap(({ order_id, paid_at }) => (paid_at === null ? [] : [order_id])),
    )
  })
}

export const orderFacts = (sql: Sql<TaxDb>, { groupIntervalMs = 0 }: { groupIntervalMs?: number | undefined } = {}) =>
  sql.many<OrderFact>(facts => addFacts(sql, facts), { groupIntervalMs })
export type AddOrderFact = ReturnType<typeof orderFacts>
