import { sql as raw } from 'kysely'
import { driftOf } from '#shared/drift'
import { toMajor } from '#shared/money'
import { cursorAfter, decodeCursor, type Page, type PageQuery } from '#shared/page'
import { t } from '#shared/schema'
import { countCapped, type Sql } from '#shared/sql'
import type { PaymentDb, PaymentRow, RefundRow } from './database'
import type { Status } from './domain'
import { unbalanced, type Window } from './ledger'

interface Filter {
  /** Whose; everybody's when left out. */
  userId?: number | undefined
  status?: Status | undefined
  order_id?: number | undefined
}
const maxDriftRows = 5000
/** A payment or refund that a provider was asked about for so long, and still nobody knows, is one for a person to look at. */
const outstandingMs = 5 * 60_000

export const paymentRepository = (sql: Pick<Sql<PaymentDb>, 'db'>) => {
  const { db } = sql

  /** Somebody else's payment is not there. */
  const visible = (userId: number | undefined) =>
    userId === undefined ? db.selectFrom('payments') : db.selectFrom('payments').where('user_id', '=', userId)

  const sums = async (rows: readonly { order_id: number }[]) => {
    const ids = [...new Set(rows.map(({ order_id }) => order_id))]
    if (ids.length === 0) return {}
    const found = await db
      .selectFrom('payments')
      .select(['order_id', 'currency'])
      .select(raw<string>`sum(captured)`.as('captured'))
      .select(raw<string>`sum(refunded)`.as('refunded'))
      .where('order_id', 'in', ids)
      .groupBy(['order_id', 'currency'])
      .execute()
    const major = (amount: string, currency: string) => toMajor(Number(amount), currency)
    return Object.fromEntries(
      found.map(row => [row.order_id, { captured: major(row.captured, row.currency), refunded: major(row.refunded, row.currency) }]),
    )
  }

  return {
    find: (id: number, userId?: number): Promise<PaymentRow | undefined> =>
      visible(userId).selectAll().where('id', '=', id).executeTakeFirst(),

    /** Newest first. */
    ofOrder: (orderId: number, userId?: number): Promise<PaymentRow[]> =>
      visible(userId).selectAll().where('order_id', '=', orderId).orderBy('id', 'desc').limit(100).execute(),

    async list({ userId, status, order_id }: Filter, { skip, limit, cursor }: PageQuery): Promise<Page<PaymentRow>> {
      const own = visible(userId)
      const ofStatus = status === undefined ? own : own.where('status', '=', status)
      const filtered = order_id === undefined ? ofStatus : ofStatus.where('order_id', '=', order_id)
      const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : decodeCursor(cursor, t.Tuple([t.Integer()]))[0]
      const [items, total] = await Promise.all([
        filtered
          .selectAll()
          .where('id', '<', before)
          .orderBy('id', 'desc')
          .offset(cursor === undefined ? skip : 0)
          .limit(limit)
          .execute(),
        countCapped(db, filtered),
      ])
      return { items, total, nextCursor: cursorAfter(items, limit, ({ id }) => [id]) }
    },

    refundsOf: (paymentId: number): Promise<RefundRow[]> =>
      db.selectFrom('refunds').selectAll().where('payment_id', '=', paymentId).orderBy('id', 'desc').limit(100).execute(),

    refund: (paymentId: number, id: number): Promise<RefundRow | undefined> =>
      db.selectFrom('refunds').selectAll().where('payment_id', '=', paymentId).where('id', '=', id).executeTakeFirst(),

    sumsByOrder: (orderIds: readonly number[]) => sums(orderIds.map(order_id => ({ order_id }))),

    exportOf: (userId: number): Promise<PaymentRow[]> => visible(userId).selectAll().orderBy('id').limit(10_000).execute(),

    /** What was paid in a window, and what does not add up. */
    async drift(window: Window) {
      const changed = await db
        .selectFrom('payments')
        .select('order_id')
        .where('updated_at', '>=', window.from)
        .where('updated_at', '<', window.to)
        .orderBy('updated_at')
        .limit(maxDriftRows)
        .execute()
      const longAgo = new Date(Date.now() - outstandingMs)
      const [payments, wrong, unknown, refunds, refused] = await Promise.all([
        sums(changed),
        unbalanced(sql, window),
        db.selectFrom('payments').select('id').where('ask_at', 'is not', null).where('created_at', '<', longAgo).limit(1000).execute(),
        db
          .selectFrom('refunds')
          .select('id')
          .where('state', 'in', ['pending', 'failed'])
          .where('created_at', '<', longAgo)
          .where('created_at', '>=', window.from)
          .limit(1000)
          .execute(),
        db
          .selectFrom('webhook_events')
          .select('id')
          .where('state', '=', 'refused')
          .where('received_at', '>=', window.from)
          .where('received_at', '<', window.to)
          .limit(1000)
          .execute(),
      ])
      const outstanding = [
        ...unknown.map(({ id }) => `payment:${id}`),
        ...refunds.map(({ id }) => `refund:${id}`),
        ...refused.map(({ id }) => `webhook:${id}`),
      ]
      return { payments, ledger: driftOf(wrong), outstanding: driftOf(outstanding) }
    },
  }
}
export type Payments = ReturnType<typeof paymentRepository>
