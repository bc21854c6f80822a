import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { eventually } from '#shared/testing'
import { lastSeenOf } from './live'
import { type TestShipping, testShipping } from './testing'

let shop: TestShipping
let other: Awaited<ReturnType<TestShipping['instance']>>
beforeAll(async () => {
  shop = await testShipping({ heartbeatMs: 100 })
  other = await shop.instance()
})
afterAll(() => shop.drop())

/** A client that watches: what it has been told so far, and whether the stream has ended. */
const watch = async (
  id: number,
  { by = shop, userId = 7, lastSeen }: { by?: Pick<TestShipping, 'app'>; userId?: number; lastSeen?: string } = {},
) => {
  const headers = { ...(await shop.as(userId)), ...(lastSeen !== undefined && { 'last-event-id': lastSeen }) }
  const answer = await by.app.handle(new Request(`http://localhost/api/shipping/shipments/${id}/stream`, { headers }))
  const state = { text: '', ended: false }
  const reader = answer.body?.getReader()
  const decoder = new TextDecoder()
  const read = async () => {
    for (;;) {
      const next = await reader?.read()
      if (!next || next.done) break
      state.text += decoder.decode(next.value)
    }
    state.ended = true
  }
  if (answer.status === 200) void read().catch(() => {})
  return {
    answer,
    state,
    events: () =>
      [...state.text.matchAll(/id: (\d+)\ndata: (.*)\n\n/g)].map(([, version, data = '{}']) => [Number(version), JSON.parse(data).status]),
    leave: () => reader?.cancel(),
  }
}

describe('a parcel live', () => {
  test('its state comes first, then every change, whichever instance makes it and whichever is asked', async () => {
    const { id } = await shop.sent()
    const [here, there] = [await watch(id), await watch(id, { by: other })]
    expect(here.answer.headers.get('content-type')).toBe('text/event-stream')
    expect(here.answer.headers.get('cache-control')).toBe('no-store')
    expect(here.answer.headers.get('x-request-id')).toBeTruthy()
    await eventually(() => here.events().length === 1 && there.events().length === 1)
    await shop.progress.report(id, 'picked_up')
    await other.progress.report(id, 'in_transit')
    const all = [
      [1, 'created'],
      [2, 'picked_up'],
      [3, 'in_transit'],
    ]
    await eventually(() => {
      expect([here.events(), there.events()]).toEqual([all, all])
      return true
    })
    expect(here.state.text).not.toContain('Main St')
    await Promise.all([here.leave(), there.leave()])
    expect([shop.live.watching(), other.live.watching()]).toEqual([0, 0])
  })

  test('a comment shows now and then that the stream lives', async () => {
    const { id } = await shop.sent()
    const client = await watch(id)
    await eventually(() => client.state.text.split(': still here\n\n').length > 3)
    await client.leave()
  })

  test('who comes back gets what came meanwhile, once; who remembers nonsense begins anew', async () => {
    const { id } = await shop.sent()
    for (const status of ['picked_up', 'in_transit'] as const) await shop.progress.report(id, status)
    const back = await watch(id, { lastSeen: '1', by: other })
    const fresh = await watch(id, { lastSeen: '-1 or 1=1' })
    const ahead = await watch(id, { lastSeen: '999' })
    await eventually(() => back.events().length === 2 && fresh.events().length === 1)
    await shop.progress.report(id, 'delivered')
    await eventually(() => [back, fresh, ahead].every(client => client.events().at(-1)?.[0] === 4))
    expect(back.events().map(([version]) => version)).toEqual([2, 3, 4])
    expect(fresh.events().map(([version]) => version)).toEqual([3, 4])
    expect(ahead.events().map(([version]) => version)).toEqual([4])
    for (const client of [back, fresh, ahead]) await client.leave()
  })

  test('a change that Redis never told of is seen with the next heartbeat', async () => {
    const { id } = await shop.sent()
    const client = await watch(id)
    await eventually(() => client.events().length === 1)
    const at = new Date()
    await shop.sql.db.updateTable('shipments').set({ status: 'picked_up', version: 2 }).where('id', '=', id).execute()
    await shop.sql.db.insertInto('shipment_steps').values({ shipment_id: id, version: 2, status: 'picked_up', at }).execute()
    await eventually(() => client.events().length === 2)
    await client.leave()
  })

  test('is for whose it is', async () => {
    const { id } = await shop.sent(7)
    expect((await watch(id, { userId: 8 })).answer.status).toBe(404)
    expect((await shop.call('GET', `/api/shipping/shipments/${id}/stream`)).status).toBe(401)
    expect((await watch(999_999)).answer.status).toBe(404)
  })

  test('holds nothing open for who asks only for its headers', async () => {
    const { id } = await shop.sent()
    const url = `http://localhost/api/shipping/shipments/${id}/stream`
    const answer = await shop.app.handle(new Request(url, { method: 'HEAD', headers: await shop.as(7) }))
    expect(await answer.text()).toBe('')
    expect(shop.live.watching()).toBe(0)
  })

  test('is bounded for each user', async () => {
    const { id } = await shop.sent(90)
    const clients = await Promise.all(Array.from({ length: 20 }, () => watch(id, { userId: 90 })))
    const { answer } = await watch(id, { userId: 90 })
    expect(answer.status).toBe(429)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    await Promise.all(clients.map(client => client.leave()))
  })

  test('ends with the session, and when the instance stops; who comes then is told the state and sent on', async () => {
    const { id } = await shop.sent()
    const leaving = await shop.instance()
    const mine = await watch(id)
    const there = await watch(id, { by: leaving })
    await eventually(() => mine.events().length === 1 && there.events().length === 1)
    shop.live.endSession('session-8')
    shop.live.endSession('session-7')
    await eventually(() => mine.state.ended)
    leaving.live.close()
    await eventually(() => there.state.ended)
    const late = await watch(id, { by: leaving })
    await eventually(() => late.state.ended)
    expect(late.events()).toEqual([[1, 'created']])
    expect(shop.failures).toEqual([])
  })

  test('remembers by version alone', () => {
    expect(['7', '', 'x', '1.5', '-1', undefined, '12345678901'].map(lastSeenOf)).toEqual([7, ...Array(6).fill(undefined)])
  })
})
