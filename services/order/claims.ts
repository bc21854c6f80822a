import { orderPaymentDueChanged, orderPaymentTimeout } from '#shared/catalog'
import { conflict } from '#shared/errors'
import { toMajor, toMinor } from '#shared/money'
import { changeOrder, loadOwnLockedOrder, type OrderChange } from './changes'
import { type OrderRow, type OrderSql, reservationGraceMs, type Terms } from './database'

interface ClaimRequest {
  payment_id: number
  user_id: number
  is_admin: boolean
  amount: number
  currency?: string
  payment_method: string
}

/** While a payment is under way, address and price stay as they are. */
export const isFrozen = ({ claim_until, payment_status }: OrderRow, now: Date) =>
  payment_status !== 'unpaid' || (claim_until !== null && claim_until > now)

/** How long until a claim ends by itself, as it does when its payment never reports an outcome. */
const secondsLeft = ({ claim_until, payment_status }: OrderRow, now: Date) =>
  payment_status === 'unpaid' && claim_until ? Math.ceil((claim_until.getTime() - now.getTime()) / 1000) : undefined

const requirePayable = (row: OrderRow, { amount, currency, payment_id }: ClaimRequest, now: Date) => {
  if (row.status === 'pending') throw conflict('order_not_payable', 'The order is still being checked; try again in a moment.', 1)
  if (row.status !== 'awaiting_payment') throw conflict('order_not_payable', 'The order is not waiting for a payment.')
  if (currency !== undefined && currency !== row.currency) throw conflict('currency_mismatch', 'An order must be paid in its own currency.')
  if (toMinor(amount, row.currency) !== row.total)
    throw conflict('amount_mismatch', 'The amount must be exactly what is due for the order.')
  if (row.claim_payment_id === payment_id) return
  if (isFrozen(row, now)) throw conflict('payment_in_progress', 'Another payment of this order is under way.', secondsLeft(row, now))
  if (row.payment_due_at <= now) throw conflict('order_not_payable', 'The time to pay this order is over.')
}

/** Payment claims an order before it charges: what is due stays the same until the payment has an outcome or the claim ends. */
export const claims = ({ sql, terms }: { sql: OrderSql; terms: Pick<Terms, 'claimMs' | 'transferDueMs'> }) => {
  /** A transfer takes days: the claim, the order and its reservation wait for it as long as it may take. */
  const waitForTransfer = (row: OrderRow, claim_payment_id: number, now: Date): OrderChange => {
    const payment_due_at = new Date(Math.max(row.payment_due_at.getTime(), now.getTime() + terms.transferDueMs))
    const reservation_expires_at = new Date(payment_due_at.getTime() + reservationGraceMs)
    const data = { payment_due_at: payment_due_at.toISOString(), reservation_expires_at: reservation_expires_at.toISOString() }
    return {
      set: { claim_payment_id, claim_until: payment_due_at, payment_due_at, reservation_expires_at },
      events: at => ({
        drafts: [
          orderPaymentDueChanged(at, { order_id: row.id, ...data }),
          orderPaymentTimeout(at, { order_id: row.id }, { at: payment_due_at, term: 'transfer' }),
        ],
        data,
      }),
    }
  }

  return {
    claim: (orderId: number, request: ClaimRequest) =>
      sql.transaction(async (trx, publish) => {
        const order = await loadOwnLockedOrder(trx, orderId, { id: request.user_id, role: request.is_admin ? 'admin' : 'customer' })
        const { row } = order
        const now = new Date()
        requirePayable(row, request, now)
        const { user_id, total, currency } = row
        const answer = { order_id: orderId, user_id, amount: toMajor(total, currency), currency }
        if (request.payment_method === 'bank_transfer') {
          const isRepeated = row.claim_payment_id === request.payment_id
          if (!isRepeated) await changeOrder(trx, publish, order, waitForTransfer(row, request.payment_id, now))
          return answer
        }
        await trx
          .updateTable('orders')
          .set({ claim_payment_id: request.payment_id, claim_until: new Date(now.getTime() + terms.claimMs) })
          .where('id', '=', orderId)
          .execute()
        return answer
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
