import { sql as raw } from 'kysely'
import { driftOf } from '#shared/drift'
import { toMajor } from '#shared/money'
import type { Page, PageQuery } from '#shared/page'
import { allRows } from '#shared/personal-data'
import { pageNewestFirst, type Sql } from '#shared/sql'
import { minute } from '#shared/time'
import type { PaymentDb, PaymentRow, RefundRow } from './database'
import type { PaymentStatus } from './domain'
import { ledgerDrift, type TimeWindow } from './ledger'

interface Filter {
  /** Absent: the payments of all users. */
  userId?: number | undefined
  status?: PaymentStatus | undefined
  order_id?: number | undefined
}
const maxDriftRows = 5000
/** A payment or refund without an outcome for this long is listed in drift, for a person to look at. */
const outstandingMs = 5 * minute

export const paymentRepository = (sql: Pick<Sql<PaymentDb>, 'db'>) => {
  const { db } = sql

  const paymentsOf = (userId: number | undefined) =>
    userId === undefined ? db.selectFrom('payments') : db.selectFrom('payments').where('user_id', '=', userId)

  const sumsByOrder = async (orderIds: readonly number[]) => {
    if (orderIds.length === 0) return {}
    const found = await db
      .selectFrom('payments')
      .select(['order_id', 'currency'])
      .select(raw<string>`sum(captured)`.as('captured'))
      .select(raw<string>`sum(refunded)`.as('refunded'))
      .where('order_id', 'in', [...new Set(orderIds)])
      .groupBy(['order_id', 'currency'])
      .execute()
    const major = (amount: string, currency: string) => toMajor(Number(amount), currency)
    return Object.fromEntries(
      found.map(row => [row.order_id, { captured: major(row.captured, row.currency), refunded: major(row.refunded, row.currency) }]),
    )
  }

  /**
   * Refunds whose money has not gone back: those that are pending for long or after a failure, and failed ones that nothing tries
   * again, until their payment has nothing left to refund.
   */
  const unsettledRefunds = async (pendingBefore = new Date(Date.now() - outstandingMs)) => {
    const pending = db
      .selectFrom('refunds')
      .select('id')
      .where('state', '=', 'pending')
      .where(refund => refund.or([refund('created_at', '<', pendingBefore), refund('attempt', '>', 1)]))
    const failed = db
      .selectFrom('refunds')
      .innerJoin('payments', 'payments.id', 'refunds.payment_id')
      .leftJoin('refunds as retry', 'retry.retry_of', 'refunds.id')
      .select('refunds.id')
      .where('refunds.state', '=', 'failed')
      .where('retry.id', 'is', null)
      .whereRef('payments.refunded', '<', 'payments.captured')
    return [...(await pending.limit(1000).execute()), ...(await failed.limit(1000).execute())]
  }

  return {
    unsettledRefunds,

    /** With `userId`, only a payment of that user is found. */
    find: (id: number, userId?: number): Promise<PaymentRow | undefined> =>
      paymentsOf(userId).selectAll().where('id', '=', id).executeTakeFirst(),

    /** Newest first. */
    ofOrder: (orderId: number, userId?: number): Promise<PaymentRow[]> =>
      paymentsOf(userId).selectAll().where('order_id', '=', orderId).orderBy('id', 'desc').limit(100).execute(),

    list({ userId, status, order_id }: Filter, query: PageQuery): Promise<Page<PaymentRow>> {
      const ofUser = paymentsOf(userId)
      const ofStatus = status === undefined ? ofUser : ofUser.where('status', '=', status)
      const filtered = order_id === undefined ? ofStatus : ofStatus.where('order_id', '=', order_id)
      return pageNewestFirst(db, filtered.selectAll(), query)
    },

    refundsOf: (paymentId: number): Promise<RefundRow[]> =>
      db.selectFrom('refunds').selectAll().where('payment_id', '=', paymentId).orderBy('id', 'desc').limit(100).execute(),

    refund: (paymentId: number, id: number): Promise<RefundRow | undefined> =>
      db.selectFrom('refunds').selectAll().where('payment_id', '=', paymentId).where('id', '=', id).executeTakeFirst(),

    /** What was captured and refunded, over all payments of each order. */
    sumsByOrder,

    exportOf: (userId: number): Promise<PaymentRow[]> =>
      allRows(
        (after, limit) => paymentsOf(userId).selectAll().where('id', '>', after).orderBy('id').limit(limit).execute(),
        ({ id }) => id,
      ),

    /** The sums of the orders whose payments changed in a window, and everything that does not add up. */
    async drift(window: TimeWindow) {
      const changed = await db
        .selectFrom('payments')
        .select('order_id')
        .where('updated_at', '>=', window.from)
        .where('updated_at', '<', window.to)
        .orderBy('updated_at')
        .limit(maxDriftRows)
        .execute()
      const longAgo = new Date(Date.now() - outstandingMs)
      // One after another: at once, they would take most of the pool's connections from customers, every minute.
      const payments = await sumsByOrder(changed.map(({ order_id }) => order_id))
      const ledger = await ledgerDrift(sql, window)
      const paymentIds = db.selectFrom('payments').select('id').limit(1000)
      const unknown = await paymentIds.where('ask_at', 'is not', null).where('created_at', '<', longAgo).execute()
      const refunds = await unsettledRefunds(longAgo)
      const refused = await db.selectFrom('webhook_events').select('id').where('state', '=', 'refused').limit(1000).execute()
      const mismatched = await paymentIds.where('mismatch_at', 'is not', null).execute()
      const outstanding = [
        ...[...unknown, ...mismatched].map(({ id }) => `payment:${id}`),
        ...refunds.map(({ id }) => `refund:${id}`),
        ...refused.map(({ id }) => `webhook:${id}`),
      ]
      return { payments, ledger: driftOf(ledger), outstanding: driftOf(outstanding) }
    },
  }
}
export type PaymentRepository = ReturnType<typeof paymentRepository>
