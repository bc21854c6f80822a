import { describe, expect, test } from 'bun:test'
import { hour, minute } from '#shared/time'
import { contentColumn } from './database'
import { outcomeOf, recordOutcomes } from './record-outcomes'
import { testNotification } from './testing'
import { placed } from './testing-events'

const shop = await testNotification()

describe('the outcome', () => {
  test('of a mail is its own, though those of many are stored together', async () => {
    const users = await Promise.all(Array.from({ length: 12 }, () => shop.newUser()))
    for (const { id } of users) await shop.handle(placed(111, id))
    const [busy, full, gone, quiet, ...fine] = users
    const now = new Date()
    const clock = (ms: number) => new Date(now.getTime() + ms).toISOString().slice(11, 16)
    await quiet?.send('PUT', '/preferences', { quiet_hours: { from: clock(-hour), until: clock(hour), time_zone: 'UTC' } })
    shop.channels.email.answer(async message => {
      if (message.to === busy?.email) return { outcome: 'retry', reason: 'busy', after_seconds: 3600 }
      if (message.to === full?.email) return { outcome: 'refused', reason: 'full', permanent_address_fault: false }
      if (message.to === gone?.email) return { outcome: 'refused', reason: 'gone', permanent_address_fault: true }
      return { outcome: 'sent', provider: 'sandbox', provider_id: `p-${message.message_id}` }
    })
    await shop.sendAll(now)
    const of = async (user?: { id: number }) => (await shop.deliveriesOf(user?.id ?? 0))[0]
    expect(await of(busy)).toMatchObject({ state: 'queued', attempts: 1, reason: 'busy', provider_id: null, content: null })
    expect((await of(busy))?.due_at?.getTime()).toBeGreaterThan(now.getTime() + 59 * minute)
    expect(await of(full)).toMatchObject({ state: 'failed', reason: 'full', due_at: null, provider: 'sandbox', provider_id: null })
    expect(await of(gone)).toMatchObject({ state: 'bounced', reason: 'gone', due_at: null })
    expect(await of(quiet)).toMatchObject({ state: 'queued', attempts: 0, reason: null, content: null })
    for (const user of fine) {
      const row = await of(user)
      expect(row).toMatchObject({ state: 'sent', attempts: 1, reason: null, due_at: null })
      const [mail, ...more] = shop.channels.email.to(user.email)
      expect(row?.provider_id).toBe(`p-${mail?.message_id}`)
      expect(contentColumn.read(row?.content ?? '').to).toBe(user.email)
      expect(more).toEqual([])
    }
  })
  test('of a delivery that was claimed anew or erased changes nothing, and that of the others is stored', async () => {
    const users = await Promise.all(Array.from({ length: 3 }, () => shop.newUser()))
    for (const { id } of users) await shop.handle(placed(222, id))
    const rows = (await Promise.all(users.map(({ id }) => shop.deliveriesOf(id)))).flat()
    const [open, claimed, decided] = rows
    if (!open || !claimed || !decided) throw new Error('a delivery is missing')
    const change = (id: number) => shop.sql.db.updateTable('deliveries').where('id', '=', id)
    await change(claimed.id).set({ claims: 2 }).execute()
    await change(decided.id).set({ state: 'suppressed', reason: 'erased' }).execute()
    const outcomes = rows.map(row => outcomeOf(row, 'sent', { provider: 'sandbox', provider_id: 'p', content: 'c' }))
    await recordOutcomes(shop.sql.db, outcomes.toReversed())
    const stored = await Promise.all(users.map(async ({ id }) => (await shop.deliveriesOf(id))[0]))
    expect(stored[0]).toEqual(outcomes[0])
    expect(stored.slice(1)).toEqual([
      { ...claimed, claims: 2 },
      { ...decided, state: 'suppressed', reason: 'erased' },
    ])
  })
})

test('a content is stored compressed, and one that is stored as JSON is still read', () => {
  const content = { to: 'a@example.com', subject: 'Hé', text: 'x'.repeat(1000), html: `<p>${'y'.repeat(1000)}</p>`, language: 'en' }
  expect(contentColumn.write(content).length).toBeLessThan(200)
  expect(contentColumn.read(contentColumn.write(content))).toEqual(content)
  expect(contentColumn.read(JSON.stringify(content))).toEqual(content)
})
