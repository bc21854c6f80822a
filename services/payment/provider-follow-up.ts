import type { Log } from '#shared/log'
import { eachIsolated } from '#shared/sweep'
import { minute } from '#shared/time'
import { type AskProvider, type ProviderAnswer, paymentRef, refundRef } from './ask-provider'
import type { PaymentRow, PaymentSql, RefundRow } from './database'
import type { ProviderAction } from './domain'
import { followUpOf } from './domain-charges'
import type { Charge, RefundOutcome } from './providers/provider'
import { settleAnswer } from './settle'
import { settleRefund } from './settle-refund'
import type { PaymentTerms } from './terms'

interface Ports {
  sql: PaymentSql
  ask: AskProvider
  log: Pick<Log, 'error'>
  terms: Pick<PaymentTerms, 'deadlineMs' | 'giveUpMs'>
}

const lanes = 8
const longestPauseMs = 10 * minute

/** Finishes charges, captures, voids and refunds whose outcome is unknown. They are stored, so any instance can continue them. */
export const providerFollowUp = ({ sql, ask, log, terms }: Ports) => {
  const { db } = sql
  const { deadlineMs, giveUpMs } = terms

  /** Asks before it acts, so that nothing is carried out twice. A charge that does not reach its provider within `giveUpMs` has failed. */
  const outcomeOf = async (payment: PaymentRow, doing: ProviderAction): Promise<ProviderAnswer<Charge>> => {
    const { amount, currency, payment_method, created_at } = payment
    const asked = await ask(payment, provider => provider.chargeOf(paymentRef(payment)))
    const next = followUpOf({ doing, payment_method }, asked, { isGivenUp: Date.now() - created_at.getTime() >= giveUpMs })
    if (next === 'give_up')
      return { state: 'known', outcome: { state: 'failed', transactionId: '', amount, currency, reason: 'provider_not_reached' } }
    return next === 'act' && doing !== 'charge' ? ask(payment, provider => provider[doing](paymentRef(payment))) : asked
  }
  /** Asks before it acts, so that a refund is never made twice. */
  const refundOutcome = async (refund: RefundRow): Promise<ProviderAnswer<RefundOutcome>> => {
    const payment = await db.selectFrom('payments').selectAll().where('id', '=', refund.payment_id).executeTakeFirstOrThrow()
    const ref = refundRef(refund, payment)
    const asked = await ask(payment, provider => provider.refundOf(ref))
    return asked.state === 'never_seen' ? ask(payment, provider => provider.refund(ref)) : asked
  }

  /** Reserves a row for this instance until the next attempt. The older the row, the longer the pause. */
  const reserve = async (table: 'payments' | 'refunds', { id, ask_at, created_at }: Pick<RefundRow, 'id' | 'ask_at' | 'created_at'>) => {
    const pauseMs = Math.min(Math.max(2 * deadlineMs, (Date.now() - created_at.getTime()) / 4), longestPauseMs)
    const next = { ask_at: new Date(Date.now() + pauseMs) }
    const { numUpdatedRows } = await db.updateTable(table).set(next).where('id', '=', id).where('ask_at', '=', ask_at).executeTakeFirst()
    return numUpdatedRows === 1n
  }

  const followUpPayment = async (payment: PaymentRow) => {
    const { doing } = payment
    if (!(await reserve('payments', payment)) || !doing) return
    const answer = await outcomeOf(payment, doing)
    if (answer.state === 'known') await settleAnswer({ sql, log, payment, charge: answer.outcome, finish: async () => undefined })
  }
  const followUpRefund = async (refund: RefundRow) => {
    if (!(await reserve('refunds', refund))) return
    const answer = await refundOutcome(refund)
    if (answer.state === 'known') await sql.transaction((trx, publish) => settleRefund(trx, publish, refund.id, answer.outcome))
  }
  const onError = (error: unknown, { id }: { id: number }) =>
    log.error({ err: error, id }, 'a follow-up at a provider failed; it is tried again')

  return {
    refundOutcome,

    /** Works on what is due, up to a limit. Several instances share the work. */
    async sweep(now = new Date(), limit = 100): Promise<void> {
      const payments = await db.selectFrom('payments').selectAll().where('ask_at', '<=', now).orderBy('ask_at').limit(limit).execute()
      await eachIsolated(payments, followUpPayment, onError, lanes)
      const refunds = await db.selectFrom('refunds').selectAll().where('ask_at', '<=', now).orderBy('ask_at').limit(limit).execute()
      await eachIsolated(refunds, followUpRefund, onError, lanes)
    },
  }
}
export type ProviderFollowUp = ReturnType<typeof providerFollowUp>
