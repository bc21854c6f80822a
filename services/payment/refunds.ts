import { conflict, notFound } from '#shared/errors'
import type { Save, Saved } from '#shared/idempotency'
import { toMinor } from '#shared/money'
import type { Sql } from '#shared/sql'
import type { PaymentDb, RefundRow } from './database'
import { refundable } from './domain'
import { type Errands, refundRefOf } from './errands'
import { type RefundView, refundView } from './model'
import { beginRefund, lockPayment, savePayment, settleRefund } from './settle'

interface Wanted {
  amount?: number
  reason?: string
}
const dayMs = 86_400_000

/** Refunds by hand. The money is set aside under the payment's lock, so that all refunds together never pass what was captured. */
export const refundDesk = ({ sql, errands, askAfterMs = 20_000 }: { sql: Sql<PaymentDb>; errands: Errands; askAfterMs?: number }) => {
  const { db } = sql

  const begun = (requestKey: string | undefined) =>
    requestKey === undefined
      ? undefined
      : db
          .selectFrom('refunds')
          .selectAll()
          .where('request_key', '=', requestKey)
          .where('created_at', '>', new Date(Date.now() - dayMs))
          .executeTakeFirst()

  const begin = (paymentId: number, { amount, reason }: Wanted, requestKey: string | undefined): Promise<RefundRow> =>
    sql.transaction(async trx => {
      const known = await trx.selectFrom('payments').select('id').where('id', '=', paymentId).executeTakeFirst()
      if (!known) throw notFound('payment')
      const { payment } = await lockPayment(trx, paymentId)
      if (payment.captured === 0) throw conflict('not_refundable', 'Nothing was captured by this payment; void it instead.')
      const wanted = amount === undefined ? refundable(payment) : toMinor(amount, payment.currency)
      if (wanted > refundable(payment) || wanted === 0)
        throw conflict('refund_exceeds_captured', 'All refunds together cannot pass what was captured; look at what is refunded already.')
      const id = await beginRefund(trx, payment, { amount: wanted, reason, requestKey, askAt: new Date(Date.now() + askAfterMs) })
      await savePayment(trx, payment)
      return trx.selectFrom('refunds').selectAll().where('id', '=', id!).executeTakeFirstOrThrow()
    })

  return {
    /** `pending` when the provider's answer was lost: it is asked for, and the same refund is never made twice. */
    async refund(paymentId: number, wanted: Wanted, requestKey: string | undefined, save: Save<PaymentDb>): Promise<Saved<RefundView>> {
      const found = await begun(requestKey)
      const row = found ?? (await begin(paymentId, wanted, requestKey))
      const payment = await db.selectFrom('payments').selectAll().where('id', '=', paymentId).executeTakeFirstOrThrow()
      const outcome =
        row.state !== 'pending'
          ? undefined
          : found
            ? await errands.refundAfter(row)
            : await errands.outcomeOf(payment, provider => provider.refund(refundRefOf(row, payment)))
      return sql.transaction(async (trx, publish) => {
        const settled = outcome ? await settleRefund(trx, publish, row.id, outcome) : row
        const headers = { location: `/api/payments/${paymentId}/refunds/${row.id}` }
        return save(trx, { status: 201, headers, body: refundView(settled, payment.currency) })
      })
    },
  }
}
export type RefundDesk = ReturnType<typeof refundDesk>
