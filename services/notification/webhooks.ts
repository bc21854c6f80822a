import { notFound } from '#shared/errors'
import type { Log } from '#shared/log'
import { eachIsolated } from '#shared/sweep'
import { day, minute, second } from '#shared/time'
import type { ProviderEvent, WebhookVerifier } from './channels/channel'
import { contentColumn, historyColumn, type NotificationSql, type Trx } from './database'
import { afterReport } from './domain-delivery'
import type { Suppressions } from './suppressions'

interface Ports {
  sql: NotificationSql
  verifiers: ReadonlyMap<string, WebhookVerifier>
  suppressions: Suppressions
  log: Pick<Log, 'error'>
}

const retryMs = 2 * second
const longestRetryMs = 10 * minute
/** A report of a message that is still unknown after this long is about none of ours. */
const keptMs = 7 * day
const mostHistory = 50

interface Outcome {
  settled: boolean
  /** The address that gets critical mails only from here on. */
  refused?: { userId: number; to: string; reason: 'bounced' | 'complained' }
}

/** Reports of providers, each stored once under the provider's id for it. One that is here before its delivery is kept until that is known. */
export const providerReports = ({ sql, verifiers, suppressions, log }: Ports) => {
  const { db } = sql

  const settle = async (trx: Trx, id: number): Promise<Outcome> => {
    const event = await trx.selectFrom('provider_events').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow()
    if (event.try_at === null) return { settled: true }
    const row = await trx
      .selectFrom('deliveries')
      .selectAll()
      .where('provider', '=', event.provider)
      .where('provider_id', '=', event.provider_id)
      .orderBy('id', 'desc')
      .limit(1)
      .forUpdate()
      .executeTakeFirst()
    if (!row) return { settled: false }
    // While it is queued again, a report is about the time before.
    const state = event.kind === 'soft_bounced' || row.state === 'queued' ? row.state : afterReport(row.state, event.kind)
    const step = { at: event.at.toISOString(), state, detail: event.kind }
    const history = historyColumn.write([...historyColumn.read(row.history), step].slice(-mostHistory))
    await trx.updateTable('deliveries').set({ state, history }).where('id', '=', row.id).execute()
    await trx.updateTable('provider_events').set({ try_at: null }).where('id', '=', id).execute()
    const reason = event.kind
    if ((reason !== 'bounced' && reason !== 'complained') || row.channel !== 'email' || row.content === null) return { settled: true }
    return { settled: true, refused: { userId: row.user_id, to: contentColumn.read(row.content).to, reason } }
  }

  const settleOne = (id: number): Promise<boolean> =>
    sql.transaction(async trx => {
      const { settled, refused } = await settle(trx, id)
      if (refused) await suppressions.add(refused.userId, refused.to, refused.reason, trx)
      return settled
    })

  /** True when every one of them is settled. */
  const accept = async (provider: string, events: readonly ProviderEvent[], now = new Date()): Promise<boolean> => {
    let allSettled = true
    for (const { event_id, provider_id, kind, time } of events) {
      const values = { provider, event_id, provider_id, kind, at: new Date(time), try_at: new Date(now.getTime() + retryMs) }
      await db.insertInto('provider_events').ignore().values(values).execute()
      const { id, try_at } = await db
        .selectFrom('provider_events')
        .select(['id', 'try_at'])
        .where('provider', '=', provider)
        .where('event_id', '=', event_id)
        .executeTakeFirstOrThrow()
      if (try_at !== null && !(await settleOne(id))) allSettled = false
    }
    return allSettled
  }

  return {
    accept,

    /** Throws 400 for a request that the provider did not sign, or signed long ago. True when every report in it is settled. */
    async receive(provider: string, body: Uint8Array, headers: Headers, now = new Date()): Promise<boolean> {
      const verifier = verifiers.get(provider)
      if (!verifier) throw notFound('provider')
      return accept(provider, verifier.verify(body, headers, now), now)
    },

    /** Settles what came before its delivery was known, and lets go of what stays unknown. */
    async sweep(now = new Date(), limit = 100): Promise<void> {
      const waiting = await db.selectFrom('provider_events').selectAll().where('try_at', '<=', now).orderBy('try_at').limit(limit).execute()
      await eachIsolated(
        waiting,
        async ({ id, received_at }) => {
          if (await settleOne(id)) return
          const ageMs = now.getTime() - received_at.getTime()
          const pauseMs = Math.min(Math.max(retryMs, ageMs / 4), longestRetryMs)
          const try_at = ageMs > keptMs ? null : new Date(now.getTime() + pauseMs)
          await db.updateTable('provider_events').set({ try_at }).where('id', '=', id).execute()
        },
        (error, { id }) => log.error({ err: error, report: id }, 'the report of a provider could not be settled; it is tried again'),
      )
    },
  }
}
export type ProviderReports = ReturnType<typeof providerReports>
