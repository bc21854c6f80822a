import { afterAll, beforeAll, expect, test } from 'bun:test'
import { Type as t } from '@sinclair/typebox'
import { type Channel, type ChannelModel, connect } from 'amqplib'
import type { Bus } from '#shared/bus'
import { defineEvent } from '#shared/event'
import { createMetrics } from '#shared/metrics'
import { eventually, outgoing, testBus } from '#shared/testing'
import { watchDeadLetters } from './watch-dead-letters'

const paid = defineEvent('order.paid', {
  from: 'order',
  to: ['inventory', 'tax'],
  aggregate: 'order',
  data: t.Object({ n: t.Integer() }),
})
const metrics = createMetrics('discovery')
let broker: Awaited<ReturnType<typeof testBus>>
let bus: Bus
let model: ChannelModel
let channel: Channel
let counts: Bus['deadLetters']['counts']
let watch: ReturnType<typeof watchDeadLetters>

beforeAll(async () => {
  broker = await testBus([paid])
  bus = await broker.open('order')
  model = await connect(broker.url)
  channel = await model.createChannel()
  counts = bus.deadLetters.counts
  watch = watchDeadLetters({ deadLetters: { counts: () => counts() }, metrics })
})
afterAll(async () => {
  metrics.close()
  await model.close()
  await broker.drop()
})

const gauge = async () =>
  Object.fromEntries(
    [...(await metrics.text()).matchAll(/^dead_letters{.*queue="([\w.-]+)".*} (\d+)$/gm)].map(([, queue, count]) => [queue, Number(count)]),
  )

test('a message that the broker gave up is counted in its queue, though no service counted it, and until it is removed', async () => {
  await watch()
  expect(await gauge()).toEqual({ 'inventory.order-events': 0, 'tax.order-events': 0 })

  const [message] = outgoing(paid({ id: 1, version: 1 }, { n: 1 }))
  // A consumer that never handles it: after the delivery limit of its queue it is a dead letter.
  await channel.consume(`${broker.prefix}inventory.order-events`, raw => raw && channel.nack(raw, false, true))
  await bus.publish([message!])
  await eventually(async () => (await bus.deadLetters.list()).length === 1)
  await watch()
  expect(await gauge()).toEqual({ 'inventory.order-events': 1, 'tax.order-events': 0 })
  expect(broker.counted.deadLettered).toBe(0)
  expect((await bus.deadLetters.list())[0]!.items).toMatchObject([{ id: message!.messageId, reason: 'delivery_limit' }])

  counts = () => Promise.reject(new Error('the broker is away'))
  await expect(watch()).rejects.toThrow('the broker is away')
  expect(await gauge()).toEqual({ 'inventory.order-events': 1, 'tax.order-events': 0 })

  counts = bus.deadLetters.counts
  await bus.deadLetters.remove('inventory.order-events', message!.messageId)
  await watch()
  expect(await gauge()).toEqual({ 'inventory.order-events': 0, 'tax.order-events': 0 })
})

test('a queue that is gone hides the dead letters of no other', async () => {
  await channel.deleteQueue(`${broker.prefix}inventory.order-events.dlq`)
  channel.sendToQueue(`${broker.prefix}tax.order-events.dlq`, Buffer.from('{}'))
  await eventually(async () => (await bus.deadLetters.counts()).get('tax.order-events') === 1)
  expect([...(await bus.deadLetters.counts()).keys()]).toEqual(['tax.order-events'])
})
