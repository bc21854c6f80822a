import type { Log } from '#shared/log'
import type { Sql } from '#shared/sql'
import type { PaymentDb, PaymentRow, RefundRow } from './database'
import { answers, type Doing } from './domain'
import type { Charge, PaymentRef, Provider, Providers, RefundOutcome, RefundRef } from './providers/provider'
import { lockPayment, savePayment, settleCharge, settleRefund, toDo } from './settle'

export const refOf = (row: PaymentRow): PaymentRef => ({
  paymentId: row.id,
  orderId: row.order_id,
  amount: row.amount,
  currency: row.currency,
  method: row.payment_method,
  transactionId: row.transaction_id,
  createdAt: row.created_at,
})
export const refundRefOf = (refund: RefundRow, payment: PaymentRow): RefundRef => ({
  refundId: refund.id,
  payment: refOf(payment),
  amount: refund.amount,
  createdAt: refund.created_at,
})

export interface ErrandOptions {
  sql: Sql<PaymentDb>
  providers: Providers
  log: Pick<Log, 'warn' | 'error'>
  /** How long a provider may take to answer. */
  deadlineMs?: number
  /** How long a charge that its provider has never seen may still be on its way there. */
  giveUpMs?: number
}

/** What has to be done or asked at the providers. Whatever was begun is written down first, so that another instance can go on with it. */
export const errands = ({ sql, providers, log, deadlineMs = 5000, giveUpMs = 60_000 }: ErrandOptions) => {
  const { db } = sql

  /** An error, or no answer in time, is undefined: the outcome is unknown. */
  const outcomeOf = async <T>(
    payment: Pick<PaymentRow, 'id' | 'provider'>,
    ask: (provider: Provider) => Promise<T>,
  ): Promise<T | undefined> => {
    const provider = providers.get(payment.provider)
    if (!provider) {
      log.error({ payment: payment.id, provider: payment.provider }, 'a payment is with a provider that is not configured')
      return undefined
    }
    let timer: Timer | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('the provider did not answer in time')), deadlineMs)
    })
    try {
      return await Promise.race([ask(provider), late])
    } catch (error) {
      log.warn({ err: error, payment: payment.id }, 'a provider gave no clear answer; it will be asked')
      return undefined
    } finally {
      clearTimeout(timer)
    }
  }

  const orders: Record<Exclude<Doing, 'charge'>, (provider: Provider, ref: PaymentRef) => Promise<Charge>> = {
    capture: (provider, ref) => provider.capture(ref),
    void: (provider, ref) => provider.void(ref),
  }

  /** Asks first: what was done already is not done again. Only a charge is never repeated here, since the customer has gone. */
  const chargeAfter = async (row: PaymentRow): Promise<Charge | undefined> => {
    const { doing } = row
    if (!doing) return undefined
    const ref = refOf(row)
    const known = await outcomeOf(row, async provider => ({ charge: await provider.chargeOf(ref) }))
    if (doing !== 'charge') {
      if (known?.charge && answers(doing, row.payment_method, known.charge.state)) return known.charge
      return known && outcomeOf(row, provider => orders[doing](provider, ref))
    }
    if (!known || known.charge) return known?.charge
    if (Date.now() - row.created_at.getTime() < giveUpMs) return undefined
    return { state: 'failed', transactionId: '', amount: row.amount, currency: row.currency, reason: 'provider_not_reached' }
  }

  /** Takes an errand from the other instances for a while; the older it is, the more seldom it is tried. */
  const take = async (table: 'payments' | 'refunds', { id, ask_at, created_at }: Pick<RefundRow, 'id' | 'ask_at' | 'created_at'>) => {
    const pauseMs = Math.min(Math.max(2 * deadlineMs, (Date.now() - created_at.getTime()) / 4), 600_000)
    const next = { ask_at: new Date(Date.now() + pauseMs) }
    const { numUpdatedRows } = await db.updateTable(table).set(next).where('id', '=', id).where('ask_at', '=', ask_at).executeTakeFirst()
    return numUpdatedRows === 1n
  }

  const chase = async (row: PaymentRow) => {
    if (!(await take('payments', row))) return
    const charge = await chargeAfter(row)
    if (charge) await sql.transaction((trx, publish) => settleCharge(trx, publish, row.id, charge))
  }
  const chaseRefund = async (refund: RefundRow) => {
    if (!(await take('refunds', refund))) return
    const outcome = await refundAfter(refund)
    if (outcome) await sql.transaction((trx, publish) => settleRefund(trx, publish, refund.id, outcome))
  }
  const refundAfter = async (refund: RefundRow): Promise<RefundOutcome | undefined> => {
    const payment = await db.selectFrom('payments').selectAll().where('id', '=', refund.payment_id).executeTakeFirstOrThrow()
    const ref = refundRefOf(refund, payment)
    const known = await outcomeOf(payment, async provider => ({ refund: await provider.refundOf(ref) }))
    if (!known || known.refund) return known?.refund
    return outcomeOf(payment, provider => provider.refund(ref))
  }

  const each = async <Row extends { id: number }>(rows: readonly Row[], work: (row: Row) => Promise<void>) => {
    const failed = (error: unknown, { id }: Row) => log.error({ err: error, id }, 'an errand at a provider failed; it is tried again')
    const queue = rows.values()
    const lane = async () => {
      for (const row of queue) await work(row).catch(error => failed(error, row))
    }
    await Promise.all(Array.from({ length: 8 }, lane))
  }

  return {
    outcomeOf,
    refundAfter,

    /** Everything that is due, up to a bound; several instances share the work. */
    async sweep(now = new Date(), limit = 100): Promise<void> {
      const due = await db.selectFrom('payments').selectAll().where('ask_at', '<=', now).orderBy('ask_at').limit(limit).execute()
      await each(due, chase)
      const refunds = await db.selectFrom('refunds').selectAll().where('ask_at', '<=', now).orderBy('ask_at').limit(limit).execute()
      await each(refunds, chaseRefund)
    },

    /** Gives up what the customer never finished: it must not keep the order from being paid in another way. */
    async expire(now = new Date(), limit = 100): Promise<void> {
      const late = await db
        .selectFrom('payments')
        .select('id')
        .where('expires_at', '<=', now)
        .where('doing', 'is', null)
        .orderBy('expires_at')
        .limit(limit)
        .execute()
      for (const { id } of late)
        await sql.transaction(async trx => {
          const { payment } = await lockPayment(trx, id)
          if (payment.doing || !payment.expires_at) return
          payment.expires_at = null
          if (payment.status === 'pending' || payment.status === 'requires_action') toDo(payment, 'void')
          await savePayment(trx, payment)
        })
    },
  }
}
export type Errands = ReturnType<typeof errands>
