import { driftOf } from '#shared/drift'
import { toMajor } from '#shared/money'
import { factsOf } from './changes'
import type { OrderRow, OrderSql } from './database'
import { endedBy, type Status } from './domain'

const minute = 60_000
const hour = 60 * minute
/** How long an order may stand still before a person should look: payment has its own deadline, a carrier has none. */
const patienceMs: Partial<Record<Status, number>> = { paid: 10 * minute, fulfilling: 5 * 24 * hour, shipped: 21 * 24 * hour }
const overdueMs = 5 * minute
const maxRows = 5000

/** What should be so at inventory, as far as we have come. */
const stockOf = (row: OrderRow): 'none' | 'reserved' | 'committed' => {
  if (row.status === 'cancelled') return 'none'
  if (endedBy[row.status] !== 'payment_timeout') return 'committed'
  return factsOf(row).heard.reserved ? 'reserved' : 'none'
}

/** What order says of itself, for discovery to lay beside what the others say. */
export const drift =
  ({ db }: Pick<OrderSql, 'db'>) =>
  async (since: Date, until: Date, now = new Date()) => {
    const ago = (ms: number) => new Date(now.getTime() - ms)
    const ids = (rows: { id: number }[]) => rows.map(row => String(row.id))
    const some = db.selectFrom('orders').select('id').limit(maxRows)
    const [rows, overdue, cancelling, ...still] = await Promise.all([
      db
        .selectFrom('orders')
        .selectAll()
        .where('updated_at', '>=', since)
        .where('updated_at', '<', until)
        .orderBy('updated_at')
        .limit(maxRows)
        .execute(),
      some.where('status', 'in', ['pending', 'awaiting_payment']).where('payment_due_at', '<', ago(overdueMs)).execute(),
      some.where('cancel_requested_at', '<', ago(overdueMs)).execute(),
      ...Object.entries(patienceMs).map(([status, ms]) =>
        some
          .where('status', '=', status as Status)
          .where('created_at', '<', ago(ms))
          .where('updated_at', '<', ago(ms))
          .execute(),
      ),
    ])
    const stuck = [...new Set([overdue, cancelling, ...still].flatMap(ids))]
    return {
      orders: Object.fromEntries(
        rows.map(row => [
          String(row.id),
          {
            status: row.status,
            payment_status: row.payment_status,
            total_amount: toMajor(row.total, row.currency),
            currency: row.currency,
            paid: toMajor(row.captured - row.refunded, row.currency),
            ...(row.coupon_code !== null && { coupon_code: row.coupon_code }),
            has_stock: stockOf(row),
          },
        ]),
      ),
      stuck: driftOf(stuck),
    }
  }
export type Drift = ReturnType<typeof drift>
