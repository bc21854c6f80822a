import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { eventually, outgoing } from '#shared/testing'
import { paid, type TestRoom, testRoom } from './testing'

let shop: TestRoom
beforeAll(async () => {
  shop = await testRoom(10)
})
afterEach(() => shop.reset())
afterAll(async () => {
  expect(await shop.drop()).toEqual([])
})

/** A client of the stream. */
const watch = async (
  { app }: { app: { handle(request: Request): Promise<Response> } },
  lastSeen?: string,
  by?: { authorization?: string },
) => {
  const headers = { ...(by ?? shop.admin), ...(lastSeen !== undefined && { 'last-event-id': lastSeen }) }
  const answer = await app.handle(new Request('http://localhost/api/discovery/stream', { headers }))
  const state = { text: '', ended: false }
  const reader = answer.body?.getReader()
  const read = async () => {
    const decoder = new TextDecoder()
    for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) state.text += decoder.decode(next.value)
    state.ended = true
  }
  if (answer.status === 200) void read().catch(() => {})
  const seen = () =>
    [...state.text.matchAll(/id: (\S+)\ndata: (.*)\n\n/g)].map(([, id = '', data = '{}']) => ({ id, event: JSON.parse(data) }))
  return { answer, state, seen, orders: () => seen().map(({ event }) => event.order_id), leave: () => reader?.cancel() }
}

/** What becomes of a message that only a watcher's queue takes. No watcher is shown it, since it is no event. */
const outcomeWithoutConsumers = async () => {
  const [message] = outgoing(paid({ id: 1, version: 1 }, { order_id: 1 }))
  const [outcome] = await shop.bus.publish([{ ...message!, routingKey: 'order.of_no_consumer', body: '{}' }])
  return outcome
}

/** The instances share a queue, and events that wait in it together may change places: each is paid once the last was seen. */
const payInTurn = async (by: { orders(): number[] }, ...orders: number[]) => {
  for (const order of orders) {
    await shop.pay(order)
    await eventually(() => by.orders().includes(order))
  }
}

describe('the stream', () => {
  test('shows events as they happen on every instance, each once, and never what somebody typed', async () => {
    const [here, there] = [await shop.instance(), await shop.instance()]
    const [one, two] = [await watch(here), await watch(there)]
    expect(one.answer.headers.get('content-type')).toBe('text/event-stream')
    await payInTurn(one, 1, 2, 3)
    await eventually(() => two.orders().length === 3)
    expect([one.orders(), two.orders()]).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ])
    expect(one.seen()).toEqual(two.seen())
    expect(one.seen()[0]?.event).toMatchObject({ type: 'order.paid', source: 'test', aggregate: { id: '1' }, status: 'paid' })
    expect(one.state.text).not.toContain('Side Street')
  })

  test('has a queue at the broker only while somebody watches', async () => {
    const { app, room } = await shop.instance()
    expect(room.live.isOpen()).toBe(false)
    const [one, two] = [await watch({ app }), await watch({ app })]
    await one.leave()
    expect([room.live.watching(), room.live.isOpen()]).toEqual([1, true])
    expect(await outcomeWithoutConsumers()).toBe('confirmed')
    await two.leave()
    await eventually(() => !room.live.isOpen())
    await eventually(async () => (await outcomeWithoutConsumers()) === 'unroutable')
    await shop.pay(9)
    expect(await shop.redis.client.exists('discovery:live')).toBe(0)
  })

  test('continues after the last event that was seen, on another instance; an id of somebody else’s is not one', async () => {
    const [here, there] = [await shop.instance(), await shop.instance()]
    const first = await watch(here)
    await payInTurn(first, 1, 2)
    const lastSeen = first.seen()[0]?.id
    const back = await watch(there, lastSeen)
    const forged = await watch(there, '0-0 id: 5')
    await eventually(() => back.orders().length === 1)
    await shop.pay(3)
    await eventually(() => back.orders().length === 2 && forged.orders().length === 1)
    expect([back.orders(), forged.orders()]).toEqual([[2, 3], [3]])
  })

  test('ends with the session and with the service, and is for administrators alone', async () => {
    const { app, room } = await shop.instance()
    const mine = await watch({ app })
    const other = await watch({ app }, undefined, await shop.as(2, 'admin', 'other'))
    room.live.endSession('session-1')
    await eventually(() => mine.state.ended)
    expect(other.state.ended).toBe(false)
    // Its token was verified before the session ended.
    const late = await watch({ app })
    await eventually(() => late.state.ended)
    await room.live.close()
    await eventually(() => other.state.ended)
    expect((await watch({ app }, undefined, await shop.as(3))).answer.status).toBe(403)
    expect((await watch({ app }, undefined, {})).answer.status).toBe(401)
    const head = await app.handle(new Request('http://localhost/api/discovery/stream', { method: 'HEAD', headers: shop.admin }))
    expect([head.status, await head.text()]).toEqual([200, ''])
  })
})
