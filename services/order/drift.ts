import { driftOf } from '#shared/drift'
import { toMajor } from '#shared/money'
import { day, minute } from '#shared/time'
import { factsColumn, type OrderRow, type OrderSql } from './database'
import { awaitsPayment, type Status, statuses } from './domain'

/** How long an order may stay in a state before a person should look. A state that waits for payment has its own deadline. */
const stuckAfterMs: Partial<Record<Status, number>> = { paid: 10 * minute, fulfilling: 5 * day, shipped: 21 * day }
const overdueMs = 5 * minute
/** How long the money of a cancelled order may take to go back before a person should look. */
const keptMs = 15 * minute
/** How long the money of a delivered order may be missing: a payment on delivery is captured when the goods arrive. */
const missingMs = day
const maxRows = 5000

/** The stock that inventory should hold for an order. */
const stockOf = (row: OrderRow): 'none' | 'reserved' | 'committed' => {
  if (row.status === 'cancelled') return 'none'
  if (!awaitsPayment(row.status)) return 'committed'
  return factsColumn.read(row.facts).heard.reserved ? 'reserved' : 'none'
}

const orderFacts = (row: OrderRow) => ({
  status: row.status,
  payment_status: row.payment_status,
  total_amount: toMajor(row.total, row.currency),
  currency: row.currency,
  paid: toMajor(row.captured - row.refunded, row.currency),
  ...(row.coupon_code !== null && { coupon_code: row.coupon_code }),
  has_stock: stockOf(row),
})

type Db = OrderSql['db']

const changedBetween = (db: Db, since: Date, until: Date): Promise<OrderRow[]> =>
  db
    .selectFrom('orders')
    .selectAll()
    .where('updated_at', '>=', since)
    .where('updated_at', '<', until)
    .orderBy('updated_at')
    .limit(maxRows)
    .execute()

const idsIn = (db: Db) => db.selectFrom('orders').select('id').limit(maxRows)

/** What a person should look at: unpaid for too long, being cancelled for too long, unchanged for too long, or delivered and not paid. */
const stuckIds = async (db: Db, ago: (ms: number) => Date): Promise<number[]> => {
  const unchangedIn = ([status, ms]: [status: Status, ms: number]) =>
    idsIn(db).where('status', '=', status).where('created_at', '<', ago(ms)).where('updated_at', '<', ago(ms))
  const limits = statuses.flatMap((status): [Status, number][] => {
    const ms = stuckAfterMs[status]
    return ms === undefined ? [] : [[status, ms]]
  })
  const questions = [
    idsIn(db).where('status', 'in', statuses.filter(awaitsPayment)).where('payment_due_at', '<', ago(overdueMs)),
    idsIn(db).where('cancel_requested_at', '<', ago(overdueMs)),
    // The columns of `orders_kept` first: few of the orders that were delivered have captured nothing.
    idsIn(db)
      .where('status', '=', 'delivered')
      .where('captured', '=', 0)
      .where('refunded', '=', 0)
      .where('updated_at', '<', ago(missingMs))
      .where('payment_status', '=', 'unpaid')
      .where('total', '>', 0),
    ...limits.map(unchangedIn),
  ]
  const ids: number[] = []
  for (const question of questions) ids.push(...(await question.execute()).map(({ id }) => id))
  return ids
}

const keptMoneyIds = async (db: Db, ago: (ms: number) => Date): Promise<number[]> => {
  const kept = await idsIn(db)
    .where('status', '=', 'cancelled')
    .where('captured', '>', 0)
    .whereRef('captured', '>', 'refunded')
    .where('updated_at', '<', ago(keptMs))
    .execute()
  return kept.map(({ id }) => id)
}

/**
 * What discovery compares with the reports of other services: the orders that changed in a window, those that are stuck or were delivered
 * and not paid, and cancelled ones whose money was kept.
 */
export const orderDrift =
  ({ db }: Pick<OrderSql, 'db'>) =>
  async (since: Date, until: Date, now = new Date()) => {
    const ago = (ms: number) => new Date(now.getTime() - ms)
    // One after another: at once, they would take most of the pool's connections from customers, every minute.
    const rows = await changedBetween(db, since, until)
    const stuck = await stuckIds(db, ago)
    const kept = await keptMoneyIds(db, ago)
    // A row that cannot be read is stuck itself, and hides none of the others.
    const unreadable: number[] = []
    const orders = rows.flatMap(row => {
      try {
        return [[String(row.id), orderFacts(row)] as const]
      } catch {
        unreadable.push(row.id)
        return []
      }
    })
    return {
      orders: Object.fromEntries(orders),
      stuck: driftOf([...new Set([...stuck, ...unreadable].map(String))]),
      money_kept: driftOf(kept.map(String)),
    }
  }
