import { type QueryExecutorProvider, sql as raw } from 'kysely'
import { conflict } from '#shared/errors'
import type { Save, Saved } from '#shared/idempotency'
import type { Log } from '#shared/log'
import { toMinor } from '#shared/money'
import { isDuplicate } from '#shared/sql'
import { hour } from '#shared/time'
import { type AskProvider, type ProviderAnswer, paymentRef } from './ask-provider'
import type { Claims } from './claims'
import type { ClaimedOrder } from './clients'
import type { PaymentDb, PaymentRow, PaymentSql, Trx } from './database'
import { type PaymentMethod, refuseCardData } from './domain'
import type { Holds } from './holds'
import { type PaymentView, paymentView } from './model'
import type { Charge } from './providers/provider'
import { settleAnswer } from './settle'
import type { PaymentTerms } from './terms'

interface Payer {
  id: number
  isAdmin: boolean
}
export interface PaymentRequest {
  order_id: number
  amount: number
  currency?: string
  payment_method: PaymentMethod
  payment_token?: string
}
export interface PayPorts {
  sql: PaymentSql
  claims: Claims
  holds: Holds
  ask: AskProvider
  log: Pick<Log, 'error'>
  /** The provider of cards and wallets. */
  onlineProvider: string
  /** The shop has said to which account money is transferred. */
  takesTransfers: boolean
  terms: PaymentTerms
  /** What the keys of a new payment begin with. */
  keyPrefix(): string
  /** Counts how payments are answered. */
  onAnswer?(payment: Pick<PaymentRow, 'status' | 'provider'>): void
}

/** How long a payment may stay unfinished before it is voided. Cash on delivery waits for its delivery, however long that takes. */
const unfinishedMs = ({ actionMs, transferDueMs }: PaymentTerms): Record<PaymentMethod, number | null> => ({
  credit_card: actionMs,
  wallet: actionMs,
  bank_transfer: transferDueMs + hour,
  cash_on_delivery: null,
})

/**
 * Stores a payment unless its order is known to be cancelled. No lock is needed: a cancellation that arrives meanwhile is seen by the
 * transaction that settles the charge, as one that arrives later is.
 */
const insert = async (db: QueryExecutorProvider, row: PaymentRow): Promise<boolean> => {
  const columns = raw.join(Object.keys(row).map(column => raw.ref(column)))
  const isCancelled = raw`select 1 from orders where order_id = ${row.order_id} and cancelled = 1`
  const inserted = raw`insert into payments (${columns}) select ${raw.join(Object.values(row))} from dual where not exists (${isCancelled})`
  return (await inserted.execute(db)).numAffectedRows === 1n
}

/**
 * Pays an order. A refused payment ends as `failed` with its reason, and another one can pay the order; one whose outcome is unknown is
 * `pending`. A repeated request finds its payment by `requestKey` and continues where the first one stopped.
 */
export const pay = ({ sql, claims, holds, ask, log, onlineProvider, takesTransfers, terms, keyPrefix, onAnswer }: PayPorts) => {
  const expiryMs = unfinishedMs(terms)

  const find = (id: number, db: Pick<Trx, 'selectFrom'> = sql.db) =>
    db.selectFrom('payments').selectAll().where('id', '=', id).executeTakeFirst()

  const providerFor = (method: PaymentMethod, amount: number) =>
    amount === 0 || method === 'bank_transfer' || method === 'cash_on_delivery' ? 'offline' : onlineProvider

  /** Stores the payment before the provider is asked for money. */
  const begin = async (payer: Payer, request: PaymentRequest, id: number, requestKey: string | undefined): Promise<PaymentRow> => {
    const { order_id, amount, currency, payment_method } = request
    const { isAdmin } = payer
    if (payment_method === 'bank_transfer' && amount > 0 && !takesTransfers)
      throw conflict(
        'bank_transfer_not_configured',
        'The shop has no account that money could be transferred to. Choose another way to pay.',
      )
    const claim = { payment_id: id, user_id: payer.id, is_admin: isAdmin, amount, payment_method, ...(currency && { currency }) }
    const store = async (order: ClaimedOrder) => {
      const row = newPayment(id, order, payment_method, requestKey)
      // The act of an administrator is entered in the transaction of its effect.
      const isStored = await (isAdmin ? sql.transaction(trx => insert(trx, row)) : insert(sql.db, row))
      if (!isStored) throw conflict('order_not_payable', 'The order is cancelled and cannot be paid any more.')
      return row
    }
    try {
      return await claims.claimed(order_id, claim, store)
    } catch (error) {
      throw isDuplicate(error)
        ? conflict('payment_in_progress', 'Another payment of this order is under way. Look at it, or wait until it has ended.')
        : error
    }
  }

  const newPayment = (id: number, claimed: ClaimedOrder, payment_method: PaymentMethod, requestKey: string | undefined): PaymentRow => {
    const { order_id, user_id, currency } = claimed
    const amount = toMinor(claimed.amount, currency)
    const now = new Date()
    const askAt = new Date(now.getTime() + terms.askAfterMs)
    const expiresAfterMs = expiryMs[payment_method]
    return {
      id,
      order_id,
      user_id,
      live_order_id: order_id,
      provider: providerFor(payment_method, amount),
      payment_method,
      amount,
      currency,
      status: 'pending',
      transaction_id: null,
      next_action: null,
      reason: null,
      captured: 0,
      captured_at: null,
      refunded: 0,
      refunding: 0,
      doing: 'charge',
      ask_at: askAt,
      mismatch_at: null,
      expires_at: expiresAfterMs === null ? null : new Date(now.getTime() + expiresAfterMs),
      hold_at: askAt,
      key_prefix: keyPrefix(),
      request_key: requestKey ?? null,
      version: 0,
      created_at: now,
      updated_at: now,
    }
  }

  /** Asking for a charge again is safe: its key belongs to the payment, so the provider never makes it twice. */
  const charge = async (payment: PaymentRow, token: string | undefined, isRepeated: boolean): Promise<ProviderAnswer<Charge>> => {
    const ref = paymentRef(payment)
    const askAbout = () => ask(payment, provider => provider.chargeOf(ref))
    if (isRepeated) {
      const earlier = await askAbout()
      if (earlier.state === 'known') return earlier
    }
    const made = await ask(payment, provider => provider.charge({ ...ref, token }))
    // The charge may have been made although its answer was lost.
    return made.state === 'known' ? made : askAbout()
  }

  return async (
    payer: Payer,
    request: PaymentRequest,
    requestKey: string | undefined,
    save: Save<PaymentDb>,
  ): Promise<Saved<PaymentView>> => {
    refuseCardData(request.payment_token)
    const reserved = await claims.reserveId(request.order_id, requestKey)
    const earlier = reserved.isRepeated ? await find(reserved.id) : undefined
    const payment = earlier ?? (await begin(payer, request, reserved.id, requestKey))
    const { id, order_id, doing } = payment
    const answer = doing === 'charge' ? await charge(payment, request.payment_token, earlier !== undefined) : undefined
    const answerWith = async (trx: Trx, settled: PaymentRow) => {
      const saved = await save(trx, { status: 201, headers: { location: `/api/payments/${id}` }, body: paymentView(settled) })
      return { saved, settled }
    }
    const { saved, settled } =
      answer?.state === 'known'
        ? await settleAnswer({ sql, log, payment, charge: answer.outcome, finish: answerWith })
        : await sql.transaction(async trx => answerWith(trx, (await find(id, trx)) ?? payment))
    onAnswer?.(settled)
    if (settled.status === 'failed') await claims.release(order_id, id)
    else await holds.begin(settled)
    return saved
  }
}
export type Pay = ReturnType<typeof pay>
