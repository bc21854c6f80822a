import { orderPaymentDueChanged, orderPaymentTimeout } from '#shared/catalog'
import { conflict } from '#shared/errors'
import { toMajor, toMinor } from '#shared/money'
import { type Change, change, lockOwn } from './changes'
import { type OrderRow, type OrderSql, reservationGraceMs, type Terms } from './database'

interface ClaimRequest {
  payment_id: number
  user_id: number
  is_admin: boolean
  amount: number
  currency?: string
  payment_method: string
}

/** While somebody is paying, address and price stay as they are. */
export const isFrozen = ({ claim_until, payment_status }: OrderRow, now: Date) =>
  payment_status !== 'unpaid' || (claim_until !== null && claim_until > now)

/** What holds the claim may have died with it: then it lapses, and the order can be paid again. */
const secondsLeft = ({ claim_until, payment_status }: OrderRow, now: Date) =>
  payment_status === 'unpaid' && claim_until ? Math.ceil((claim_until.getTime() - now.getTime()) / 1000) : undefined

const requirePayable = (row: OrderRow, { amount, currency, payment_id }: ClaimRequest, now: Date) => {
  if (row.status === 'pending') throw conflict('order_not_payable', 'The order is still being checked; try again in a moment.', 1)
  if (row.status !== 'awaiting_payment') throw conflict('order_not_payable', 'The order does not wait for a payment.')
  if (currency !== undefined && currency !== row.currency) throw conflict('currency_mismatch', 'An order is paid in its own currency.')
  if (toMinor(amount, row.currency) !== row.total)
    throw conflict('amount_mismatch', 'The amount must be exactly what is due for the order.')
  if (row.claim_payment_id === payment_id) return
  if (isFrozen(row, now)) throw conflict('payment_in_progress', 'Another payment of this order is under way.', secondsLeft(row, now))
  if (row.payment_due_at <= now) throw conflict('order_not_payable', 'The time to pay this order is over.')
}

/** Before payment charges anybody it asks here: what is due can't change until it is done, or its time is over. */
export const claims = (sql: OrderSql, { claimMs, transferDueMs }: Terms) => {
  const untilTransferred = (row: OrderRow, claim_payment_id: number, now: Date): Change => {
    const payment_due_at = new Date(Math.max(row.payment_due_at.getTime(), now.getTime() + transferDueMs))
    const reservation_expires_at = new Date(payment_due_at.getTime() + reservationGraceMs)
    const told = { payment_due_at: payment_due_at.toISOString(), reservation_expires_at: reservation_expires_at.toISOString() }
    return {
      set: { claim_payment_id, claim_until: payment_due_at, payment_due_at, reservation_expires_at },
      tell: at => ({
        drafts: [
          orderPaymentDueChanged(at, { order_id: row.id, ...told }),
          orderPaymentTimeout(at, { order_id: row.id }, { at: payment_due_at, term: 'transfer' }),
        ],
        data: told,
      }),
    }
  }

  return {
    claim: (orderId: number, request: ClaimRequest) =>
      sql.transaction(async (trx, publish) => {
        const order = await lockOwn(trx, orderId, { id: request.user_id, role: request.is_admin ? 'admin' : 'customer' })
        const { row } = order
        const now = new Date()
        requirePayable(row, request, now)
        const { user_id, total, currency } = row
        const answer = { order_id: orderId, user_id, amount: toMajor(total, currency), currency }
        const again = row.claim_payment_id === request.payment_id
        if (request.payment_method === 'bank_transfer') {
          // A claim of a transfer lasts as long as the transfer may take.
          if (!again) await change(trx, publish, order, untilTransferred(row, request.payment_id, now))
          return answer
        }
        await trx
          .updateTable('orders')
          .set({ claim_payment_id: request.payment_id, claim_until: new Date(now.getTime() + claimMs) })
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
export type Claims = ReturnType<typeof claims>
