import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { versionFromHeader } from '#shared/live-streams'
import { eventually } from '#shared/testing'
import { type TestShipping, testShipping } from './testing'

let shop: TestShipping
let other: Awaited<ReturnType<TestShipping['instance']>>
beforeAll(async () => {
  shop = await testShipping({ heartbeatMs: 100 })
  other = await shop.instance()
})
afterAll(() => shop.drop())

/** A client of a stream, with what it has received so far and whether the stream has ended. */
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

describe('the live stream of a shipment', () => {
  test('begins with the current status and then sends every change, on every instance and from every instance', async () => {
    const { id } = await shop.shipped()
    const [here, there] = [await watch(id), await watch(id, { by: other })]
    expect(here.answer.headers.get('content-type')).toBe('text/event-stream')
    expect(here.answer.headers.get('cache-control')).toBe('no-store')
    expect(here.answer.headers.get('x-request-id')).toBeTruthy()
    await eventually(() => here.events().length === 1 && there.events().length === 1)
    await shop.steps.record(id, 'picked_up')
    await other.steps.record(id, 'in_transit')
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
    expect([shop.streams.openCount(), other.streams.openCount()]).toEqual([0, 0])
  })

  test('sends a comment with each heartbeat', async () => {
    const { id } = await shop.shipped()
    const client = await watch(id)
    await eventually(() => client.state.text.split(': still here\n\n').length > 3)
    await client.leave()
  })

  test('sends a client that reconnects each missed step once, and starts at the current status for an unknown event id', async () => {
    const { id } = await shop.shipped()
    for (const status of ['picked_up', 'in_transit'] as const) await shop.steps.record(id, status)
    const back = await watch(id, { lastSeen: '1', by: other })
    const unknown = await watch(id, { lastSeen: '-1 or 1=1' })
    const ahead = await watch(id, { lastSeen: '999' })
    await eventually(() => back.events().length === 2 && unknown.events().length === 1)
    await shop.steps.record(id, 'delivered')
    await eventually(() => [back, unknown, ahead].every(client => client.events().at(-1)?.[0] === 4))
    expect(back.events().map(([version]) => version)).toEqual([2, 3, 4])
    expect(unknown.events().map(([version]) => version)).toEqual([3, 4])
    expect(ahead.events().map(([version]) => version)).toEqual([4])
    for (const client of [back, unknown, ahead]) await client.leave()
  })

  test('sends a change that Redis did not notify with the next heartbeat', async () => {
    const { id } = await shop.shipped()
    const client = await watch(id)
    await eventually(() => client.events().length === 1)
    const at = new Date()
    await shop.sql.db.updateTable('shipments').set({ status: 'picked_up', version: 2 }).where('id', '=', id).execute()
    await shop.sql.db.insertInto('shipment_steps').values({ shipment_id: id, version: 2, status: 'picked_up', at }).execute()
    await eventually(() => client.events().length === 2)
    await client.leave()
  })

  test('is open to the owner of the shipment only', async () => {
    const { id } = await shop.shipped(7)
    expect((await watch(id, { userId: 8 })).answer.status).toBe(404)
    expect((await shop.call('GET', `/api/shipping/shipments/${id}/stream`)).status).toBe(401)
    expect((await watch(999_999)).answer.status).toBe(404)
  })

  test('answers HEAD without opening a stream', async () => {
    const { id } = await shop.shipped()
    const url = `http://localhost/api/shipping/shipments/${id}/stream`
    const answer = await shop.app.handle(new Request(url, { method: 'HEAD', headers: await shop.as(7) }))
    expect(await answer.text()).toBe('')
    expect(shop.streams.openCount()).toBe(0)
  })

  test('is refused to a user who has 20 open', async () => {
    const { id } = await shop.shipped(90)
    const clients = await Promise.all(Array.from({ length: 20 }, () => watch(id, { userId: 90 })))
    const { answer } = await watch(id, { userId: 90 })
    expect(answer.status).toBe(429)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    await Promise.all(clients.map(client => client.leave()))
  })

  test('ends with its session and when the instance stops; an instance that is stopping sends the status and ends', async () => {
    const { id } = await shop.shipped()
    const stopping = await shop.instance()
    const mine = await watch(id)
    const there = await watch(id, { by: stopping })
    await eventually(() => mine.events().length === 1 && there.events().length === 1)
    shop.streams.endSession('session-8')
    shop.streams.endSession('session-7')
    await eventually(() => mine.state.ended)
    stopping.streams.close()
    await eventually(() => there.state.ended)
    const late = await watch(id, { by: stopping })
    await eventually(() => late.state.ended)
    expect(late.events()).toEqual([[1, 'created']])
    expect(shop.failures).toEqual([])
  })

  test('accepts only its own versions as event ids', () => {
    expect(['7', '', 'x', '1.5', '-1', undefined, '1234567890123456'].map(versionFromHeader)).toEqual([7, ...Array(6).fill(undefined)])
  })
})
