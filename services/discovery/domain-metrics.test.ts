import { afterAll, describe, expect, test } from 'bun:test'
import { createMetrics } from '#shared/metrics'
import { figuresBetween, handledBetween, quantile, type Reading, readingOf, together } from './domain-metrics'

const metrics = createMetrics('order')
afterAll(() => metrics.close())

const nothing = readingOf('')
const reading = (more: Partial<Reading>): Reading => ({ ...nothing, ...more })

describe('a reading', () => {
  test('has what the metrics of a service say, with its probes and those of the control room apart', async () => {
    const get = (route: string, status = 200, seconds = 0.02) => metrics.request({ method: 'GET', route, status, seconds })
    for (const route of ['/api/orders', '/api/orders/:id', '/internal/drift', 'none']) get(route)
    get('/api/orders', 503, 0.2)
    for (const route of ['/health', '/ready', '/metrics', '/api/discovery/overview', '/api/discovery/queues']) get(route, 500, 9)
    metrics.countHandled('payment.processed')
    metrics.countHandled('payment.processed')
    metrics.countHandled('say "hello"')
    metrics.countRetried('payment.processed')
    metrics.countDeadLettered('payment.failed')
    metrics.setUnderWay(3)
    metrics.setHeld(2)
    metrics.outbox(async () => ({ count: 7, oldest: new Date(Date.now() - 4000) }))
    const { latency, ...read } = readingOf(await metrics.text())
    expect(read).toMatchObject({
      requests: 5,
      errors: 1,
      probes: 5,
      handled: { 'payment.processed': 2 },
      retried: 1,
      deadLettered: 1,
      beingHandled: 3,
      held: 2,
      outbox: 7,
    })
    expect(read.outboxAgeSeconds).toBeWithin(3.5, 6)
    expect(read.cpuSeconds).toBeGreaterThan(0)
    expect(read.memoryBytes).toBeGreaterThan(1e6)
    expect(Object.fromEntries(latency)).toMatchObject({ 0.01: 0, 0.025: 4, 0.1: 4, 0.25: 5, 10: 5, 1e9: 5 })
    // It is kept as JSON.
    expect(JSON.parse(JSON.stringify(latency))).toEqual(latency)
  })

  test('counts as a probe only what is one', () => {
    const probesIn = (route: string) => readingOf(`http_request_duration_seconds_count{route="${route}",status="200"} 3`)
    for (const route of ['/x/health', '/health/x', '/x/api/discovery/overview', '/api/discovery/overview/x'])
      expect([route, probesIn(route)]).toMatchObject([route, { requests: 3, probes: 0 }])
    for (const route of ['/ready', '/api/discovery/stream']) expect(probesIn(route)).toMatchObject({ requests: 0, probes: 3 })
  })

  test('takes metrics with and without labels, sums them over their labels, and sorts the bounds', () => {
    const text = `# HELP events_held x
events_held 2
outbox_waiting{service="order"} 3
events_retried_total{type="a",service="order"} 1
events_retried_total{type="b",service="order"} 4
events_handled_total 5
events_held 1 1700000000
http_request_duration_seconds_bucket{route="/x",le="+Inf"} 9
http_request_duration_seconds_bucket{route="/x",le="0.5"} 8
http_request_duration_seconds_bucket{route="/x",le="0.1"} 7
http_request_duration_seconds_count{method="GET"} 6`
    expect(readingOf(text)).toEqual({
      ...nothing,
      held: 2,
      outbox: 3,
      retried: 5,
      handled: { '': 5 },
      requests: 6,
      latency: [
        [0.1, 7],
        [0.5, 8],
        [1e9, 9],
      ],
    })
  })

  test('of something else is one of nothing', () => {
    for (const text of ['', '<html>', 'constructor 5', 'outbox_waiting', '{}']) expect(readingOf(text).requests).toBe(0)
    expect(nothing.latency).toEqual([])
  })
})

describe('a latency', () => {
  const latency: [number, number][] = [
    [0.01, 0],
    [0.1, 90],
    [1, 100],
    [1e9, 100],
  ]
  test('is on the straight line through its bucket', () => {
    expect(quantile(latency, 0.5)).toBeCloseTo(60)
    expect(quantile(latency, 0.9)).toBeCloseTo(100)
    expect(quantile(latency, 0.99)).toBeCloseTo(910)
    expect(quantile(latency, 1)).toBeCloseTo(1000)
    expect(quantile(latency, 0)).toBeCloseTo(10)
  })
  test('above the last bound is at least that bound, and of no requests it is unknown', () => {
    const slow: [number, number][] = [
      [0.1, 1],
      [1e9, 10],
    ]
    expect(quantile(slow, 0.99)).toBe(100)
    expect(quantile([[0.1, 0]], 0.5)).toBeNull()
    expect(quantile([], 0.5)).toBeNull()
    expect(quantile([[0.1, 4]], 1)).toBe(100)
  })
})

describe('figures between two readings', () => {
  const before = reading({
    requests: 100,
    errors: 4,
    probes: 10,
    cpuSeconds: 1,
    handled: { a: 5, b: 1 },
    retried: 1,
    deadLettered: 1,
    outbox: 9,
  })
  const after = reading({
    ...before,
    requests: 150,
    errors: 5,
    probes: 20,
    cpuSeconds: 3,
    handled: { a: 15, b: 1, c: 10 },
    retried: 6,
    deadLettered: 2,
    memoryBytes: 42,
    beingHandled: 3,
    held: 1,
    outbox: 2,
    outboxAgeSeconds: 1.5,
    latency: [
      [0.1, 50],
      [0.5, 50],
      [1e9, 50],
    ],
  })
  test('are rates for a second, and the state at the later one', () => {
    expect(figuresBetween(before, after, 10)).toEqual({
      requests: 5,
      errors: 0.1,
      probes: 1,
      p50_ms: 50,
      p99_ms: 99,
      cpu: 0.2,
      memory_bytes: 42,
      handled: 2,
      retried: 0.5,
      dead_lettered: 0.1,
      being_handled: 3,
      held: 1,
      outbox: 2,
      outbox_age_seconds: 1.5,
    })
    expect(handledBetween(before, after, 10)).toEqual({ a: 1, c: 1 })
  })
  test('count only the requests between them, and never less than none', () => {
    const later = reading({
      ...after,
      latency: [
        [0.1, 50],
        [0.5, 60],
        [1e9, 60],
      ],
    })
    expect(figuresBetween(after, later, 10).p50_ms).toBeCloseTo(300)
    expect(figuresBetween(after, after, 10)).toMatchObject({ requests: 0, p50_ms: null, handled: 0 })
    expect(figuresBetween(after, before, 10)).toMatchObject({ requests: 0, errors: 0, cpu: 0 })
    expect(handledBetween(after, before, 10)).toEqual({})
  })
  test('of a service are those of its instances together; they share one outbox', () => {
    const other = reading({
      requests: 1,
      handled: { a: 1 },
      memoryBytes: 8,
      outbox: 3,
      outboxAgeSeconds: 1,
      latency: [
        [0.1, 1],
        [0.5, 1],
        [1e9, 2],
      ],
    })
    expect(together([after, other])).toEqual({
      ...after,
      requests: 151,
      memoryBytes: 50,
      handled: { a: 16, b: 1, c: 10 },
      outbox: 3,
      latency: [
        [0.1, 51],
        [0.5, 51],
        [1e9, 52],
      ],
    })
    expect(together([other, { ...other, latency: [[0.05, 1], ...other.latency] }]).latency.map(([bound]) => bound)).toEqual([
      0.05, 0.1, 0.5, 1e9,
    ])
    expect(together([])).toEqual(nothing)
  })
})
