import { sql as raw } from 'kysely'
import type { PaymentSql, Trx } from './database'
import { followOrders } from './settle'

export interface OrderFact {
  orderId: number
  cancelled?: boolean
  delivered?: boolean
  /** What the order costs, in major units. */
  due?: number | undefined
  /** Goods that came back. Each return is refunded once, as soon as the payment is captured. */
  returned?: { id: number; amount: number }
}

/** An order's facts are never undone. Locks the orders, in one order so that no two transactions wait for each other. */
const saveFacts = async (trx: Trx, facts: readonly OrderFact[]) => {
  const rows = facts.map(({ orderId, cancelled, delivered, due }) => ({
    order_id: orderId,
    cancelled: cancelled ?? false,
    delivered: delivered ?? false,
    due: due === undefined ? null : String(due),
  }))
  await trx
    .insertInto('orders')
    .values(rows.toSorted((a, b) => a.order_id - b.order_id))
    .onDuplicateKeyUpdate({
      cancelled: raw<boolean>`cancelled or values(cancelled)`,
      delivered: raw<boolean>`delivered or values(delivered)`,
      due: raw<string | null>`coalesce(due, values(due))`,
    })
    .execute()
  const returns = facts.flatMap(({ orderId: order_id, returned }) =>
    returned ? [{ return_id: returned.id, order_id, amount: String(returned.amount) }] : [],
  )
  if (returns.length > 0) await trx.insertInto('returns').ignore().values(returns).execute()
}

/** After new facts, all that is known of an order is applied to its payments, so facts may arrive in any order. */
const addFacts = async (trx: Trx, facts: readonly OrderFact[]) => {
  await saveFacts(trx, facts)
  await followOrders(trx, [...new Set(facts.map(({ orderId }) => orderId))])
}

export const orderFacts = (sql: PaymentSql) =>
  sql.onceMany<OrderFact>((trx, arrivals) =>
    addFacts(
      trx,
      arrivals.map(({ item }) => item),
    ),
  )
export type AddOrderFact = ReturnType<typeof orderFacts>
