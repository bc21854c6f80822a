import type { Log } from '#shared/log'
import { eachIsolated } from '#shared/sweep'
import type { PaymentSql } from './database'
import { endOfUnfinished } from './domain-charges'
import { beginAction, lockPayment, type PaymentKey, savePayment } from './payment-rows'

/** Voids payments that their customers did not finish in time, so that the orders can be paid in another way. */
export const expire =
  ({ sql, log }: { sql: PaymentSql; log: Pick<Log, 'error'> }) =>
  async (now = new Date(), limit = 100): Promise<void> => {
    const overdue = await sql.db
      .selectFrom('payments')
      .select(['id', 'order_id'])
      .where('expires_at', '<=', now)
      .where('doing', 'is', null)
      .orderBy('expires_at')
      .limit(limit)
      .execute()
    const expireOne = (key: PaymentKey) =>
      sql.transaction(async trx => {
        const { payment } = await lockPayment(trx, key)
        const end = endOfUnfinished(payment)
        if (end === 'later' || !payment.expires_at) return
        payment.expires_at = null
        if (end === 'void') beginAction(payment, 'void')
        await savePayment(trx, payment)
      })
    await eachIsolated(overdue, expireOne, (error, { id }) =>
      log.error({ err: error, payment: id }, 'an unfinished payment could not be ended; it is tried again'),
    )
  }
