import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { on } from '#shared/event'
import { eventually, outgoing } from '#shared/testing'
import { sampling } from './metric-samples'
import { ask, overdue, paid, type TestRoom, testRoom } from './testing'

let shop: TestRoom
beforeAll(async () => {
  shop = await testRoom(11)
})
afterEach(() => shop.reset())
afterAll(async () => {
  expect(await shop.drop()).toEqual([])
})

const named = (body: { services: { name: string }[] }, name: string) => body.services.find(service => service.name === name)

describe('the overview', () => {
  test('has the rates of every service and instance since the last sample, whichever instance took it', async () => {
    const [one, two] = [await shop.startService('order'), await shop.startService('order')]
    const [here, there] = [await shop.instance(), await shop.instance()]
    await here.room.sampleMetrics()
    expect(named((await here.send('GET', '/overview')).body, 'order')).toMatchObject({ status: 'up', figures: null })
    ask(one.metrics, 60)
    ask(two.metrics, 30, 503)
    one.metrics.countHandled('order.paid')
    await shop.later(sampling.unwatchedMs)
    await there.room.sampleMetrics()
    const { status, body } = await here.send('GET', '/overview')
    expect([status, body.sampled_at, body.sandbox]).toEqual([200, shop.now().toISOString(), false])
    const order = named(body, 'order') as unknown
    expect(order).toMatchObject({
      figures: { requests: 3, errors: 1, p50_ms: expect.closeTo(17.5), handled: 1 / 30 },
      handled: { 'order.paid': 1 / 30 },
    })
    expect(order).toMatchObject({
      instances: expect.arrayContaining([
        expect.objectContaining({
          id: one.id,
          version: '1.2.3',
          state: 'up',
          figures: expect.objectContaining({ requests: 2, errors: 0 }),
        }),
        expect.objectContaining({ id: two.id, figures: expect.objectContaining({ requests: 1, errors: 1 }) }),
      ]),
    })
    expect(named(body, 'tax')).toMatchObject({ status: 'down', figures: null, instances: [] })
  })

  test('shows a service as down as soon as it does not answer, though it is still registered', async () => {
    const { kill, id } = await shop.startService('order')
    const { send, room } = await shop.instance()
    await shop.sampleTwice(room, () => {})
    kill()
    expect(named((await send('GET', '/overview')).body, 'order')).toMatchObject({
      status: 'down',
      figures: null,
      instances: [{ id, state: 'down', figures: null }],
    })
    await shop.later(sampling.unwatchedMs)
    await room.sampleMetrics()
    expect(named((await send('GET', '/overview')).body, 'order')).toMatchObject({ figures: null })
  })

  test('says that payments are played by the sandbox once payment has said so', async () => {
    const { send } = await shop.instance()
    expect((await send('GET', '/overview')).body.sandbox).toBe(false)
    shop.answers['payment /internal/provider'] = { provider: 'sandbox' }
    await eventually(async () => (await send('GET', '/overview')).body.sandbox)
    shop.answers['payment /internal/provider'] = { provider: 'stripe' }
    expect((await (await shop.instance()).send('GET', '/overview')).body.sandbox).toBe(false)
  })
})

describe('samples', () => {
  test('are taken by one instance at a time, seldom while nobody watches and more often while somebody does', async () => {
    const order = await shop.startService('order')
    const rooms = [await shop.instance(), await shop.instance()]
    const all = () => Promise.all(rooms.map(({ room }) => room.sampleMetrics()))
    await all()
    expect(order.reads()).toBe(1)
    await shop.later(sampling.watchedMs)
    await all()
    expect(order.reads()).toBe(1)
    await rooms[0]?.send('GET', '/overview')
    await all()
    expect(order.reads()).toBe(2)
    expect(await shop.redis.client.pttl('discovery:watched')).toBeWithin(1, 60_001)
  })

  test('of the last hour are a history that outlives every instance', async () => {
    const { metrics } = await shop.startService('order')
    const { room } = await shop.instance()
    await shop.sampleTwice(room, () => ask(metrics, 60))
    const { send } = await shop.instance()
    const { body } = await send('GET', '/history?minutes=5&points=5')
    expect(body.times.length).toBe(5)
    expect(body.services.order.requests.filter((value: unknown) => value !== null)).toEqual([2])
    expect((await send('GET', '/history?minutes=61')).status).toBe(400)
    expect((await send('GET', '/history?points=1')).status).toBe(400)
    expect((await send('GET', '/history?since=yesterday')).status).toBe(400)
  })
})

describe('the queues', () => {
  test('have what waits, who receives, and how many are handled in a second', async () => {
    const { metrics } = await shop.startService('tax')
    const { room, send } = await shop.instance()
    await shop.sampleTwice(room, () => metrics.countHandled('order.paid'))
    await shop.bus.publish(outgoing(paid({ id: 1, version: 1 }, { order_id: 1 })))
    await shop.bus.publish(
      outgoing(overdue({ id: 1, version: 1 }, { order_id: 1 }, { at: new Date(Date.now() + 60_000), term: 'standard' })),
    )
    const consumer = await shop.broker.open('inventory')
    await consumer.consume([on(paid, async () => {})])
    await eventually(async () => {
      const { body } = await (await shop.instance()).send('GET', '/queues')
      const found = Object.fromEntries(body.queues.map(({ queue, ...rest }: { queue: string }) => [queue, rest]))
      expect(found).toMatchObject({
        'inventory.order-events': { kind: 'events', service: 'inventory', ready: 0, consumers: 1, handled: 0, types: ['order.paid'] },
        'tax.order-events': { ready: 1, consumers: 0, handled: expect.closeTo(1 / 30) },
        'tax.order-events.dlq': { kind: 'dead_letters', ready: 0, handled: null },
        'order.overdue.delay': { kind: 'delay', service: 'order', ready: 1 },
        'order.overdue': { kind: 'timer', ready: 0 },
      })
      return true
    })
    expect((await send('GET', '/queues')).status).toBe(200)
  })
})

test.each(['/overview', '/history', '/queues', '/stream', '/orders/1'])(
  '%s is for administrators alone, and only to be read',
  async path => {
    const { send, app } = await shop.instance()
    expect((await send('GET', path, undefined, {})).status).toBe(401)
    expect((await send('GET', path, undefined, await shop.as(5))).status).toBe(403)
    const routes = app.routes.filter(route => route.path === `/api/discovery${path.replace('/1', '/:id')}`)
    expect(routes.map(({ method }) => method)).toEqual(['GET'])
  },
)
