import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { Type as t } from '@sinclair/typebox'
import { type ChannelModel, connect } from 'amqplib'
import { type BusOptions, openBus } from '../bus'
import { defineEvent, defineTimer, on } from '../event'
import { eventually, outgoing, testBus } from '../testing'
import { openCable } from '../testing/process'
import { openLink } from './link'

const paid = defineEvent('order.paid', { from: 'order', to: ['inventory'], aggregate: 'order', data: t.Object({ n: t.Integer() }) })
const overdue = defineTimer('order.overdue', { owner: 'order', aggregate: 'order', terms: ['standard'], data: t.Object({}) })
const events = [paid, overdue]

const counters = { setUnderWay() {}, setHeld() {}, countHandled() {}, countRetried() {}, countDeadLettered() {} }

describe('a bus that starts', () => {
  test('fails at once, naming the queue, when the broker has it with other settings', async () => {
    const broker = await testBus(events)
    const stranger = await connect(broker.url)
    const channel = await stranger.createChannel()
    await channel.assertQueue(`${broker.prefix}order.overdue.delay`)
    await expect(broker.open('order')).rejects.toThrow(`a queue ${broker.prefix}order.overdue.delay with other settings`)
    await broker.drop()
    await stranger.close()
  })

  test('continues without a broker, and logs its address and the reason, without the password', async () => {
    const lines: string[] = []
    const write = (...logged: unknown[]) => void lines.push(logged.map(part => Bun.inspect(part)).join(' '))
    const log: BusOptions['log'] = { info: write, warn: write, error: write }
    const bus = await openBus({
      url: 'amqp://guest:hush@127.0.0.1:9',
      ...{ prefix: '', events, retryDelaysMs: [] },
      service: 'order',
      log,
      metrics: counters,
      prefetch: 1,
      startWithinMs: 300,
    })
    expect(await bus.publish(outgoing(paid({ id: 1, version: 1 }, { n: 1 })))).toEqual(['failed'])
    await expect(bus.ping()).rejects.toMatchObject({ kind: 'unavailable' })
    expect(lines.join('\n')).toMatch(/127\.0\.0\.1:9.*ECONNREFUSED.*starting without it/s)
    expect(lines.join('\n')).not.toContain('hush')
    await bus.close()
  })

  test('connects in the background, declares everything and consumes once the broker is up', async () => {
    const broker = await testBus(events)
    const cable = await openCable(broker.url)
    cable.cut()
    const handled: number[] = []
    const bus = await broker.open('inventory', { url: cable.url, startWithinMs: 100 })
    await bus.consume([on(paid, async ({ data }) => void handled.push(data.n))])
    await cable.mend()
    await eventually(async () => (await bus.publish(outgoing(paid({ id: 1, version: 1 }, { n: 7 }))))[0] === 'confirmed')
    await eventually(() => handled.includes(7))
    await broker.drop()
    cable.cut()
  })
})

describe('a link whose connection ends while it is set up', () => {
  /** Opens a link whose first set-up is `first`, and waits for a second one. */
  const secondSetUp = async (url: string, first: (model: ChannelModel) => Promise<unknown>, meanwhile = async () => {}) => {
    let setUps = 0
    const link = await openLink({
      url,
      purpose: 'testing',
      log: { info() {}, warn() {}, error() {} },
      startWithinMs: 100,
      onLost: () => {},
      setup: async model => {
        setUps++
        if (setUps === 1) await first(model)
      },
    })
    await meanwhile()
    await eventually(() => setUps === 2, { timeoutMs: 5000 })
    await link.close()
  }

  test('connects again when the set-up fails and the broker cannot answer that the connection is closed', async () => {
    const broker = await testBus(events)
    const cable = await openCable(broker.url)
    const fail = async () => {
      cable.cut()
      throw new Error('the set-up failed')
    }
    await secondSetUp(cable.url, fail, cable.mend)
    cable.cut()
    await broker.drop()
  })

  test('connects again when the set-up succeeds all the same', async () => {
    const broker = await testBus(events)
    await secondSetUp(broker.url, model => model.close())
    await broker.drop()
  })
})

test('a dead-letter queue that was deleted is declared anew, and receives its message', async () => {
  const broker = await testBus(events)
  const inventory = await broker.open('inventory')
  await inventory.consume([on(paid, async () => {})])
  const model = await connect(broker.url)
  const channel = await model.createChannel()
  await channel.deleteQueue(`${broker.prefix}inventory.order-events.dlq`)
  await model.close()
  const [message] = outgoing(paid({ id: 1, version: 1 }, { n: 1 }))
  await inventory.publish([{ ...message!, body: '{' }])
  await eventually(() => broker.counted.deadLettered === 1)
  expect(await inventory.deadLetters.list()).toMatchObject([
    { count: 1, items: [{ id: message!.messageId, reason: 'malformed: not JSON' }] },
  ])
  await broker.drop()
})

describe('ping', () => {
  let broker: Awaited<ReturnType<typeof testBus>>
  beforeAll(async () => {
    broker = await testBus(events)
  })
  afterAll(() => broker.drop())

  test('succeeds while connected, and fails otherwise', async () => {
    const bus = await broker.open('order')
    await bus.ping()
    await bus.close()
    await expect(bus.ping()).rejects.toMatchObject({ kind: 'unavailable' })
    expect(await bus.publish(outgoing(paid({ id: 1, version: 1 }, { n: 1 })))).toEqual(['failed'])
  })
})
