import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { Type as t } from '@sinclair/typebox'
import { connect } from 'amqplib'
import type { Bus } from '../bus'
import { defineEvent, on } from '../event'
import { eventually, outgoing, testBus } from '../testing'
import type { Matches } from './dead-letters'

const paid = defineEvent('order.paid', { from: 'order', to: ['inventory'], aggregate: 'order', data: t.Object({ n: t.Integer() }) })
const settled = defineEvent('payment.settled', { from: 'payment', to: ['inventory'], aggregate: 'payment', data: t.Object({}) })
const queue = 'inventory.order-events'

let broker: Awaited<ReturnType<typeof testBus>>
let bus: Bus
let inventory: Bus
/** The numbers that the handler took; it refuses those in `refused`. */
let handled: number[] = []
const refused = new Set<number>()

beforeAll(async () => {
  broker = await testBus([paid, settled], { retryDelaysMs: [] })
  bus = await broker.open('discovery')
  inventory = await broker.open('inventory')
  await inventory.consume([
    on(paid, async ({ data: { n } }) => {
      if (refused.has(n)) throw new Error(`no place for ${n}`)
      handled.push(n)
    }),
  ])
})
afterAll(() => broker.drop())

const count = async () => (await bus.deadLetters.list({ queue, limit: 0 }))[0]?.count ?? 0
const letters = async (limit = 100) => (await bus.deadLetters.list({ queue, limit }))[0]?.items ?? []
const numberOf = ({ reason }: { reason: string }) => Number(reason.match(/\d+$/))

/** Puts 1 … `size` among the dead letters, in this order, and gives their ids. */
const giveUp = async (size: number) => {
  const ids: string[] = []
  for (let n = 1; n <= size; n++) {
    refused.add(n)
    const [message] = outgoing(paid({ id: n, version: 1 }, { n }))
    ids.push(message!.messageId)
    await bus.publish([message!])
    await eventually(async () => broker.counted.deadLettered === n)
  }
  return ids
}

beforeEach(async () => {
  const model = await connect(broker.url)
  const channel = await model.createChannel()
  await channel.purgeQueue(`${broker.prefix}${queue}.dlq`)
  await model.close()
  refused.clear()
  handled = []
  broker.counted.deadLettered = 0
})

test('listing dead letters thirty times changes neither their number nor their order', async () => {
  await giveUp(5)
  for (let i = 0; i < 30; i++) expect((await letters()).map(numberOf)).toEqual([1, 2, 3, 4, 5])
  expect(await count()).toBe(5)
  expect(Math.abs(Date.now() - Date.parse((await letters(1))[0]!.failed_at!))).toBeLessThan(30_000)
})

test('a list is limited, and its count is of all', async () => {
  await giveUp(4)
  expect(await bus.deadLetters.list({ limit: 2 })).toMatchObject([{ queue, count: 4, items: [{ attempts: 1 }, { attempts: 1 }] }])
})

test('a dead letter in the middle is shown with its body, and the others keep their places', async () => {
  const ids = await giveUp(3)
  const letter = await bus.deadLetters.get(queue, ids[1]!)
  expect(letter).toMatchObject({ id: ids[1], type: 'order.paid', reason: 'Error: no place for 2' })
  expect(JSON.parse(letter!.body)).toMatchObject({ id: ids[1], data: { n: 2 } })
  expect((await letters()).map(numberOf)).toEqual([1, 2, 3])
})

test('a replayed message is handled; if it fails, it has all of its attempts again', async () => {
  const ids = await giveUp(3)
  refused.delete(2)
  expect(await bus.deadLetters.replay(queue, ids[1]!)).toBe(true)
  await eventually(() => handled.length === 1)
  expect(handled).toEqual([2])
  expect((await letters()).map(numberOf)).toEqual([1, 3])

  expect(await bus.deadLetters.replay(queue, ids[0]!)).toBe(true)
  await eventually(() => broker.counted.deadLettered === 4)
  expect(await letters()).toMatchObject([
    { reason: 'Error: no place for 3' },
    { id: ids[0], reason: 'Error: no place for 1', attempts: 1, routing_key: 'order.paid' },
  ])
})

test('a removed message does not come back', async () => {
  const ids = await giveUp(2)
  expect(await bus.deadLetters.remove(queue, ids[0]!)).toBe(true)
  expect(await bus.deadLetters.remove(queue, ids[0]!)).toBe(false)
  expect((await letters()).map(numberOf)).toEqual([2])
  expect(handled).toEqual([])
})

test('a whole queue is replayed, the oldest first, and what fails again is not taken twice', async () => {
  await giveUp(6)
  for (const n of [1, 2, 4, 5, 6]) refused.delete(n)
  expect(await bus.deadLetters.replayAll(queue, 2)).toEqual({ done: 2, left: 4 })
  await eventually(() => handled.length === 2)
  expect(handled.toSorted()).toEqual([1, 2])
  expect(await bus.deadLetters.replayAll(queue, 100)).toMatchObject({ done: 4 })
  await eventually(() => handled.length === 5 && broker.counted.deadLettered === 7)
  expect(handled.toSorted()).toEqual([1, 2, 4, 5, 6])
  expect((await letters()).map(numberOf)).toEqual([3])
})

test('a whole queue is emptied, the oldest first, and nothing of it is handled', async () => {
  await giveUp(4)
  refused.clear()
  expect(await bus.deadLetters.removeAll(queue, 3)).toEqual({ done: 3, left: 1 })
  expect((await letters()).map(numberOf)).toEqual([4])
  expect(await bus.deadLetters.removeAll(queue, 3)).toEqual({ done: 1, left: 0 })
  expect(await bus.deadLetters.removeAll(queue, 3)).toEqual({ done: 0, left: 0 })
  expect(await bus.deadLetters.removeAll('no.such-queue', 3)).toBeUndefined()
  expect(handled).toEqual([])
})

test('an unknown id is reported as missing', async () => {
  await giveUp(1)
  expect(await bus.deadLetters.get(queue, 'nothing')).toBeUndefined()
  expect(await bus.deadLetters.replay('no.such-queue', 'nothing')).toBe(false)
  expect(await bus.deadLetters.list({ queue: 'no.such-queue' })).toEqual([])
  expect(await count()).toBe(1)
})

test('a queue that is gone hides no other, and has no such message', async () => {
  const [id = ''] = await giveUp(1)
  const gone = 'inventory.payment-events'
  const { deadLetters } = bus
  const model = await connect(broker.url)
  await (await model.createChannel()).deleteQueue(`${broker.prefix}${gone}.dlq`)
  await model.close()
  expect(await deadLetters.list()).toMatchObject([{ queue, count: 1, items: [{ id }] }])
  expect(await deadLetters.counts()).toEqual(new Map([[queue, 1]]))
  expect(await deadLetters.list({ queue: gone })).toEqual([])
  expect(await deadLetters.get(gone, id)).toBeUndefined()
  expect(await deadLetters.replay(gone, id)).toBe(false)
  expect(await deadLetters.removeAll(gone, 3)).toBeUndefined()
})

test('two operators at once neither lose nor duplicate a message', async () => {
  const ids = await giveUp(8)
  refused.clear()
  const acts = ids.flatMap(id => [bus.deadLetters.replay(queue, id), inventory.deadLetters.replay(queue, id)])
  const outcomes = await Promise.all([...acts, letters(), count()])
  expect(outcomes.filter(outcome => outcome === true)).toHaveLength(8)
  await eventually(() => handled.length === 8)
  expect(handled.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  expect(await count()).toBe(0)
})

test('those that match are listed, replayed and removed, and the others stay in their order', async () => {
  await giveUp(6)
  const isEven: Matches = ({ aggregate }) => Number(aggregate?.id) % 2 === 0
  expect((await bus.deadLetters.list({ queue, matches: isEven }))[0]).toMatchObject({ count: 6, items: [{}, {}, {}] })
  expect(await bus.deadLetters.list({ queue, matches: () => false })).toEqual([])
  refused.clear()
  expect(await bus.deadLetters.replayAll(queue, 2, isEven)).toEqual({ done: 2, left: 4 })
  await eventually(() => handled.length === 2)
  expect(handled.toSorted()).toEqual([2, 4])
  expect(await bus.deadLetters.removeAll(queue, 100, isEven)).toEqual({ done: 1, left: 3 })
  expect((await letters()).map(numberOf)).toEqual([1, 3, 5])
})

test('a message that the broker gave up differs from one that a handler refused', async () => {
  const model = await connect(broker.url)
  const channel = await model.createConfirmChannel()
  const properties = { expiration: '1', messageId: 'expired-1', type: 'order.paid' }
  await inventory.stopConsuming()
  channel.publish('', broker.prefix + queue, Buffer.from('{}'), properties)
  await eventually(async () => (await count()) === 1)
  expect(await letters()).toMatchObject([{ id: 'expired-1', reason: 'expired', attempts: 0 }])
  await model.close()
})
