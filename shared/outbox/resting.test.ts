import { afterEach, beforeEach, expect, setSystemTime, test } from 'bun:test'
import { createResting } from './resting'

const row = (id: number, type = 'order.counted') => ({ id, type, message_id: `message-${id}` })
const many = (count: number, type?: string, from = 0) => Array.from({ length: count }, (_, i) => row(from + i, type))
const logging = () => {
  const errors: unknown[] = []
  return { errors, resting: createResting<number>({ info() {}, warn() {}, error: (fields: unknown) => void errors.push(fields) }) }
}
const start = new Date('2026-01-01T00:00:00Z').getTime()
const after = (ms: number) => setSystemTime(start + ms)
beforeEach(() => {
  after(0)
})
afterEach(() => {
  setSystemTime()
})

test('an unroutable row is logged once, and rests longer after each attempt', () => {
  const { errors, resting } = logging()
  const idsAfter = (ms: number) => {
    after(ms)
    return resting.now().ids
  }
  resting.unroutable([row(7)])
  expect(idsAfter(499)).toEqual([7])
  expect(idsAfter(500)).toEqual([])
  resting.unroutable([row(7)])
  expect(idsAfter(1499)).toEqual([7])
  expect(idsAfter(1500)).toEqual([])
  for (let attempt = 0; attempt < 20; attempt++) resting.unroutable([row(7)])
  expect(idsAfter(1500 + 59_999)).toEqual([7])
  expect(idsAfter(1500 + 60_000)).toEqual([])
  expect(errors).toEqual([{ type: 'order.counted', message_id: 'message-7' }])
})

test('a row that a queue took is logged anew when it is refused again', () => {
  const { errors, resting } = logging()
  resting.unroutable([row(1)])
  resting.published([row(1)])
  expect(resting.now().ids).toEqual([])
  resting.unroutable([row(1)])
  expect(errors).toHaveLength(2)
})

test('beyond a thousand rows a whole type rests, and its rows make room for those of others', () => {
  const { errors, resting } = logging()
  expect(resting.unroutable([row(5000, 'order.other'), ...many(999)])).toBe(false)
  expect(resting.now()).toMatchObject({ ids: { length: 1000 }, types: [] })
  expect(resting.unroutable(many(500, 'order.counted', 999))).toBe(true)
  expect(resting.now()).toEqual({ ids: [5000], types: ['order.counted'] })
  expect(errors.slice(1000)).toEqual([{ type: 'order.counted' }])
})

test('a type that rested rests again, and longer, as soon as one of its rows is unroutable, until one is taken', () => {
  const { errors, resting } = logging()
  resting.unroutable(many(1001))
  const logged = errors.length
  after(500)
  expect(resting.now()).toEqual({ ids: [], types: [] })
  expect(resting.unroutable(many(500))).toBe(true)
  after(1499)
  expect(resting.now()).toEqual({ ids: [], types: ['order.counted'] })
  after(1500)
  resting.published([row(1)])
  expect(resting.unroutable([row(2)])).toBe(false)
  expect(resting.now()).toEqual({ ids: [2], types: [] })
  expect(errors).toHaveLength(logged + 1)
})

test('rows and types that were not seen for long, as when another instance published them, are forgotten', () => {
  const { resting } = logging()
  resting.unroutable(many(1000))
  resting.refused([row(3000, 'order.other')])
  after(60_500)
  expect(resting.any()).toBe(true)
  after(120_000)
  expect(resting.now()).toEqual({ ids: [], types: [] })
  expect(resting.any()).toBe(false)
  expect(resting.unroutable([row(2000)])).toBe(false)
  expect(resting.now()).toEqual({ ids: [2000], types: [] })
})

test('types that a full queue refuses rest for five seconds at most', () => {
  const { errors, resting } = logging()
  for (let attempt = 0; attempt < 20; attempt++) resting.refused([row(1), row(2), row(3, 'order.other')])
  after(4999)
  expect(resting.now()).toEqual({ ids: [], types: ['order.counted', 'order.other'] })
  after(5000)
  expect(resting.now()).toEqual({ ids: [], types: [] })
  expect(errors).toEqual([{ type: 'order.counted' }, { type: 'order.other' }])
})
