import { expect, test } from 'bun:test'
import { createHandOver } from './hand-over'

const row = (id: number, body = '') => ({
  ...{ id, body, exchange: 'x', routing_key: 'y', message_id: `message-${id}`, type: 'y', traceparent: '', due_at: null },
})
const rows = (...ids: number[]) => ids.map(id => row(id))
const none = () => false
/** A hand-over that has read the table up to row 4. */
const afterFour = async () => {
  const handOver = createHandOver<number>({ follows: (before, id) => id === before + 1 })
  expect(handOver.take(none)).toBeUndefined()
  expect(await handOver.read(async () => rows(3, 4), 500)).toEqual(rows(3, 4))
  return handOver
}

test('rows that follow what was taken are handed over in their order, though the answers to their commits overtook each other', async () => {
  const handOver = await afterFour()
  expect(handOver.take(none)).toEqual([])
  handOver.add(rows(6, 7))
  handOver.add(rows(5))
  expect(handOver.take(none)).toEqual(rows(5, 6, 7))
  handOver.add(rows(8))
  expect(handOver.take(none)).toEqual(rows(8))
  expect(handOver.take(none)).toEqual([])
})

test('the table is read when a row may lie between, which could be of another instance', async () => {
  const handOver = await afterFour()
  handOver.add(rows(5, 7))
  expect(handOver.take(none)).toBeUndefined()
  expect(await handOver.read(async () => rows(5, 6, 7), 500)).toEqual(rows(5, 6, 7))
  handOver.add(rows(8))
  expect(handOver.take(none)).toEqual(rows(8))
  // A row that was committed late: only the table tells whether it was read.
  handOver.add(rows(2))
  expect(handOver.take(none)).toBeUndefined()
})

test('what a read finds and a commit hands over as well is taken once', async () => {
  const handOver = await afterFour()
  handOver.add(rows(6))
  expect(handOver.take(none)).toBeUndefined()
  const reading = handOver.read(async () => {
    handOver.add(rows(5, 6, 7))
    return rows(5, 6)
  }, 500)
  expect(await reading).toEqual(rows(5, 6))
  expect(handOver.take(id => id <= 6)).toEqual(rows(7))
})

test('after a read that is full, and when told so, the table is read next', async () => {
  const handOver = await afterFour()
  await handOver.read(async () => rows(5, 6), 2)
  handOver.add(rows(7))
  expect(handOver.take(none)).toBeUndefined()
  await handOver.read(async () => {
    handOver.requireRead()
    return rows(7)
  }, 500)
  expect(handOver.take(none)).toBeUndefined()
})

test('more text than fits in memory is left to the table', async () => {
  const handOver = await afterFour()
  handOver.add([row(5, 'x'.repeat(3 * 1024 * 1024))])
  handOver.add([row(6, 'x'.repeat(1024 * 1024))])
  expect(handOver.take(none)).toHaveLength(2)
  handOver.add([row(7, 'x'.repeat(3 * 1024 * 1024))])
  handOver.add([row(8, 'x'.repeat(1024 * 1024 + 1))])
  expect(handOver.take(none)).toBeUndefined()
})
