import { orderPaymentDueChanged, orderPaymentTimeout } from '#shared/catalog'
import { notFound } from '#shared/errors'
import { toMajor } from '#shared/money'
import { changeOrder, loadLockedOrder, loadOwnLockedOrder, type OrderChange } from './changes'
import type { OrderRow, OrderSql, Terms } from './database'
import { claimFor, type Due, holdFor, requireHoldable, requirePayable } from './domain-claims'
import { timerTerm } from './timeouts'

interface ClaimRequest extends Due {
  user_id: number
  is_admin: boolean
}
interface Hold extends Due {
  hold_ms: number
}

/**
 * Payment claims an order before it charges: what is due stays the same until the payment has an outcome or the claim ends. A claim
 * is short. Once its payment is stored and waits for the customer or the bank, payment holds the order for as long as that may take.
 */
export const claims = ({ sql, terms }: { sql: OrderSql; terms: Pick<Terms, 'claimMs' | 'paymentTimeoutMs'> }) => {
  const held = (row: OrderRow, paymentId: number, until: Date): OrderChange => {
    const { claim, due } = holdFor(row, paymentId, until)
    if (!due) return { set: claim }
    const data = { payment_due_at: due.payment_due_at.toISOString(), reservation_expires_at: due.reservation_expires_at.toISOString() }
    return {
      set: { ...claim, ...due },
      events: at => ({
        drafts: [
          orderPaymentDueChanged(at, { order_id: row.id, ...data }),
          orderPaymentTimeout(at, { order_id: row.id }, { at: until, term: timerTerm(until, terms) }),
        ],
        data,
      }),
    }
  }

  return {
    claim: (orderId: number, request: ClaimRequest) =>
      sql.transaction(async trx => {
        const { row } = await loadOwnLockedOrder(trx, orderId, { id: request.user_id, role: request.is_admin ? 'admin' : 'customer' })
        const now = new Date()
        requirePayable(row, request, now)
        const { user_id, total, currency } = row
        const claim = claimFor(row, request.payment_id, new Date(now.getTime() + terms.claimMs))
        await trx.updateTable('orders').set(claim).where('id', '=', orderId).execute()
        return { order_id: orderId, user_id, amount: toMajor(total, currency), currency }
      }),

    /**
     * Lets a payment that is stored by now keep its claim for as long as it may take. May be repeated, and refuses what the payment no
     * longer pays.
     */
    hold: (orderId: number, request: Hold) =>
      sql.transaction(async (trx, publish) => {
        const order = await loadLockedOrder(trx, orderId)
        if (!order) throw notFound('order')
        const now = new Date()
        requireHoldable(order.row, request, now)
        await changeOrder(trx, publish, order, held(order.row, request.payment_id, new Date(now.getTime() + request.hold_ms)))
      }),

    /** Ends a claim early, so that the next payment need not wait. */
    release: (orderId: number, paymentId: number) =>
      sql.db
        .updateTable('orders')
        .set({ claim_payment_id: null, claim_until: null })
        .where('id', '=', orderId)
        .where('claim_payment_id', '=', paymentId)
        .execute(),
  }
}
