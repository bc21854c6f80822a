import type { Message } from '#shared/event'
import { forgetAnswers } from '#shared/idempotency'
import { day } from '#shared/time'
import { contentColumn, factsColumn, historyColumn, type NotificationSql } from './database'
import { erasedReason } from './deliveries'
import type { RecipientPreferences } from './preferences'
import { lockRecipient } from './recipients'

interface Ports {
  sql: NotificationSql
  preferences: Pick<RecipientPreferences, 'find'>
}

const mostExported = 10_000
/** What was sent can be read for this long; then only that it was sent. */
const contentMs = 30 * day
/** Messages and deliveries are kept for this long. */
const rowMs = 365 * day
const batch = 500

export const notificationPersonalData = ({ sql, preferences }: Ports) => ({
  async exportOf(userId: number) {
    const { db } = sql
    const [chosen, messages, deliveries, devices] = await Promise.all([
      preferences.find(userId),
      db.selectFrom('messages').selectAll().where('user_id', '=', userId).orderBy('id', 'desc').limit(mostExported).execute(),
      db.selectFrom('deliveries').selectAll().where('user_id', '=', userId).orderBy('id', 'desc').limit(mostExported).execute(),
      db.selectFrom('devices').selectAll().where('user_id', '=', userId).orderBy('id').limit(mostExported).execute(),
    ])
    return {
      preferences: chosen,
      messages: messages.map(({ id, kind, facts, created_at, seen_at, read_at }) => ({
        ...{ id, kind, facts: factsColumn.read(facts), created_at: created_at.toISOString() },
        seen_at: seen_at?.toISOString() ?? null,
        read_at: read_at?.toISOString() ?? null,
      })),
      deliveries: deliveries.map(({ id, kind, channel, state, content, created_at }) => ({
        ...{ id, kind, channel, state, created_at: created_at.toISOString() },
        content: content === null ? null : contentColumn.read(content),
      })),
      devices: devices.map(({ id, platform, token, created_at }) => ({ id, platform, token, created_at: created_at.toISOString() })),
    }
  },

  /** Leaves that something was sent, and to no one. The mark keeps late events from telling an erased user anything. */
  async forget(message: Message, userId: number): Promise<void> {
    await sql.once(message, async trx => {
      await lockRecipient(trx, userId)
      const blank = { language: null, account_language: null, choices: '{}', quiet_hours: null, digest_id: null, digest_due_at: null }
      await trx
        .updateTable('recipients')
        .set({ ...blank, device_count: 0, erased_at: new Date() })
        .where('user_id', '=', userId)
        .execute()
      for (const table of ['messages', 'plans', 'devices', 'digest_entries', 'suppressions'] as const)
        await trx.deleteFrom(table).where('user_id', '=', userId).execute()
      const history = historyColumn.write([])
      await trx
        .updateTable('deliveries')
        .set({ content: null, facts: '{}', history, due_at: null, reason: erasedReason })
        .set(row => ({
          state: row.case().when('state', '=', 'queued').then<'suppressed'>('suppressed').else(row.ref('state')).end(),
        }))
        .where('user_id', '=', userId)
        .execute()
      await forgetAnswers(sql, trx, userId)
    })
  },

  /** Ends the retention of contents and rows, in bounded steps. */
  async deleteExpired(now = new Date()): Promise<void> {
    const { db } = sql
    const before = (ms: number) => new Date(now.getTime() - ms)
    await db
      .updateTable('deliveries')
      .set({ content: null, facts: '{}' })
      .where('created_at', '<', before(contentMs))
      .where('content', 'is not', null)
      .where('state', '!=', 'queued')
      .limit(batch)
      .execute()
    const old = db.selectFrom('deliveries').select('id').where('created_at', '<', before(contentMs)).where('kind', '=', 'digest')
    const digests = (await old.orderBy('created_at', 'desc').limit(batch).execute()).map(({ id }) => id)
    if (digests.length > 0) await db.deleteFrom('digest_entries').where('delivery_id', 'in', digests).execute()
    for (const table of ['messages', 'deliveries'] as const)
      await db.deleteFrom(table).where('created_at', '<', before(rowMs)).orderBy('created_at').limit(batch).execute()
    await db.deleteFrom('provider_events').where('received_at', '<', before(contentMs)).orderBy('received_at').limit(batch).execute()
  },
})
export type NotificationPersonalData = ReturnType<typeof notificationPersonalData>
