import { sql as raw } from 'kysely'
import { notFound } from '#shared/errors'
import type { Log } from '#shared/log'
import { defer, newValues } from '#shared/sql'
import { eachIsolated } from '#shared/sweep'
import { day, minute, second } from '#shared/time'
import type { ProviderEvent, WebhookVerifier } from './channels/channel'
import { contentColumn, type DeliveryRow, historyWith, type NotificationSql, type ProviderEventRow, type Trx } from './database'
import { afterReport } from './domain-delivery'
import type { Suppressions } from './suppressions'

interface Ports {
  sql: NotificationSql
  verifiers: ReadonlyMap<string, WebhookVerifier>
  suppressions: Suppressions
  log: Pick<Log, 'error'>
  /** How long a report waits for others, to be settled together. */
  groupIntervalMs?: number | undefined
}

const retryMs = 2 * second
const longestRetryMs = 10 * minute
/** A report of a message that is still unknown after this long is about none of ours. */
const keptMs = 7 * day

type NewEvent = Pick<ProviderEventRow, 'provider' | 'event_id' | 'provider_id' | 'kind' | 'at' | 'try_at'>
interface Report {
  event: NewEvent
  /** Whether it is done with. If not, its message is unknown so far. */
  settled: boolean
}

const idOf = ({ provider, event_id }: Pick<NewEvent, 'provider' | 'event_id'>) => `${provider} ${event_id}`
const messageOf = ({ provider, provider_id }: Pick<DeliveryRow, 'provider' | 'provider_id'>) => `${provider} ${provider_id}`
const distinct = <Row, Value>(rows: readonly Row[], read: (row: Row) => Value): Value[] => [...new Set(rows.map(read))]

/** A delivery after a report. While it is queued again, a report is about the time before. */
const reported = (row: DeliveryRow, { kind, at }: ProviderEventRow): DeliveryRow => {
  const state = kind === 'soft_bounced' || row.state === 'queued' ? row.state : afterReport(row.state, kind)
  return { ...row, state, history: historyWith(row, { at: at.toISOString(), state, detail: kind }) }
}

/** Reports of providers, each stored once under the provider's id for it. One that is here before its delivery is kept until that is known. */
export const providerReports = ({ sql, verifiers, suppressions, log, groupIntervalMs = 0 }: Ports) => {
  const { db } = sql

  /** The stored reports, locked, in the order in which they came. */
  const lockEvents = (trx: Trx, events: readonly NewEvent[]) =>
    trx
      .selectFrom('provider_events')
      .selectAll()
      .where(
        'provider',
        'in',
        distinct(events, row => row.provider),
      )
      .where(
        'event_id',
        'in',
        distinct(events, row => row.event_id),
      )
      .where('try_at', 'is not', null)
      .orderBy('id')
      .forUpdate()
      .execute()

  /** The deliveries that reports are about, locked. Of several with one id, the newest. */
  const lockDeliveries = async (trx: Trx, events: readonly NewEvent[]) => {
    const providers = distinct(events, row => row.provider)
    const providerIds = distinct(events, row => row.provider_id)
    // A server that takes the table for small would read all of it by its primary key, which is sorted already.
    const { rows } = await raw<DeliveryRow>`select * from deliveries force index (deliveries_provider)
      where provider in (${raw.join(providers)}) and provider_id in (${raw.join(providerIds)}) order by id for update`.execute(trx)
    return new Map(rows.map(row => [messageOf(row), row]))
  }

  /** From a bounce or a complaint on, the address gets critical mails only. */
  const suppress = async (trx: Trx, { kind }: ProviderEventRow, { user_id, channel, content }: DeliveryRow) => {
    if ((kind !== 'bounced' && kind !== 'complained') || channel !== 'email' || content === null) return
    await suppressions.add(user_id, contentColumn.read(content).to, kind, trx)
  }

  /** Notes in their deliveries what these reports say. */
  const note = async (trx: Trx, events: readonly ProviderEventRow[], deliveries: Map<string, DeliveryRow>) => {
    for (const event of events) {
      const row = deliveries.get(messageOf(event))
      if (!row) continue
      deliveries.set(messageOf(event), reported(row, event))
      await suppress(trx, event, row)
    }
    // All of these rows exist, so what is not set need not be sent.
    const rows = [...deliveries.values()].map(row => ({ ...row, content: null }))
    await defer(trx.insertInto('deliveries').values(rows).onDuplicateKeyUpdate(newValues('state', 'history')))
    const ids = distinct(events, row => row.id)
    await defer(trx.updateTable('provider_events').set({ try_at: null }).where('id', 'in', ids))
  }

  /** Stores the reports that are new, and settles those whose message is known: five statements, however many they are. */
  const settleAll = (reports: readonly Report[]): Promise<void> =>
    sql.transaction(async trx => {
      const events = reports.map(({ event }) => event)
      const insert = trx.insertInto('provider_events').values(events)
      await defer(insert.onDuplicateKeyUpdate(row => ({ provider: row.ref('provider') })))
      const waiting = await lockEvents(trx, events)
      const deliveries = waiting.length > 0 ? await lockDeliveries(trx, waiting) : new Map<string, DeliveryRow>()
      const known = waiting.filter(event => deliveries.has(messageOf(event)))
      if (known.length > 0) await note(trx, known, deliveries)
      const unknown = new Set(waiting.filter(event => !deliveries.has(messageOf(event))).map(idOf))
      for (const report of reports) report.settled = !unknown.has(idOf(report.event))
    })

  const settle = sql.many<Report>(settleAll, { groupIntervalMs, lanes: 1 })

  /** True when every one of them is settled. */
  const accept = async (provider: string, events: readonly ProviderEvent[], now = new Date()): Promise<boolean> => {
    const try_at = new Date(now.getTime() + retryMs)
    const reports = events.map(({ event_id, provider_id, kind, time }): Report => {
      return { event: { provider, event_id, provider_id, kind, at: new Date(time), try_at }, settled: false }
    })
    await Promise.all(reports.map(settle))
    return reports.every(({ settled }) => settled)
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
        async ({ id, received_at, ...event }) => {
          const report = { event, settled: false }
          await settle(report)
          if (report.settled) return
          const ageMs = now.getTime() - received_at.getTime()
          const pauseMs = Math.min(Math.max(retryMs, ageMs / 4), longestRetryMs)
          const try_at = ageMs > keptMs ? null : new Date(now.getTime() + pauseMs)
          await db.updateTable('provider_events').set({ try_at }).where('id', '=', id).execute()
        },
        (error, { id }) => log.error({ err: error, report: id }, 'the report of a provider could not be settled; it is tried again'),
        limit,
      )
    },
  }
}
export type ProviderReports = ReturnType<typeof providerReports>
