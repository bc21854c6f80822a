import { toMajor } from '#shared/money'
import type { Sql } from '#shared/sql'
import type { PaymentDb } from '../database'
import { sign, signatureHeader } from './signature'

interface Told {
  id: string
  payment_id: number
  amount: number
  currency: string
  state: string
  reason: string | null
}

const retryMs = 2000

/** The sandbox's webhooks: written down when they are due, signed when they are sent, repeated until they were taken. */
export const sandboxWebhooks = ({ db }: Pick<Sql<PaymentDb>, 'db'>, secret: string) => ({
  async schedule({ id, payment_id, amount, currency, state, reason }: Told, due_at: Date, times = 1): Promise<void> {
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

  /** Two instances may both send one: that is what a provider does, too. */
  async deliver(send: (body: Uint8Array, headers: Headers) => Promise<unknown>, limit = 50): Promise<void> {
    const due = await db
      .selectFrom('sandbox_webhooks')
      .selectAll()
      .where('due_at', '<=', new Date())
      .orderBy('due_at')
      .limit(limit)
      .execute()
    for (const { id, body } of due) {
      const headers = new Headers({ [signatureHeader]: sign(secret, body, new Date()) })
      const taken = await send(Buffer.from(body), headers).then(
        () => true,
        () => false,
      )
      if (taken) await db.deleteFrom('sandbox_webhooks').where('id', '=', id).execute()
      else
        await db
          .updateTable('sandbox_webhooks')
          .set({ due_at: new Date(Date.now() + retryMs) })
          .where('id', '=', id)
          .execute()
    }
  },
})
