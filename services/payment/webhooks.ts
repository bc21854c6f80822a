import { notFound } from '#shared/errors'
import type { Publish } from '#shared/event'
import type { Log } from '#shared/log'
import type { Page, PageQuery } from '#shared/page'
import { pageBy } from '#shared/sql'
import { eachIsolated } from '#shared/sweep'
import { day, minute, second } from '#shared/time'
import { type PaymentSql, providerEventColumn, type Trx, type WebhookEventRow } from './database'
import type { PaymentKey } from './payment-rows'
import type { ProviderEvent, Providers } from './providers/provider'
import { ChargeMismatch, settleCharge } from './settle'

const retryMs = 2 * second
const longestRetryMs = 10 * minute
/** An event whose payment is still unknown after this long is refused. */
const keptMs = 7 * day

/**
 * Events of providers. Each is stored once, under the provider's id for it, before it takes effect. The sweep settles events that arrived
 * before their payment was known.
 */
export const webhooks = ({ sql, providers, log }: { sql: PaymentSql; providers: Providers; log: Pick<Log, 'error'> }) => {
  const { db } = sql

  const paymentOf = async (trx: Trx, provider: string, { paymentId, charge }: ProviderEvent): Promise<PaymentKey | undefined> => {
    const own = trx.selectFrom('payments').select(['id', 'order_id']).where('provider', '=', provider)
    const reported = paymentId === undefined ? own.where('transaction_id', '=', charge.transactionId) : own.where('id', '=', paymentId)
    return reported.executeTakeFirst()
  }

  /** Answers whether the event is settled by now. Its row is locked, so that the same event, received twice at once, takes effect once. */
  const settle = async (trx: Trx, publish: Publish, id: number): Promise<boolean> => {
    const row = await trx.selectFrom('webhook_events').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow()
    if (row.state !== 'waiting') return true
    const event = providerEventColumn.read(row.body)
    const payment = await paymentOf(trx, row.provider, event)
    if (!payment) return false
    await settleCharge(trx, publish, payment, event.charge)
    await trx.updateTable('webhook_events').set({ state: 'settled', try_at: null }).where('id', '=', id).execute()
    return true
  }

  /** An event that contradicts its payment is refused; drift lists it until a person has acknowledged it. */
  const settleOrRefuse = async (id: number): Promise<'settled' | 'waiting' | 'refused'> => {
    try {
      return (await sql.transaction((trx, publish) => settle(trx, publish, id))) ? 'settled' : 'waiting'
    } catch (error) {
      if (!(error instanceof ChargeMismatch)) throw error
      log.error({ err: error, webhook: id }, 'a webhook reports another amount than its payment')
      await db.updateTable('webhook_events').set({ state: 'refused', try_at: null }).where('id', '=', id).execute()
      return 'refused'
    }
  }

  const postpone = async (id: number, now: Date, ageMs: number) => {
    const pauseMs = Math.min(Math.max(retryMs, ageMs / 4), longestRetryMs)
    await db
      .updateTable('webhook_events')
      .set(ageMs > keptMs ? { state: 'refused', try_at: null } : { try_at: new Date(now.getTime() + pauseMs) })
      .where('id', '=', id)
      .where('state', '=', 'waiting')
      .execute()
  }

  return {
    async receive(name: string, body: Uint8Array, headers: Headers): Promise<'settled' | 'waiting' | 'refused'> {
      const provider = providers.get(name)
      if (!provider) throw notFound('provider')
      const event = await provider.eventOf(body, headers)
      if (!event) return 'settled'
      await db
        .insertInto('webhook_events')
        .ignore()
        .values({ provider: name, event_id: event.id, body: providerEventColumn.write(event), try_at: new Date(Date.now() + retryMs) })
        .execute()
      const { id, state } = await db
        .selectFrom('webhook_events')
        .select(['id', 'state'])
        .where('provider', '=', name)
        .where('event_id', '=', event.id)
        .executeTakeFirstOrThrow()
      if (state === 'waiting') return settleOrRefuse(id)
      return state === 'settled' ? 'settled' : 'refused'
    },

    /** The events that were refused and that nobody has acknowledged, oldest first. */
    refused: (query: PageQuery): Promise<Page<WebhookEventRow>> =>
      pageBy(db, db.selectFrom('webhook_events').selectAll().where('state', '=', 'refused'), 'id', query),

    /** A person has looked at a refused event, and drift needs to list it no longer. */
    async acknowledge(id: number): Promise<void> {
      await sql.transaction(async trx => {
        const one = trx.selectFrom('webhook_events').select('id').where('id', '=', id).where('state', 'in', ['refused', 'seen'])
        if (!(await one.forUpdate().executeTakeFirst())) throw notFound('webhook_event')
        await trx.updateTable('webhook_events').set({ state: 'seen' }).where('id', '=', id).execute()
      })
    },

    /** Settles events whose payment was not known yet, or whose settling was interrupted. */
    async sweep(now = new Date(), limit = 100): Promise<void> {
      const waiting = await db.selectFrom('webhook_events').selectAll().where('try_at', '<=', now).orderBy('try_at').limit(limit).execute()
      const settleOrPostpone = async ({ id, received_at }: (typeof waiting)[number]) => {
        let state = 'waiting'
        try {
          state = await settleOrRefuse(id)
        } finally {
          if (state === 'waiting') await postpone(id, now, now.getTime() - received_at.getTime())
        }
      }
      await eachIsolated(waiting, settleOrPostpone, (error, { id }) =>
        log.error({ err: error, webhook: id }, 'a webhook could not be settled; it is tried again'),
      )
    },
  }
}
export type Webhooks = ReturnType<typeof webhooks>
