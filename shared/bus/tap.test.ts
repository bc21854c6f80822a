import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Bus } from '../bus'
import { type Message, on } from '../event'
import { eventually, outgoing } from '../testing'
import { noted, openBroker, order, overdue, paid, unconsumed } from '../testing/bus'

let broker: Awaited<ReturnType<typeof openBroker>>
let watching: Bus
beforeAll(async () => {
  broker = await openBroker()
  watching = await broker.open('discovery')
})
afterAll(() => broker.drop())

test('a tap gets a copy of every event while it is open, and takes none from its consumer', async () => {
  const handled: string[] = []
  const inventory = await broker.open('inventory')
  const take = async ({ type }: Message) => handled.push(type)
  await inventory.consume([on(paid, take), on(noted, take)])
  const seen: string[] = []
  const tap = await watching.tap(({ type }) => seen.push(type))
  await broker.sender.publish(outgoing(paid(order(1), { n: 1 }), noted(order(1), { text: 'a' }), unconsumed(order(1), {})))
  await eventually(() => seen.length === 3 && handled.length === 2)
  expect(seen.toSorted()).toEqual(['order.noted', 'order.paid', 'order.unconsumed'])
  await tap.close()
  await broker.sender.publish(outgoing(paid(order(2), { n: 2 })))
  await eventually(() => handled.length === 3)
  expect(seen.length).toBe(3)
})

test('the queues are listed with what they are for and what waits in them', async () => {
  await broker.sender.publish(outgoing(overdue(order(1), { n: 1 }, { at: new Date(Date.now() + 60_000), term: 'long' })))
  const queues = await watching.queues()
  expect(queues.find(({ queue }) => queue === 'order.overdue.delay.long')).toMatchObject({ kind: 'delay', service: 'order', ready: 1 })
  expect(queues.find(({ queue }) => queue === 'inventory.order-events')).toMatchObject({
    kind: 'events',
    consumers: 1,
    types: ['order.paid', 'order.noted'],
  })
  expect(queues.filter(({ kind }) => kind === 'retry').map(({ queue }) => queue)).toEqual(['retry.50ms', 'retry.100ms', 'retry.150ms'])
})
