import type { Message } from '#shared/event'
import { forgetAnswers } from '#shared/idempotency'
import { allRows } from '#shared/personal-data'
import { inBatches } from '#shared/sweep'
import { day } from '#shared/time'
import { contentColumn, factsColumn, historyColumn, type NotificationSql } from './database'
import { erasedReason } from './deliveries'
import type { RecipientPreferences } from './preferences'
import { lockRecipient } from './recipients'

interface Ports {
  sql: NotificationSql
  preferences: Pick<RecipientPreferences, 'find'>
}

/** A provider repeats a report for days at most. */
const reportMs = 30 * day
/** Messages and deliveries are kept for this long. */
const rowMs = 365 * day
const batch = 500

interface Pages<Row> {
  limit(rows: number): { execute(): Promise<Row[]> }
}
const whole = <Row extends { id: number }>(after: (id: number) => Pages<Row>): Promise<Row[]> =>
  allRows(
    (id, limit) => after(id).limit(limit).execute(),
    ({ id }) => id,
  )

export const notificationPersonalData = ({ sql, preferences }: Ports) => ({
  async exportOf(userId: number) {
    const { db } = sql
    const [chosen, messages, deliveries, devices, plans, collected, suppressed] = await Promise.all([
      preferences.find(userId),
      whole(id => db.selectFrom('messages').selectAll().where('user_id', '=', userId).where('id', '>', id).orderBy('id')),
      whole(id => db.selectFrom('deliveries').selectAll().where('user_id', '=', userId).where('id', '>', id).orderBy('id')),
      whole(id => db.selectFrom('devices').selectAll().where('user_id', '=', userId).where('id', '>', id).orderBy('id')),
      whole(id => db.selectFrom('plans').selectAll().where('user_id', '=', userId).where('id', '>', id).orderBy('id')),
      whole(id => db.selectFrom('digest_entries').selectAll().where('user_id', '=', userId).where('id', '>', id).orderBy('id')),
      db.selectFrom('suppressions').selectAll().where('user_id', '=', userId).execute(),
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
      planned: plans.map(({ kind, facts, due_at }) => ({ kind, facts: factsColumn.read(facts), due_at: due_at.toISOString() })),
      collected: collected.map(({ delivery_id, kind, facts }) => ({ delivery_id, kind, facts: factsColumn.read(facts) })),
      refused_addresses: suppressed.map(({ reason, created_at }) => ({ reason, since: created_at.toISOString() })),
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
      for (const table of ['messages', 'plans', 'devices', 'digest_entries'] as const)
        await trx.deleteFrom(table).where('user_id', '=', userId).execute()
      const history = historyColumn.write([])
      await trx
        .updateTable('deliveries')
        .set({ content: null, content_until: null, facts: '{}', history, due_at: null, reason: erasedReason })
        .set(row => ({
          state: row.case().when('state', '=', 'queued').then<'suppressed'>('suppressed').else(row.ref('state')).end(),
        }))
        .where('user_id', '=', userId)
        .execute()
      // Last: a report of a delivery adds an address while it holds that delivery's row.
      await trx.deleteFrom('suppressions').where('user_id', '=', userId).execute()
      await forgetAnswers(sql, trx, userId)
    })
  },

  /** Ends the retention of contents and of rows, in bounded steps. */
  async deleteExpired(now = new Date()): Promise<void> {
    const { db } = sql
    const aYearAgo = new Date(now.getTime() - rowMs)
    const idsOf = async (rows: Promise<{ id: number }[]>) => (await rows).map(({ id }) => id)
    await inBatches(batch, async () => {
      const ended = db.selectFrom('deliveries').select('id').where('content_until', '<', now).orderBy('content_until').limit(batch)
      const ids = await idsOf(ended.execute())
      if (ids.length > 0) {
        await db.deleteFrom('digest_entries').where('delivery_id', 'in', ids).execute()
        await db.updateTable('deliveries').set({ content: null, content_until: null }).where('id', 'in', ids).execute()
      }
      return ids.length
    })
    await inBatches(batch, async () => {
      const old = db.selectFrom('deliveries').select('id').where('created_at', '<', aYearAgo).orderBy('created_at').limit(batch)
      const ids = await idsOf(old.execute())
      if (ids.length > 0) {
        await db.deleteFrom('digest_entries').where('delivery_id', 'in', ids).execute()
        await db.deleteFrom('deliveries').where('id', 'in', ids).execute()
      }
      return ids.length
    })
    const oldMessages = db.deleteFrom('messages').where('created_at', '<', aYearAgo).orderBy('created_at').limit(batch)
    await inBatches(batch, async () => (await oldMessages.executeTakeFirst()).numDeletedRows)
    const lastMonth = new Date(now.getTime() - reportMs)
    const oldReports = db.deleteFrom('provider_events').where('received_at', '<', lastMonth).orderBy('received_at').limit(batch)
    await inBatches(batch, async () => (await oldReports.executeTakeFirst()).numDeletedRows)
  },
})
export type NotificationPersonalData = ReturnType<typeof notificationPersonalData>
