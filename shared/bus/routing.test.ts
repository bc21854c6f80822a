import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { Type as t } from '@sinclair/typebox'
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib'
import type { Bus } from '../bus'
import { defineEvent, on } from '../event'
import { eventually, outgoing, testBus } from '../testing'
import { createRouting } from './routing'
import { queueOf } from './topology'

const moved = defineEvent('order.moved', {
  from: 'order',
  to: ['inventory', 'payment', 'tax'],
  aggregate: 'order',
  data: t.Object({ n: t.Integer(), status: t.String(), due: t.Optional(t.Number()) }),
  values: ({ status, due }) => ({ status, due: due !== undefined }),
  when: { inventory: [{ status: 'paid', due: false }, { status: 'cancelled' }], payment: [{ due: true }] },
})
const closed = defineEvent('order.closed', {
  from: 'order',
  to: ['payment'],
  aggregate: 'order',
  data: t.Object({ n: t.Integer(), status: t.String() }),
  values: ({ status }) => ({ status }),
  when: { payment: [{ status: 'paid' }] },
})
const consumers = ['inventory', 'payment', 'tax'] as const

let broker: Awaited<ReturnType<typeof testBus>>
let sender: Bus
let model: ChannelModel
let channel: ConfirmChannel
const received: string[] = []
let failures = 0

const message = (n: number, status: string, due?: number) =>
  outgoing(moved({ id: n, version: 1 }, { n, status, ...(due !== undefined && { due }) }))
const close = (n: number, status: string) => outgoing(closed({ id: n, version: 1 }, { n, status }))
const exchange = () => broker.prefix + moved.exchange

/** Waits until a message that all of them want has come after the ones before it. */
const arrivals = async () => {
  const all = () => received.filter(name => name.startsWith('last')).length === 3
  await sender.publish(message(0, 'cancelled', 1))
  await eventually(all)
  return received
    .splice(0)
    .filter(name => !name.startsWith('last'))
    .sort()
}

beforeAll(async () => {
  broker = await testBus([moved, closed])
  sender = await broker.open('order')
  for (const service of consumers) {
    const bus = await broker.open(service)
    const take = async ({ type, data: { n } }: { type: string; data: { n: number } }) => {
      if (n === 7 && service === 'inventory' && failures++ === 0) throw new Error('fails once')
      received.push(n === 0 ? `last ${service}` : `${service} ${type} ${n}`)
    }
    await bus.consume(service === 'payment' ? [on(moved, take), on(closed, take)] : [on(moved, take)])
  }
  model = await connect(broker.url)
  channel = await model.createConfirmChannel()
})
afterAll(async () => {
  await model?.close()
  await broker?.drop()
})

describe('an event with values', () => {
  test('is delivered to the consumers that want them, and to those that choose nothing', async () => {
    await sender.publish([
      ...message(1, 'paid'),
      ...message(2, 'paid', 5),
      ...message(3, 'shipped'),
      ...close(4, 'paid'),
      ...close(5, 'open'),
    ])
    expect(await arrivals()).toEqual([
      'inventory order.moved 1',
      'payment order.closed 4',
      'payment order.moved 2',
      'tax order.moved 1',
      'tax order.moved 2',
      'tax order.moved 3',
    ])
  })

  test('keeps its type as routing key on its own exchange, where outsiders receive every message', async () => {
    const { queue } = await channel.assertQueue('', { exclusive: true })
    await channel.bindQueue(queue, exchange(), moved.type)
    await sender.publish([...message(1, 'paid'), ...message(2, 'shipped')])
    await eventually(async () => (await channel.checkQueue(queue)).messageCount === 2)
    await channel.deleteQueue(queue)
    await arrivals()
  })

  test('is confirmed when no consumer wants it', async () => {
    expect(await sender.publish([...close(1, 'open'), ...close(2, 'paid')])).toEqual(['confirmed', 'confirmed'])
    expect(await arrivals()).toEqual(['payment order.closed 2'])
  })

  test('reaches every consumer of its type, once, when an instance of an earlier release publishes it without values', async () => {
    const [{ body } = { body: '' }] = message(1, 'shipped')
    channel.publish(exchange(), moved.type, Buffer.from(body), { messageId: 'old' })
    await channel.waitForConfirms()
    expect(await arrivals()).toEqual(['inventory order.moved 1', 'payment order.moved 1', 'tax order.moved 1'])
  })

  test('has no values, and so reaches every consumer, when its data cannot be read', () => {
    const route = createRouting([moved, closed])
    expect(route({ exchange: moved.exchange, routingKey: moved.type, body: '{"data":null}' })).toEqual({ isWanted: true })
  })

  test('arrives once, too, where the earlier release has bound the queue to every message again', async () => {
    for (const service of consumers) await channel.bindQueue(broker.prefix + queueOf(service, moved), exchange(), moved.type)
    await sender.publish(message(1, 'shipped'))
    expect(await arrivals()).toEqual(['inventory order.moved 1', 'payment order.moved 1', 'tax order.moved 1'])
    // The next instance that starts removes these bindings.
    await broker.open('order')
    await sender.publish(message(2, 'shipped'))
    expect(await arrivals()).toEqual(['tax order.moved 2'])
  })

  test('that failed comes back to the consumer where it failed, and to no other', async () => {
    await sender.publish(message(7, 'paid'))
    await eventually(() => received.includes('inventory order.moved 7'))
    expect(await arrivals()).toEqual(['inventory order.moved 7', 'tax order.moved 7'])
  })
})
