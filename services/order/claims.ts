import { orderPaymentDueChanged, orderPaymentTimeout } from '#shared/catalog'
import { conflict, notFound } from '#shared/errors'
import { toMajor, toMinor } from '#shared/money'
import { changeOrder, loadLockedOrder, loadOwnLockedOrder, type OrderChange } from './changes'
import { type OrderRow, type OrderSql, reservationGraceMs, type Terms } from './database'
import { timerTerm } from './timeouts'

interface Due {
  payment_id: number
  amount: number
  currency?: string
}
interface ClaimRequest extends Due {
  user_id: number
  is_admin: boolean
}
interface Hold extends Due {
  hold_ms: number
}

/** While a payment is under way, address and price stay as they are. */
export const isFrozen = ({ claim_until, payment_status }: OrderRow, now: Date) =>
  payment_status !== 'unpaid' || (claim_until !== null && claim_until > now)

/** How long until a claim ends by itself, as it does when its payment never reports an outcome. */
const secondsLeft = ({ claim_until, payment_status }: OrderRow, now: Date) =>
  payment_status === 'unpaid' && claim_until ? Math.ceil((claim_until.getTime() - now.getTime()) / 1000) : undefined

const claimedUntil = ({ claim_payment_id, claim_until }: OrderRow, paymentId: number) =>
  claim_payment_id === paymentId && claim_until ? claim_until.getTime() : 0

const requireUnfrozen = (row: OrderRow, { amount, currency, payment_id }: Due, now: Date) => {
  if (row.status !== 'awaiting_payment') throw conflict('order_not_payable', 'The order is not waiting for a payment.')
  if (currency !== undefined && currency !== row.currency) throw conflict('currency_mismatch', 'An order must be paid in its own currency.')
  if (toMinor(amount, row.currency) !== row.total)
    throw conflict('amount_mismatch', 'The amount must be exactly what is due for the order.')
  if (row.claim_payment_id !== payment_id && isFrozen(row, now))
    throw conflict('payment_in_progress', 'Another payment of this order is under way.', secondsLeft(row, now))
}
const requirePayable = (row: OrderRow, request: ClaimRequest, now: Date) => {
  if (row.status === 'pending') throw conflict('order_not_payable', 'The order is still being checked; try again in a moment.', 1)
  requireUnfrozen(row, request, now)
  if (row.claim_payment_id !== request.payment_id && row.payment_due_at <= now)
    throw conflict('order_not_payable', 'The time to pay this order is over.')
}

/**
 * Payment claims an order before it charges: what is due stays the same until the payment has an outcome or the claim ends. A claim
 * is short. Once its payment is stored and waits for the customer or the bank, payment holds the order for as long as that may take.
 */
export const claims = ({ sql, terms }: { sql: OrderSql; terms: Pick<Terms, 'claimMs' | 'paymentTimeoutMs'> }) => {
  /** The order waits until `heldUntil`. A reservation that would end before takes the due time along. */
  const held = (row: OrderRow, claim_payment_id: number, heldUntil: Date): OrderChange => {
    const claim = { claim_payment_id, claim_until: heldUntil }
    if (heldUntil <= row.reservation_expires_at) return { set: claim }
    const reservation_expires_at = new Date(heldUntil.getTime() + reservationGraceMs)
    const data = { payment_due_at: heldUntil.toISOString(), reservation_expires_at: reservation_expires_at.toISOString() }
    return {
      set: { ...claim, payment_due_at: heldUntil, reservation_expires_at },
      events: at => ({
        drafts: [
          orderPaymentDueChanged(at, { order_id: row.id, ...data }),
          orderPaymentTimeout(at, { order_id: row.id }, { at: heldUntil, term: timerTerm(heldUntil, terms) }),
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
        // A repeated claim does not shorten the hold that may have followed the first.
        const claim_until = new Date(Math.max(now.getTime() + terms.claimMs, claimedUntil(row, request.payment_id)))
        await trx.updateTable('orders').set({ claim_payment_id: request.payment_id, claim_until }).where('id', '=', orderId).execute()
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
        requireUnfrozen(order.row, request, now)
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
