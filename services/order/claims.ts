import { sql as raw } from 'kysely'
import { orderPaymentDueChanged, orderPaymentTimeout } from '#shared/catalog'
import { conflict, notFound } from '#shared/errors'
import { toMajor } from '#shared/money'
import { changeOrder, loadLockedOrder, type OrderChange } from './changes'
import { factsColumn, type OrderRow, type OrderSql, type Terms } from './database'
import { claimFor, type Due, holdFor, requireFewFailed, requireGoingOn, requireHoldable, requirePayable } from './domain-claims'
import type { PayableWaits } from './payable-waits'
import { timerTerm } from './timeouts'

interface ClaimRequest extends Due {
  user_id: number
  is_admin: boolean
  /** How long the answer may wait for the order to be payable. */
  wait_ms?: number
}
interface Hold extends Due {
  hold_ms: number
}

interface Ports {
  sql: OrderSql
  payableWaits: PayableWaits
  terms: Pick<Terms, 'claimMs' | 'paymentTimeoutMs'>
}

const claimedColumns = [
  'user_id',
  'status',
  'payment_status',
  'total',
  'currency',
  'facts',
  'payment_due_at',
  'reservation_expires_at',
  'claim_payment_id',
  'claim_until',
] as const
type ClaimedRow = Pick<OrderRow, (typeof claimedColumns)[number]>

/**
 * Payment claims an order before it charges: what is due stays the same until the payment has an outcome or the claim ends. A claim
 * is short. Once its payment is stored and waits for the customer or the bank, payment holds the order for as long as that may take.
 */
export const claims = ({ sql, payableWaits, terms }: Ports) => {
  const find = (id: number) => sql.db.selectFrom('orders').select(claimedColumns).where('id', '=', id).executeTakeFirst()

  const claimAsRead = async (id: number, { status, payment_status, total, ...read }: ClaimedRow, claim: ReturnType<typeof claimFor>) => {
    const { numUpdatedRows } = await sql.db
      .updateTable('orders')
      .set(claim)
      .where('id', '=', id)
      .where('status', '=', status)
      .where('payment_status', '=', payment_status)
      .where('total', '=', total)
      .where(raw<boolean>`claim_payment_id <=> ${read.claim_payment_id} and claim_until <=> ${read.claim_until}`)
      .executeTakeFirst()
    return numUpdatedRows === 1n
  }

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
    /**
     * Waits up to `wait_ms` for an order that is still being checked. Nothing is locked: the claim is stored if the order is still as it
     * was read, else it is read again.
     */
    async claim(orderId: number, { wait_ms: ms = 0, ...request }: ClaimRequest, signal: AbortSignal) {
      const isOwn = (row: ClaimedRow) => row.user_id === request.user_id || request.is_admin
      for (let tries = 0; tries < 5; tries++) {
        const mayAnswer = (row: ClaimedRow | undefined) => !row || !isOwn(row) || row.status !== 'pending'
        const row = await payableWaits.until(orderId, () => find(orderId), mayAnswer, { ms, signal })
        if (!row || !isOwn(row)) throw notFound('order')
        const now = new Date()
        requirePayable(row, request, now)
        if (row.claim_payment_id !== request.payment_id) requireFewFailed(factsColumn.read(row.facts))
        const claim = claimFor(row, request.payment_id, new Date(now.getTime() + terms.claimMs))
        const { user_id, total, currency } = row
        if (await claimAsRead(orderId, row, claim)) return { order_id: orderId, user_id, amount: toMajor(total, currency), currency }
      }
      throw conflict('payment_in_progress', 'Other payments of this order are being started. Try again shortly.', 1)
    },

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
        requireGoingOn(factsColumn.read(order.row.facts), request.payment_id)
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
