import type { Transaction } from 'kysely'
import { orderCreated } from '#shared/catalog'
import type { Message } from '#shared/event'
import { insertOnce, lockOrMake, lockOrMakeAll, type Sql } from '#shared/sql'
import { day } from '#shared/time'
import { type OrderRow, soldLinesColumn, type TaxDb } from './database'
import { reportedPlace } from './domain'
import { reportEntries, type SoldLine } from './domain-report'

const partMs = 31 * day

type Trx = Transaction<TaxDb>

/** The entries are replaced by what all facts about the order give, so that the order in which events arrive does not matter. */
const replaceEntries = async (trx: Trx, { order_id, currency, total, lines, paid_at, unsold }: OrderRow) => {
  if (currency === null || total === null || lines === null || paid_at === null) return
  const refunds = await trx.selectFrom('refunds').select(['amount', 'refunded_at as at']).where('order_id', '=', order_id).execute()
  // Instances of the earlier release store a place as it was typed.
  const sold = soldLinesColumn.read(lines).map(line => ({ ...line, ...reportedPlace(line) }))
  const order = { order_id, currency, total, lines: sold, paid_at }
  const entries = unsold ? [] : reportEntries(order, refunds)
  await trx.deleteFrom('entries').where('order_id', '=', order_id).execute()
  if (entries.length > 0) await trx.insertInto('entries').values(entries).execute()
}

export const taxReport = (sql: Sql<TaxDb>) => {
  // Events that share a transaction lock their orders in one order, so that two such transactions do not deadlock.
  const once = sql.onceLocking((trx, orderIds: readonly number[]) => lockOrMakeAll(trx, 'orders', 'order_id', orderIds))
  /** `record` stores the facts of an event under the order's lock, and returns the changed row. */
  const handleOnce = (message: Message, orderId: number, record: (trx: Trx, order: OrderRow) => Promise<OrderRow>) =>
    once(
      message,
      async trx => {
        // The first event of an order is usually its first price.
        const likelyNew = message.type === orderCreated.type
        await replaceEntries(trx, await record(trx, await lockOrMake(trx, 'orders', { order_id: orderId }, {}, { likelyNew })))
      },
      orderId,
    )

  const totalsOf = (from: Date, to: Date, country?: string) => {
    const inPeriod = sql.db.selectFrom('entries').where('at', '>=', from).where('at', '<', to)
    const entries = country === undefined ? inPeriod : inPeriod.where('country', '=', country)
    return entries
      .select(['country', 'region', 'rate_ppm', 'currency', 'kind'])
      .select(({ fn }) => [fn.sum<string>('net').as('net'), fn.sum<string>('tax').as('tax')])
      .groupBy(['country', 'region', 'rate_ppm', 'currency', 'kind'])
      .orderBy('country')
      .orderBy('region')
      .orderBy('rate_ppm')
      .execute()
  }

  return {
    /** An order is placed, or priced again for another address: the latest price counts. */
    recordPrice: (message: Message, orderId: number, price: { currency: string; total: number; lines: SoldLine[] }) =>
      handleOnce(message, orderId, async (trx, order) => {
        const { version } = message.aggregate
        if (order.version >= version) return order
        const priced = { currency: price.currency, total: price.total, lines: soldLinesColumn.write(price.lines), version }
        await trx.updateTable('orders').set(priced).where('order_id', '=', orderId).execute()
        return { ...order, ...priced }
      }),

    /** Several statuses of an order follow its payment; the earliest of them dates the sale. */
    recordSale: (message: Message, orderId: number, at: Date) =>
      handleOnce(message, orderId, async (trx, order) => {
        const paid_at = order.paid_at && order.paid_at < at ? order.paid_at : at
        await trx.updateTable('orders').set({ paid_at }).where('order_id', '=', orderId).execute()
        return { ...order, paid_at }
      }),

    /** An order to be paid on delivery is cancelled after it was packed: no tax was ever due. */
    recordUnsold: (message: Message, orderId: number) =>
      handleOnce(message, orderId, async (trx, order) => {
        await trx.updateTable('orders').set({ unsold: true }).where('order_id', '=', orderId).execute()
        return { ...order, unsold: 1 }
      }),

    recordRefund: (message: Message, orderId: number, refund: { id: number; amount: number; at: Date }) =>
      handleOnce(message, orderId, async (trx, order) => {
        const row = { order_id: orderId, refund_id: refund.id, amount: refund.amount, refunded_at: refund.at }
        await insertOnce(trx.insertInto('refunds').values(row))
        return order
      }),

    /** Summed in the database, a month at a time: no statement runs longer than a month's sales take. */
    async totals(from: Date, to: Date, country?: string) {
      const totals: Awaited<ReturnType<typeof totalsOf>> = []
      for (let start = from; start < to; start = new Date(start.getTime() + partMs))
        totals.push(...(await totalsOf(start, new Date(Math.min(to.getTime(), start.getTime() + partMs)), country)))
      return totals
    },
  }
}
export type TaxReport = ReturnType<typeof taxReport>
export type ReportTotal = Awaited<ReturnType<TaxReport['totals']>>[number]
