import { describe, expect, test } from 'bun:test'
import { testNotification } from './testing'
import { shipmentMoved } from './testing-events'

const shop = await testNotification()

describe('devices', () => {
  const register = (user: { send: typeof shop.send | ((method: string, path: string, body?: unknown) => unknown) }, token: string) =>
    (user.send as (method: string, path: string, body?: unknown) => Promise<{ status: number; body: { id: number } }>)('POST', '/devices', {
      token,
      platform: 'android',
    })

  test('get what their user has on all of them; one that is gone is forgotten', async () => {
    const user = await shop.newUser()
    await shop.handle(shipmentMoved(300, user.id, 'picked_up'))
    for (const name of ['phone', 'tablet']) await register(user, `${name}-${user.id}`)
    shop.channels.push.answer(async ({ to, message_id }) =>
      to.startsWith('tablet')
        ? { outcome: 'refused', reason: 'not registered', permanent_address_fault: true }
        : { outcome: 'sent', provider: 'sandbox', provider_id: message_id },
    )
    await shop.handle(shipmentMoved(301, user.id, 'picked_up'))
    await shop.sendAll()
    const pushed = (await shop.deliveriesOf(user.id)).filter(({ channel }) => channel === 'push')
    expect(pushed).toMatchObject([{ state: 'sent' }])
    expect(JSON.stringify(pushed)).not.toContain(`phone-${user.id}`)
    expect((await user.send('GET', '/devices')).body.items).toHaveLength(1)
  })

  test('are the same when they are registered again, ten per user, and move to whoever signs in on them', async () => {
    const [user, next] = await Promise.all([shop.newUser(), shop.newUser()])
    const answers = await Promise.all(Array.from({ length: 5 }, () => register(user, `same-${user.id}`)))
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    for (let n = 0; n < 12; n++) await register(user, `device-${n}-${user.id}`)
    expect((await user.send('GET', '/devices')).body.items).toHaveLength(10)
    await register(next, `device-11-${user.id}`)
    expect((await user.send('GET', '/devices')).body.items).toHaveLength(9)
    const [moved] = (await next.send('GET', '/devices')).body.items
    expect((await user.send('DELETE', `/devices/${moved.id}`)).body.code).toBe('device_not_found')
    expect((await next.send('DELETE', `/devices/${moved.id}`)).status).toBe(204)
    const counts = await shop.sql.db
      .selectFrom('recipients')
      .select('device_count')
      .where('user_id', 'in', [user.id, next.id])
      .orderBy('user_id')
      .execute()
    expect(counts).toEqual([{ device_count: 9 }, { device_count: 0 }])
  })

  test('are refused with a token that no provider gives', async () => {
    const user = await shop.newUser()
    for (const token of ['short', 'x'.repeat(4097), 'with a space', 'line\nbreak']) expect((await register(user, token)).status).toBe(400)
  })
})
