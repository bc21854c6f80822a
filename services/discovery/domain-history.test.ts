import { expect, test } from 'bun:test'
import { historyOf, pointOf } from './domain-history'
import { figuresBetween, readingOf } from './domain-metrics'

const nothing = figuresBetween(readingOf(''), readingOf(''), 1)
const row = (at: number, requests: number, more = {}) => ({ at, services: { order: pointOf({ ...nothing, requests, ...more }) } })

test('a history has one value for each step: the mean, or the worst of latencies and outboxes, and null where there was no sample', () => {
  const rows = [
    row(1000, 9),
    row(2000, 2, { p50_ms: 10, p99_ms: 10, outbox: 1 }),
    row(11_000, 4, { p50_ms: 30, p99_ms: 90, outbox: 5, retried: 2, dead_lettered: 1 }),
    row(11_001, 6, { p50_ms: null, p99_ms: null }),
    row(31_000, 7),
    row(31_001, 8),
  ]
  const { times, services } = historyOf(rows, { from: 1000, to: 31_000, points: 3 })
  expect(times).toEqual([11, 21, 31])
  expect(services.order).toMatchObject({
    requests: [3, 6, 7],
    p50_ms: [20, null, null],
    p99_ms: [90, null, null],
    outbox: [5, 0, 0],
    failed: [1.5, 0, 0],
    cpu: [0, 0, 0],
  })
  expect(historyOf(rows, { from: 40_000, to: 50_000, points: 2 }).services.order?.requests).toEqual([null, null])
})

test('a point keeps four digits', () => {
  expect(pointOf({ ...nothing, requests: 1 / 3, p99_ms: 123.456, memory_bytes: 98_765_432 })).toEqual([
    0.3333,
    0,
    null,
    123.5,
    0,
    98_770_000,
    0,
    0,
    0,
  ])
})

test('a history of nothing has its times and no service', () => {
  expect(historyOf([], { from: 0, to: 4000, points: 2 })).toEqual({ times: [2, 4], services: {} })
})
