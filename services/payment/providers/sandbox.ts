import type { Selectable } from 'kysely'
import type { Sql } from '#shared/sql'
import type { PaymentDb } from '../database'
import { plainEvent } from './plain-event'
import { type Charge, chargeKey, type Movement, type PaymentRef, type Provider, type RefundRef, refundKey } from './provider'
import { sandboxWebhooks } from './sandbox-webhooks'

type SandboxCharge = Selectable<PaymentDb['sandbox_charges']>

/** What each token makes happen; without one it is `tok_success`. */
const sandboxTokens = {
  tok_success: 'charged at once',
  tok_decline: 'declined: `card_declined`',
  tok_insufficient_funds: 'declined: `insufficient_funds`',
  tok_3ds: '3-D Secure: `requires_action`, until `POST next_action.url` (or a webhook) says how it went',
  tok_timeout: 'charged, but the answer is lost on its way to us',
  tok_late_webhook: '`pending`; charged about two seconds later, told by webhook',
  tok_duplicate_webhook: 'charged at once, and told by the same webhook twice',
  tok_authorize: 'authorised only, to be captured or voided by an admin',
} as const
type Token = keyof typeof sandboxTokens
const isToken = (token: string): token is Token => token in sandboxTokens

const outcomes: Record<Token, Pick<SandboxCharge, 'state' | 'reason'>> = {
  tok_success: { state: 'captured', reason: null },
  tok_decline: { state: 'failed', reason: 'card_declined' },
  tok_insufficient_funds: { state: 'failed', reason: 'insufficient_funds' },
  tok_3ds: { state: 'requires_action', reason: null },
  tok_timeout: { state: 'captured', reason: null },
  tok_late_webhook: { state: 'pending', reason: null },
  tok_duplicate_webhook: { state: 'captured', reason: null },
  tok_authorize: { state: 'authorized', reason: null },
}

interface SandboxOptions {
  sql: Sql<PaymentDb>
  secret: string
  /** How long a late charge takes. */
  lateMs?: number
}

/** A payment company to try the shop with. It keeps its own books, in tables that only it reads, so that asking it is real. */
export const sandboxProvider = ({ sql, secret, lateMs = 2000 }: SandboxOptions) => {
  const { db } = sql
  const webhooks = sandboxWebhooks(sql, secret)

  const stateOf = ({ state, settles_at }: SandboxCharge): Charge['state'] =>
    state === 'pending' && settles_at !== null && settles_at <= new Date() ? 'captured' : (state as Charge['state'])
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
      ...(state === 'requires_action' && { nextAction: { type: 'redirect' as const, url } }),
    }
  }
  const find = (payment: PaymentRef) =>
    db.selectFrom('sandbox_charges').selectAll().where('idempotency_key', '=', chargeKey(payment)).executeTakeFirst()
  const change = async (id: string, from: readonly string[], set: Partial<Pick<SandboxCharge, 'state' | 'captured_at' | 'reason'>>) => {
    const { numUpdatedRows } = await db
      .updateTable('sandbox_charges')
      .set(set)
      .where('id', '=', id)
      .where('state', 'in', from)
      .executeTakeFirst()
    const row = await db.selectFrom('sandbox_charges').selectAll().where('id', '=', id).executeTakeFirst()
    return row && { row, changed: numUpdatedRows === 1n }
  }
  const must = async (changing: ReturnType<typeof change>): Promise<Charge> => {
    const changed = await changing
    if (!changed) throw new Error('the sandbox knows no such charge')
    return chargeFrom(changed.row)
  }
  const refundOf = async (refund: RefundRef) => {
    const row = await db.selectFrom('sandbox_refunds').select('id').where('idempotency_key', '=', refundKey(refund)).executeTakeFirst()
    return row && { state: 'succeeded' as const, reference: row.id }
  }

  return {
    name: 'sandbox',
    async charge(payment) {
      const { token = 'tok_success', amount, currency, paymentId } = payment
      const outcome = isToken(token) ? outcomes[token] : { state: 'failed', reason: 'invalid_token' }
      const settles_at = token === 'tok_late_webhook' ? new Date(Date.now() + lateMs) : null
      const captured_at = outcome.state === 'captured' ? new Date() : settles_at
      const id = `sbx_${crypto.randomUUID().replaceAll('-', '')}`
      const made = { id, idempotency_key: chargeKey(payment), payment_id: paymentId, amount, currency, settles_at, captured_at, ...outcome }
      const { numInsertedOrUpdatedRows } = await db.insertInto('sandbox_charges').ignore().values(made).executeTakeFirst()
      const row = await find(payment)
      if (!row) throw new Error('the sandbox lost a charge')
      if (numInsertedOrUpdatedRows === 1n) {
        if (settles_at) await webhooks.schedule({ ...row, state: 'captured' }, settles_at)
        if (token === 'tok_duplicate_webhook') await webhooks.schedule(row, new Date(), 2)
      }
      if (token === 'tok_timeout') throw new Error('the sandbox hung up before it answered')
      return chargeFrom(row)
    },
    async chargeOf(payment) {
      const row = await find(payment)
      return row && chargeFrom(row)
    },
    capture: ({ transactionId }) => must(change(transactionId ?? '', ['authorized'], { state: 'captured', captured_at: new Date() })),
    void: ({ transactionId }) => must(change(transactionId ?? '', ['authorized', 'requires_action'], { state: 'voided' })),
    async refund(refund) {
      const { payment, amount } = refund
      const id = `sbr_${crypto.randomUUID().replaceAll('-', '')}`
      await db
        .insertInto('sandbox_refunds')
        .ignore()
        .values({ id, idempotency_key: refundKey(refund), charge_id: payment.transactionId ?? '', amount })
        .execute()
      const done = await refundOf(refund)
      if (!done) throw new Error('the sandbox lost a refund')
      return done
    },
    refundOf,
    eventOf: async (body, headers) => plainEvent(secret, body, headers),
    async movements(from, to): Promise<Movement[]> {
      const [captures, refunds] = await Promise.all([
        db.selectFrom('sandbox_charges').selectAll().where('captured_at', '>=', from).where('captured_at', '<', to).execute(),
        db
          .selectFrom('sandbox_refunds as refund')
          .innerJoin('sandbox_charges as charge', 'charge.id', 'refund.charge_id')
          .select(['refund.id', 'refund.amount', 'charge.currency', 'refund.created_at'])
          .where('refund.created_at', '>=', from)
          .where('refund.created_at', '<', to)
          .execute(),
      ])
      return [
        ...captures
          .filter(row => stateOf(row) === 'captured')
          .map(({ id, amount, currency, captured_at }) => ({
            kind: 'capture' as const,
            reference: id,
            amount,
            currency,
            at: captured_at!,
          })),
        ...refunds.map(({ id, amount, currency, created_at }) => ({
          kind: 'refund' as const,
          reference: id,
          amount,
          currency,
          at: created_at,
        })),
      ]
    },
    /** The page of the customer's bank: 3-D Secure passed or not. Its webhook follows. */
    async confirm(transactionId: string, passed: boolean): Promise<boolean> {
      const set = passed ? { state: 'captured', captured_at: new Date() } : { state: 'failed', reason: 'authentication_failed' }
      const changed = await change(transactionId, ['requires_action'], set)
      if (changed?.changed) await webhooks.schedule(changed.row, new Date())
      return changed !== undefined
    },
    webhooks,
  } satisfies Provider & Record<string, unknown>
}
export type Sandbox = ReturnType<typeof sandboxProvider>
