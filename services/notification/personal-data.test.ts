import { describe, expect, test } from 'bun:test'
import { hour } from '#shared/time'
import { testNotification } from './testing'
import { erased, placed, statusUpdated, watchTriggered } from './testing-events'

const shop = await testNotification()
const later = (ms: number) => new Date(Date.now() + ms)

test('the export has every message, however many there are', async () => {
  const { id: user_id } = await shop.newUser()
  const message = { user_id, kind: 'price_drop' as const, facts: '{}', created_at: new Date() }
  for (let from = 0; from < 10_001; from += 1000) {
    const some = Array.from({ length: Math.min(1000, 10_001 - from) }, (_, n) => ({ ...message, cause: `cause ${from + n}` }))
    await shop.sql.db.insertInto('messages').values(some).execute()
  }
  expect((await shop.personalData.exportOf(user_id)).messages).toHaveLength(10_001)
})

describe('an erased user', () => {
  test('is exported first, and then leaves nothing behind but that something was sent', async () => {
    const user = await shop.newUser()
    shop.neighbours.people.set(user.id, { email: 'zoë@example.com', full_name: 'Zoë Unusual' })
    await user.send('PUT', '/preferences', { language: 'vi', quiet_hours: null, kinds: { price_drop: { sms: true } } })
    await user.send('POST', '/devices', { token: `secret-device-${user.id}`, platform: 'ios' })
    await shop.handle(placed(240, user.id))
    await shop.sendAll()
    await shop.handle(statusUpdated(240, user.id, 'delivered'))
    await shop.handle(watchTriggered(user.id))
    const refused = { address_hash: 'e'.repeat(64), user_id: user.id, reason: 'complained' as const }
    await shop.sql.db.insertInto('suppressions').values(refused).execute()
    const path = `/internal/users/${user.id}/export`
    const exported = (await shop.send('GET', path, undefined, await shop.asService('user'))).body.data
    expect(exported.deliveries.map(({ content }: { content: { to: string } | null }) => content?.to)).toContain('zoë@example.com')
    expect(exported).toMatchObject({
      preferences: { language: 'vi' },
      devices: [{ token: `secret-device-${user.id}` }],
      planned: [{ kind: 'review_request', facts: { order_id: 240 } }],
      collected: [{ kind: 'price_drop' }],
      refused_addresses: [{ reason: 'complained' }],
    })
    expect((await shop.send('GET', path, undefined, await shop.asService('order'))).status).toBe(403)

    const erasure = erased(user.id)
    await shop.handle(erasure, erasure)
    await shop.handle(placed(241, user.id))
    await shop.handle(watchTriggered(user.id))
    await shop.telling.tellDue(later(30 * 24 * hour))
    const token = shop.unsubscribes.tokenFor(user.id, 'price_drop')
    expect((await shop.send('POST', `/unsubscribe/${token}`)).status).toBe(200)
    expect((await user.send('PUT', '/preferences', { language: 'vi' })).status).toBe(403)
    const mails = shop.channels.email.taken.length
    await shop.sendAll(later(3 * hour))
    expect(shop.channels.email.taken.filter(({ to }) => to.startsWith('zoë')).length).toBe(1)
    expect(shop.channels.email.taken.length).toBeGreaterThanOrEqual(mails)

    const tables = ['recipients', 'messages', 'plans', 'devices', 'deliveries', 'digest_entries', 'suppressions'] as const
    const kept: Record<string, unknown[]> = {}
    for (const table of tables) kept[table] = await shop.sql.db.selectFrom(table).selectAll().where('user_id', '=', user.id).execute()
    expect(JSON.stringify(kept)).not.toMatch(/zo|Unusual|secret-device|"vi"/)
    expect(kept).toMatchObject({ messages: [], plans: [], devices: [], digest_entries: [] })
    const states = (kept.deliveries as { state: string; content: null }[]).map(({ state, content }) => [state, content])
    expect(states[0]).toEqual(['sent', null])
    expect(states.slice(1).every(([state]) => state === 'suppressed')).toBe(true)
    const [first] = kept.deliveries as { id: number }[]
    const resent = await shop.send('POST', `/deliveries/${first?.id}/resend`, undefined, shop.admin)
    expect(resent.body.code).toBe('user_erased')
  })

  test('gets nothing that is being sent while the account is erased stored again', async () => {
    const user = await shop.newUser()
    await shop.handle(placed(250, user.id))
    shop.channels.email.answer(async ({ message_id }) => {
      await shop.handle(erased(user.id))
      return { outcome: 'sent', provider: 'sandbox', provider_id: message_id }
    })
    await shop.sendAll()
    expect(await shop.deliveriesOf(user.id)).toMatchObject([{ state: 'suppressed', content: null, due_at: null }])
  })

  test('leaves no address behind that is refused while the account is erased', async () => {
    const user = await shop.newUser()
    await shop.handle(placed(251, user.id))
    shop.channels.email.answer(async () => {
      await shop.handle(erased(user.id))
      return { outcome: 'refused', reason: 'there is no such address', permanent_address_fault: true }
    })
    await shop.sendAll()
    expect(await shop.deliveriesOf(user.id)).toMatchObject([{ state: 'suppressed', content: null }])
    expect(await shop.sql.db.selectFrom('suppressions').selectAll().where('user_id', '=', user.id).execute()).toEqual([])
  })
})
