import { notFound } from '#shared/errors'
import type { Publish } from '#shared/event'
import type { Log } from '#shared/log'
import type { Sql } from '#shared/sql'
import type { PaymentDb, Trx } from './database'
import type { ProviderEvent, Providers } from './providers/provider'
import { ChargeMismatch, settleCharge } from './settle'

const retryMs = 2000
const longestRetryMs = 600_000
/** A payment that is still not known by then never will be. */
const keptMs = 7 * 86_400_000

/**
 * What providers tell us. An event is written down once, by the provider's id for it, before anything is made of it: one that speaks of a payment that is
 * not known yet is kept and settled by a sweep.
 */
export const webhooks = ({ sql, providers, log }: { sql: Sql<PaymentDb>; providers: Providers; log: Pick<Log, 'error'> }) => {
  const { db } = sql

  const paymentOf = async (trx: Trx, provider: string, { paymentId, charge }: ProviderEvent): Promise<number | undefined> => {
    const own = trx.selectFrom('payments').select('id').where('provider', '=', provider)
    const found = await (paymentId === undefined
      ? own.where('transaction_id', '=', charge.transactionId)
      : own.where('id', '=', paymentId)
    ).executeTakeFirst()
    return found?.id
  }

  /** Whether it is settled by now. The event's row is locked: the same event, twice at once, is taken in one after the other. */
  const settle = async (trx: Trx, publish: Publish, id: number): Promise<boolean> => {
    const row = await trx.selectFrom('webhook_events').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow()
    if (row.state !== 'waiting') return true
    const event = JSON.parse(row.body) as ProviderEvent
    const paymentId = await paymentOf(trx, row.provider, event)
    if (paymentId === undefined) return false
    await settleCharge(trx, publish, paymentId, event.charge)
    await trx.updateTable('webhook_events').set({ state: 'settled', try_at: null }).where('id', '=', id).execute()
    return true
  }

  /** One that contradicts its payment is set aside for a person to look at; drift counts it. */
  const settleOrSetAside = async (id: number): Promise<boolean> => {
    try {
      return await sql.transaction((trx, publish) => settle(trx, publish, id))
    } catch (error) {
      if (!(error instanceof ChargeMismatch)) throw error
      log.error({ err: error, webhook: id }, 'a webhook speaks of another amount than its payment')
      await db.updateTable('webhook_events').set({ state: 'refused', try_at: null }).where('id', '=', id).execute()
      return true
    }
  }

  return {
    async receive(name: string, body: Uint8Array, headers: Headers): Promise<{ settled: boolean }> {
      const provider = providers.get(name)
      if (!provider) throw notFound('provider')
      const event = await provider.eventOf(body, headers)
      if (!event) return { settled: true }
      await db
        .insertInto('webhook_events')
        .ignore()
        .values({ provider: name, event_id: event.id, body: JSON.stringify(event), try_at: new Date(Date.now() + retryMs) })
        .execute()
      const { id, state } = await db
        .selectFrom('webhook_events')
        .select(['id', 'state'])
        .where('provider', '=', name)
        .where('event_id', '=', event.id)
        .executeTakeFirstOrThrow()
      return { settled: state !== 'waiting' || (await settleOrSetAside(id)) }
    },

    /** Events whose payment was not known, or whose settling was cut off. */
    async sweep(now = new Date(), limit = 100): Promise<void> {
      const waiting = await db.selectFrom('webhook_events').selectAll().where('try_at', '<=', now).orderBy('try_at').limit(limit).execute()
      for (const { id, received_at } of waiting) {
        // One that can't be settled now must not keep the others waiting.
        const settled = await settleOrSetAside(id).catch(error => {
          log.error({ err: error, webhook: id }, 'a webhook could not be settled; it is tried again')
          return false
        })
        if (settled) continue
        const ageMs = now.getTime() - received_at.getTime()
        const pauseMs = Math.min(Math.max(retryMs, ageMs / 4), longestRetryMs)
        await db
          .updateTable('webhook_events')
          .set(ageMs > keptMs ? { state: 'refused', try_at: null } : { try_at: new Date(now.getTime() + pauseMs) })
          .where('id', '=', id)
          .where('state', '=', 'waiting')
          .execute()
      }
    },
  }
}
export type Webhooks = ReturnType<typeof webhooks>
