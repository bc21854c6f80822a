import type { Transaction } from 'kysely'
import type { Message } from '#shared/event'
import { cumulativeShare } from '#shared/money'
import type { Sql } from '#shared/sql'
import type { Entry, OrderRow, TaxDb } from './database'

interface SoldLine {
  country: string
  region: string
  rate_ppm: number
  net: number
  tax: number
}
interface Refund {
  amount: number
  at: Date
}

/** What an order adds to the report: nothing before it is paid; each refund takes its exact share, so that a full one leaves nothing. */
export const entriesOf = (
  order: { order_id: number; currency: string; total: number; lines: readonly SoldLine[]; paid_at: Date },
  refunds: readonly Refund[],
): Entry[] => {
  const { order_id, currency, total, lines, paid_at } = order
  const sales = lines.map(line => ({ ...line, kind: 'sale' as const, at: paid_at }))
  const inOrder = refunds.toSorted((a, b) => a.at.getTime() - b.at.getTime())
  const given = lines.flatMap(({ net, tax, ...place }) => {
    let refunded = 0
    let before = { net: 0, tax: 0 }
    return inOrder.map(({ amount, at }) => {
      refunded = Math.min(total, refunded + amount)
      const back = { net: cumulativeShare(net, refunded, total), tax: cumulativeShare(tax, refunded, total) }
      const entry = { ...place, kind: 'refund' as const, at, net: before.net - back.net, tax: before.tax - back.tax }
      before = back
      return entry
    })
  })
  return [...sales, ...given].map((entry, index) => ({ order_id, entry: index, currency, ...entry }))
}

type Trx = Transaction<TaxDb>

const lockOrder = async (trx: Trx, orderId: number): Promise<OrderRow> => {
  await trx.insertInto('orders').ignore().values({ order_id: orderId }).execute()
  return trx.selectFrom('orders').selectAll().where('order_id', '=', orderId).forUpdate().executeTakeFirstOrThrow()
}

/** Written anew from all that is known, so that it never matters what came first. */
const settle = async (trx: Trx, { order_id, currency, total, lines, paid_at, unsold }: OrderRow) => {
  if (currency === null || total === null || lines === null || paid_at === null) return
  const refunds = await trx.selectFrom('refunds').select(['amount', 'refunded_at as at']).where('order_id', '=', order_id).execute()
  const entries = unsold ? [] : entriesOf({ order_id, currency, total, lines: JSON.parse(lines), paid_at }, refunds)
  await trx.deleteFrom('entries').where('order_id', '=', order_id).execute()
  if (entries.length > 0) await trx.insertInto('entries').values(entries).execute()
}

export const taxReport = (sql: Sql<TaxDb>) => {
  const hear = (message: Message, orderId: number, learn: (trx: Trx, order: OrderRow) => Promise<OrderRow>) =>
    sql.once(message, async trx => settle(trx, await learn(trx, await lockOrder(trx, orderId))))

  return {
    /** Placed, or priced anew for another address: the newest price counts. */
    priced: (
      message: Message,
      orderId: number,
      { currency, total, lines }: { currency: string; total: number; lines: readonly SoldLine[] },
    ) =>
      hear(message, orderId, async (trx, order) => {
        const { version } = message.aggregate
        if (order.version >= version) return order
        const known = { currency, total, lines: JSON.stringify(lines), version }
        await trx.updateTable('orders').set(known).where('order_id', '=', orderId).execute()
        return { ...order, ...known }
      }),

    /** Told by more than one step of an order: it is sold once, with the first of them. */
    paid: (message: Message, orderId: number, at: Date) =>
      hear(message, orderId, async (trx, order) => {
        const paid_at = order.paid_at && order.paid_at < at ? order.paid_at : at
        await trx.updateTable('orders').set({ paid_at }).where('order_id', '=', orderId).execute()
        return { ...order, paid_at }
      }),

    /** Sent to be paid at the door, and cancelled on the way: nothing of it was ever due. */
    unsold: (message: Message, orderId: number) =>
      hear(message, orderId, async (trx, order) => {
        await trx.updateTable('orders').set({ unsold: true }).where('order_id', '=', orderId).execute()
        return { ...order, unsold: 1 }
      }),

    refunded: (message: Message, orderId: number, refund: { id: number; amount: number; at: Date }) =>
      hear(message, orderId, async (trx, order) => {
        await trx
          .insertInto('refunds')
          .ignore()
          .values({ order_id: orderId, refund_id: refund.id, amount: refund.amount, refunded_at: refund.at })
          .execute()
        return order
      }),

    between: (from: Date, to: Date, country?: string) =>
      sql.db
        .selectFrom('entries')
        .select(({ fn }) => [
          'country',
          'region',
          'rate_ppm',
          'currency',
          'kind',
          fn.sum<string>('net').as('net'),
          fn.sum<string>('tax').as('tax'),
        ])
        .where('at', '>=', from)
        .where('at', '<', to)
        .$if(country !== undefined, query => query.where('country', '=', country!))
        .groupBy(['country', 'region', 'rate_ppm', 'currency', 'kind'])
        .orderBy('country')
        .orderBy('region')
        .orderBy('rate_ppm')
        .limit(1000)
        .execute(),
  }
}
export type TaxReport = ReturnType<typeof taxReport>
