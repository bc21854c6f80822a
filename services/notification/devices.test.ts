import { describe, expect, test } from 'bun:test'
import { minute } from '#shared/time'
import { pushDevices } from './devices'
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

describe('a device of a session', () => {
  let parcels = 400
  const inSession = async (user: { id: number }, sid: string) => {
    const headers = await shop.as(user.id, 'customer', sid)
    return async (device: string) => {
      const answer = await shop.send('POST', '/devices', { token: `${device}-${user.id}`, platform: 'ios' }, headers)
      expect(answer.status).toBe(201)
      return answer.body.id as number
    }
  }
  const owner = async () => {
    const user = await shop.newUser()
    await shop.handle(shipmentMoved(++parcels, user.id, 'picked_up'))
    const [lost, kept] = [`lost-${user.id}`, `kept-${user.id}`]
    const devices = async () => {
      const rows = await shop.sql.db.selectFrom('devices').select('token').where('user_id', '=', user.id).orderBy('id').execute()
      const { device_count } = await shop.sql.db
        .selectFrom('recipients')
        .select('device_count')
        .where('user_id', '=', user.id)
        .executeTakeFirstOrThrow()
      expect(device_count).toBe(rows.length)
      return rows.map(({ token }) => token.replace(`-${user.id}`, ''))
    }
    return { user, lost, kept, devices, onLost: await inSession(user, lost), onKept: await inSession(user, kept) }
  }
  const end = (sid: string) => void shop.neighbours.endedSessions.add(sid)
  /** The devices that get the news of another parcel. */
  const reached = async (user: { id: number }) => {
    shop.channels.push.answer(({ message_id }) => ({ outcome: 'sent', provider: 'sandbox', provider_id: message_id }))
    const before = shop.channels.push.taken.length
    await shop.handle(shipmentMoved(++parcels, user.id, 'picked_up'))
    await shop.sendAll()
    return shop.channels.push.taken.slice(before).map(({ to }) => to.replace(`-${user.id}`, ''))
  }

  test('is deleted when the end of the session is told, however often, and the others stay', async () => {
    const { user, lost, devices, onLost, onKept } = await owner()
    await onLost('thief')
    await onKept('phone')
    end(lost)
    await Promise.all([shop.devices.endSession(lost), shop.devices.endSession(lost)])
    expect(await devices()).toEqual(['phone'])
    await shop.devices.endSession(lost)
    expect(await reached(user)).toEqual(['phone'])
  })

  test('gets nothing and is deleted at the next message, when the end was told while nobody listened', async () => {
    const { user, lost, devices, onLost, onKept } = await owner()
    await onLost('thief')
    await onKept('phone')
    end(lost)
    expect(await reached(user)).toEqual(['phone'])
    expect(await devices()).toEqual(['phone'])
  })

  test('gets nothing when a request that was admitted before the end registers it afterwards', async () => {
    const { user, lost, devices, onLost } = await owner()
    end(lost)
    await shop.devices.endSession(lost)
    await onLost('thief')
    expect(await reached(user)).toEqual([])
    expect(await devices()).toEqual([])
  })

  test('waits with its messages while nobody can say whether the session is alive', async () => {
    const { user, onKept } = await owner()
    await onKept('phone')
    shop.neighbours.down.add('user')
    expect(await reached(user)).toEqual([])
    shop.neighbours.down.clear()
    await shop.sendAll(new Date(Date.now() + minute))
    expect(shop.channels.push.to(`phone-${user.id}`)).toHaveLength(1)
  })

  test('is the same device of the next session that registers it, and stays when the end of the first is told late', async () => {
    const { user, lost, devices, onLost, onKept } = await owner()
    const id = await onLost('phone')
    expect(await onKept('phone')).toBe(id)
    end(lost)
    await shop.devices.endSession(lost)
    expect(await devices()).toEqual(['phone'])
    expect(await reached(user)).toEqual(['phone'])
  })

  test('stays when the next session registers it while the first, or one that nobody knows, is found to have ended', async () => {
    const { user, devices, onLost, onKept } = await owner()
    for (const registerBefore of [
      onLost,
      () => shop.sql.db.updateTable('devices').set({ session_id: null }).where('user_id', '=', user.id).execute(),
    ]) {
      await registerBefore('phone')
      const liveSessions = async () => {
        await onKept('phone')
        return new Set<string>()
      }
      expect(await pushDevices({ sql: shop.sql, clients: { liveSessions } }).reachable([user.id])).toEqual([])
      expect(await devices()).toEqual(['phone'])
    }
  })

  test('of another account that took it over stays as well', async () => {
    const { user, lost, onLost } = await owner()
    const next = await owner()
    await onLost('phone')
    const headers = await shop.as(next.user.id, 'customer', next.kept)
    await shop.send('POST', '/devices', { token: `phone-${user.id}`, platform: 'ios' }, headers)
    end(lost)
    await shop.devices.endSession(lost)
    expect(await next.devices()).toEqual([`phone-${user.id}`])
  })

  test('that an earlier release registered without one gets nothing, and is deleted unless its app registers it again', async () => {
    const { user, devices, onKept } = await owner()
    await onKept('phone')
    await onKept('tablet')
    await shop.sql.db.updateTable('devices').set({ session_id: null }).where('user_id', '=', user.id).execute()
    await onKept('phone')
    expect(await reached(user)).toEqual(['phone'])
    expect(await devices()).toEqual(['phone'])
  })
})
