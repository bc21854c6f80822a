import { expect, setSystemTime, test } from 'bun:test'
import { createUnroutableRows } from './unroutable'

const row = (id: number) => ({ id, type: 'order.counted', message_id: `message-${id}` })
const logging = () => {
  const errors: unknown[] = []
  return { errors, rows: createUnroutableRows<number>({ info() {}, warn() {}, error: (fields: unknown) => void errors.push(fields) }) }
}

test('an unroutable row is logged once, and rests longer after each attempt', () => {
  const { errors, rows } = logging()
  const start = new Date('2026-01-01T00:00:00Z').getTime()
  const restingAfter = (ms: number) => {
    setSystemTime(start + ms)
    return rows.resting()
  }
  try {
    setSystemTime(start)
    rows.add(row(7))
    expect(restingAfter(499)).toEqual([7])
    expect(restingAfter(500)).toEqual([])
    rows.add(row(7))
    expect(restingAfter(1499)).toEqual([7])
    expect(restingAfter(1500)).toEqual([])
    for (let attempt = 0; attempt < 20; attempt++) rows.add(row(7))
    expect(restingAfter(1500 + 59_999)).toEqual([7])
    expect(restingAfter(1500 + 60_000)).toEqual([])
  } finally {
    setSystemTime()
  }
  expect(errors).toEqual([{ type: 'order.counted', message_id: 'message-7' }])
})

test('a row that a queue took is logged anew when it is refused again', () => {
  const { errors, rows } = logging()
  rows.add(row(1))
  rows.delete([1])
  expect(rows.resting()).toEqual([])
  rows.add(row(1))
  expect(errors).toHaveLength(2)
})

test('at most a thousand rows rest; the one that was refused longest ago makes room', () => {
  const { rows } = logging()
  for (let id = 0; id < 1001; id++) rows.add(row(id))
  expect(rows.resting()).toHaveLength(1000)
  expect(rows.resting()).not.toContain(0)
})
