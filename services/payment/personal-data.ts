import type { Message } from '#shared/event'
import { forgetAnswers } from '#shared/idempotency'
import type { PaymentSql } from './database'
import { paymentView } from './model'
import type { paymentRepository } from './repository'

/** Stands for everybody whose account was erased. */
const nobody = 0

/** What payment holds about a person: which payments are theirs. */
export const paymentPersonalData = (sql: PaymentSql, payments: Pick<ReturnType<typeof paymentRepository>, 'exportOf'>) => ({
  exportOf: async (userId: number) => ({ payments: (await payments.exportOf(userId)).map(paymentView) }),

  /** Payments, refunds and ledger must be kept; whose they were is not needed for them. */
  forget: (message: Message, userId: number) =>
    sql.once(message, async trx => {
      await trx.updateTable('payments').set({ user_id: nobody }).where('user_id', '=', userId).execute()
      await forgetAnswers(sql, trx, userId)
    }),
})
export type PaymentPersonalData = ReturnType<typeof paymentPersonalData>
