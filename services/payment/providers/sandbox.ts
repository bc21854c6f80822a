import type { Selectable } from 'kysely'
import { insertOnce, type Sql } from '#shared/sql'
import { second } from '#shared/time'
import type { PaymentDb } from '../database'
import type { ChargeState } from '../domain'
import { eachPaged, pageSize } from '../paged-rows'
import { readPlainEvent } from './plain-event'
import { type Charge, chargeKey, type Movement, type PaymentRef, type Provider, type RefundRef, refundKey } from './provider'
import { sandboxWebhooks } from './sandbox-webhooks'

type SandboxCharge = Selectable<PaymentDb['sandbox_charges']>
type Outcome = Pick<SandboxCharge, 'state' | 'reason'>
type Change = Partial<Pick<SandboxCharge, 'state' | 'reason' | 'captured_at'>>

const captured: Outcome = { state: 'captured', reason: null }

/** The outcome of each token. A payment without a token is like one with `tok_success`. */
const outcomes = new Map<string, Outcome>([
  ['tok_success', captured],
  ['tok_decline', { state: 'failed', reason: 'card_declined' }],
  ['tok_insufficient_funds', { state: 'failed', reason: 'insufficient_funds' }],
  // Until `POST next_action.url` or a webhook reports how 3-D Secure ended.
  ['tok_3ds', { state: 'requires_action', reason: null }],
  // Captured, but the answer is lost on its way back.
  ['tok_timeout', captured],
  // Captured about two seconds later, and reported by webhook.
  ['tok_late_webhook', { state: 'pending', reason: null }],
  // The same webhook is sent twice.
  ['tok_duplicate_webhook', captured],
  // An admin captures or voids it.
  ['tok_authorize', { state: 'authorized', reason: null }],
])
const invalidToken: Outcome = { state: 'failed', reason: 'invalid_token' }

interface SandboxOptions {
  sql: Sql<PaymentDb>
  secret: string
  /** How long a late charge takes. */
  lateMs?: number
}

/** A payment company to try the shop with. It keeps its own books, in tables that only it reads, as a company outside would. */
export const sandboxProvider = ({ sql, secret, lateMs = 2 * second }: SandboxOptions) => {
  const { db } = sql
  const webhooks = sandboxWebhooks(sql, secret)

  const stateOf = ({ state, settles_at }: SandboxCharge): ChargeState =>
    state === 'pending' && settles_at !== null && settles_at <= new Date() ? 'captured' : state
  const chargeFrom = (row: SandboxCharge): Charge => {
    const { id: transactionId, amount, currency, reason } = row
    const state = stateOf(row)
    const url = `/api/payments/sandbox/${transactionId}/confirm`
    return {
      state,
      transactionId,
      amount,
      currency,
      ...(reason && { reason }),
      ...(state === 'requires_action' && { nextAction: { type: 'redirect', url } }),
    }
  }
  const find = (payment: PaymentRef) =>
    db.selectFrom('sandbox_charges').selectAll().where('idempotency_key', '=', chargeKey(payment)).executeTakeFirst()
  /** Changes a charge that is in one of the states `from`. A charge in another state is returned unchanged. */
  const change = async (id: string, from: readonly ChargeState[], set: Change) => {
    const { numUpdatedRows } = await db
      .updateTable('sandbox_charges')
      .set(set)
      .where('id', '=', id)
      .where('state', 'in', from)
      .executeTakeFirst()
    const row = await db.selectFrom('sandbox_charges').selectAll().where('id', '=', id).executeTakeFirst()
    return row && { row, changed: numUpdatedRows === 1n }
  }
  const changeCharge = async ({ transactionId }: PaymentRef, from: readonly ChargeState[], set: Change): Promise<Charge> => {
    const result = await change(transactionId ?? '', from, set)
    if (!result) throw new Error('the sandbox has no such charge')
    return chargeFrom(result.row)
  }
  const refundOf = async (refund: RefundRef) => {
    const row = await db.selectFrom('sandbox_refunds').select('id').where('idempotency_key', '=', refundKey(refund)).executeTakeFirst()
    return row && { state: 'succeeded' as const, reference: row.id }
  }

  return {
    name: 'sandbox',
    async charge(payment) {
      const { token = 'tok_success', amount, currency, paymentId } = payment
      const outcome = outcomes.get(token) ?? invalidToken
      const settles_at = token === 'tok_late_webhook' ? new Date(Date.now() + lateMs) : null
      const captured_at = outcome.state === 'captured' ? new Date() : settles_at
      const id = `sbx_${crypto.randomUUID().replaceAll('-', '')}`
      const created_at = new Date()
      const made = {
        id,
        idempotency_key: chargeKey(payment),
        payment_id: paymentId,
        amount,
        currency,
        settles_at,
        captured_at,
        created_at,
        ...outcome,
      }
      const isNew = await insertOnce(db.insertInto('sandbox_charges').values(made))
      const row = isNew ? made : await find(payment)
      if (!row) throw new Error('the sandbox lost a charge')
      if (isNew) {
        if (settles_at) await webhooks.schedule({ ...row, state: 'captured' }, settles_at)
        if (token === 'tok_duplicate_webhook') await webhooks.schedule(row, new Date(), 2)
      }
      if (token === 'tok_timeout') throw new Error('the sandbox closed the connection before it answered')
      return chargeFrom(row)
    },
    async chargeOf(payment) {
      const row = await find(payment)
      return row && chargeFrom(row)
    },
    capture: payment => changeCharge(payment, ['authorized'], { state: 'captured', captured_at: new Date() }),
    void: payment => changeCharge(payment, ['authorized', 'requires_action'], { state: 'voided' }),
    async refund(refund) {
      const { payment, amount } = refund
      const id = `sbr_${crypto.randomUUID().replaceAll('-', '')}`
      await db
        .insertInto('sandbox_refunds')
        .ignore()
        .values({ id, idempotency_key: refundKey(refund), charge_id: payment.transactionId ?? '', amount })
        .execute()
      const made = await refundOf(refund)
      if (!made) throw new Error('the sandbox lost a refund')
      return made
    },
    refundOf,
    eventOf: async (body, headers) => readPlainEvent(secret, body, headers),
    async *movements(from, to): AsyncIterable<Movement> {
      const charges = db.selectFrom('sandbox_charges').selectAll().where('captured_at', '>=', from).where('captured_at', '<', to)
      const refunds = db
        .selectFrom('sandbox_refunds as refund')
        .innerJoin('sandbox_charges as charge', 'charge.id', 'refund.charge_id')
        .select(['refund.id', 'refund.amount', 'charge.currency', 'refund.created_at'])
        .where('refund.created_at', '>=', from)
        .where('refund.created_at', '<', to)
      const chargesAfter = (id: string) => charges.where('id', '>', id).orderBy('id').limit(pageSize).execute()
      const refundsAfter = (id: string) => refunds.where('refund.id', '>', id).orderBy('refund.id').limit(pageSize).execute()
      for await (const row of eachPaged('', chargesAfter, ({ id }) => id)) {
        const { id: reference, amount, currency, captured_at: at } = row
        if (at && stateOf(row) === 'captured') yield { kind: 'capture', reference, amount, currency, at }
      }
      for await (const { id: reference, amount, currency, created_at: at } of eachPaged('', refundsAfter, ({ id }) => id))
        yield { kind: 'refund', reference, amount, currency, at }
    },
    /** The page of the customer's bank: 3-D Secure passed or not. A webhook reports it. */
    async confirm(transactionId: string, passed: boolean): Promise<boolean> {
      const set: Change = passed ? { state: 'captured', captured_at: new Date() } : { state: 'failed', reason: 'authentication_failed' }
      const result = await change(transactionId, ['requires_action'], set)
      if (result?.changed) await webhooks.schedule(result.row, new Date())
      return result !== undefined
    },
    webhooks,
  } satisfies Provider & Record<string, unknown>
}
export type Sandbox = ReturnType<typeof sandboxProvider>
