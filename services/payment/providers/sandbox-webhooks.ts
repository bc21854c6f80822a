import { toMajor } from '#shared/money'
import type { Sql } from '#shared/sql'
import { eachIsolated } from '#shared/sweep'
import { second } from '#shared/time'
import { signatureHeader, signWebhook } from '#shared/webhook-signature'
import type { PaymentDb } from '../database'

interface ReportedCharge {
  id: string
  payment_id: number
  amount: number
  currency: string
  state: string
  reason: string | null
}
type Send = (body: Uint8Array, headers: Headers) => Promise<unknown>

const retryMs = 2 * second

/** The sandbox's webhooks: stored with the time when they are due, signed when they are sent, and repeated until they are accepted. */
export const sandboxWebhooks = ({ db }: Pick<Sql<PaymentDb>, 'db'>, secret: string) => ({
  async schedule({ id, payment_id, amount, currency, state, reason }: ReportedCharge, due_at: Date, times = 1): Promise<void> {
    const body = JSON.stringify({
      id: `evt_${crypto.randomUUID()}`,
      type: `payment.${state}`,
      payment_id,
      transaction_id: id,
      amount: toMajor(amount, currency),
      currency,
      ...(reason && { reason }),
    })
    await db
      .insertInto('sandbox_webhooks')
      .values(Array.from({ length: times }, () => ({ body, due_at })))
      .execute()
  },

  /** Two instances may both send a webhook; a real provider repeats webhooks too. */
  async deliver(send: Send, onError: (error: unknown) => void, limit = 50): Promise<void> {
    const now = new Date()
    const due = await db.selectFrom('sandbox_webhooks').selectAll().where('due_at', '<=', now).orderBy('due_at').limit(limit).execute()
    const deliverOne = async ({ id, body }: (typeof due)[number]) => {
      try {
        await send(Buffer.from(body), new Headers({ [signatureHeader]: signWebhook(secret, body, new Date()) }))
      } catch (error) {
        const due_at = new Date(Date.now() + retryMs)
        await db.updateTable('sandbox_webhooks').set({ due_at }).where('id', '=', id).execute()
        throw error
      }
      await db.deleteFrom('sandbox_webhooks').where('id', '=', id).execute()
    }
    await eachIsolated(due, deliverOne, onError)
  },
})
