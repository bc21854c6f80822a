import { isConflict } from '#shared/errors'
import type { Log } from '#shared/log'
import { toMajor } from '#shared/money'
import { eachIsolated } from '#shared/sweep'
import { second } from '#shared/time'
import type { PaymentClients } from './clients'
import type { PaymentRow, PaymentSql } from './database'
import { endOfUnfinished, holdMs } from './domain-charges'
import { beginAction, lockPayment, type PaymentKey, savePayment } from './payment-rows'
import type { PaymentTerms } from './terms'

interface Ports {
  sql: PaymentSql
  clients: Pick<PaymentClients, 'holdOrder'>
  log: Pick<Log, 'warn'>
  terms: Pick<PaymentTerms, 'actionMs' | 'transferDueMs'>
}

const retryMs = 10 * second

/** A claim ends after a minute. The order of a payment that takes longer is held, so that it costs the same when the money comes. */
export const holds = ({ sql, clients, log, terms }: Ports) => {
  const setHoldAt = ({ id, hold_at }: PaymentRow, next: Date | null) =>
    sql.db.updateTable('payments').set({ hold_at: next }).where('id', '=', id).where('hold_at', '=', hold_at).execute()

  /** The order was cancelled or changed before it could be held: its payment must take no money any more. */
  const voidPayment = (key: PaymentKey) =>
    sql.transaction(async trx => {
      const { payment } = await lockPayment(trx, key)
      const end = endOfUnfinished(payment)
      if (end === 'later') return
      payment.hold_at = null
      if (end === 'void') beginAction(payment, 'void')
      await savePayment(trx, payment)
    })

  /** Fails when the order service does not answer: the sweep tries again. */
  const hold = async (payment: PaymentRow): Promise<void> => {
    const { id, order_id, amount, currency } = payment
    if (payment.hold_at === null) return
    const hold_ms = holdMs(payment, terms, Date.now())
    if (hold_ms === undefined) {
      await setHoldAt(payment, null)
      return
    }
    try {
      await clients.holdOrder(order_id, { payment_id: id, amount: toMajor(amount, currency), currency, hold_ms })
      await setHoldAt(payment, null)
    } catch (error) {
      if (isConflict(error)) await voidPayment(payment)
      else throw error
    }
  }

  return {
    /** Holds the order of a payment that was just stored. */
    begin: (payment: PaymentRow) =>
      hold(payment).catch(error => log.warn({ err: error, payment: payment.id }, 'the order of a payment was not held; it is tried again')),

    /** Holds the orders of payments whose own request could not. */
    async sweep(now = new Date(), limit = 100): Promise<void> {
      const due = await sql.db.selectFrom('payments').selectAll().where('hold_at', '<=', now).orderBy('hold_at').limit(limit).execute()
      const holdOrPostpone = async (payment: PaymentRow) => {
        const hold_at = new Date(now.getTime() + retryMs)
        await setHoldAt(payment, hold_at)
        await hold({ ...payment, hold_at })
      }
      await eachIsolated(due, holdOrPostpone, (error, { id }) =>
        log.warn({ err: error, payment: id }, 'the order of a payment was not held; it is tried again'),
      )
    },
  }
}
export type Holds = ReturnType<typeof holds>
