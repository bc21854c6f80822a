import { afterAll, describe, expect, test } from 'bun:test'
import { createMetrics } from './metrics'
import { eventually } from './testing'

const opened: ReturnType<typeof createMetrics>[] = []
const open = () => {
  const metrics = createMetrics('order')
  opened.push(metrics)
  return metrics
}
afterAll(() => {
  for (const metrics of opened) metrics.close()
})

/** The value of one series; labels may come in any order. */
const series = async (metrics: ReturnType<typeof createMetrics>, name: string, labels: Record<string, string> = {}) => {
  const lines = (await metrics.text()).split('\n')
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  const line = lines.find(line => line.startsWith(`${name}{`) && wanted.every(part => line.includes(part)))
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ') + 1))
}

describe('metrics', () => {
  test('count requests and their durations by route template and status', async () => {
    const metrics = open()
    for (const status of [200, 200, 404]) metrics.request({ method: 'GET', route: '/api/products/:id', status, seconds: 0.02 })
    const found = { method: 'GET', route: '/api/products/:id', status: '200', service: 'order' }
    expect(await series(metrics, 'http_request_duration_seconds_count', found)).toBe(2)
    expect(await series(metrics, 'http_request_duration_seconds_sum', found)).toBeCloseTo(0.04)
    expect(await series(metrics, 'http_request_duration_seconds_bucket', { ...found, le: '0.01' })).toBe(0)
    expect(await series(metrics, 'http_request_duration_seconds_bucket', { ...found, le: '0.025' })).toBe(2)
    expect(await series(metrics, 'http_request_duration_seconds_count', { status: '404' })).toBe(1)
  })

  test('stay bounded, however many methods clients invent', async () => {
    const metrics = open()
    for (let count = 0; count < 5000; count++) metrics.request({ method: `M${count}`, route: 'none', status: 404, seconds: 0.001 })
    expect((await metrics.text()).match(/_count\{/g)!.length).toBeLessThanOrEqual(2000)
  })

  test('count events handled, retried and given up, and calls of other services', async () => {
    const metrics = open()
    metrics.countHandled('order.created')
    metrics.countHandled('order.created')
    metrics.countRetried('order.created')
    metrics.countDeadLettered('order.cancelled')
    metrics.setHeld(4)
    metrics.call('product', '200', 0.01)
    metrics.breakersOpen('product', 1)
    expect(await series(metrics, 'events_handled_total', { type: 'order.created' })).toBe(2)
    expect(await series(metrics, 'events_retried_total', { type: 'order.created' })).toBe(1)
    expect(await series(metrics, 'events_dead_lettered_total', { type: 'order.cancelled' })).toBe(1)
    expect(await series(metrics, 'events_held')).toBe(4)
    expect(await series(metrics, 'http_client_duration_seconds_count', { callee: 'product', outcome: '200' })).toBe(1)
    expect(await series(metrics, 'breakers_open', { callee: 'product' })).toBe(1)
  })

  test('begin the series of each event with 0, so that the first one is an increase', async () => {
    const metrics = open()
    metrics.countHandled('order.created')
    metrics.consuming(['order.created', 'inventory.commit_failed'])
    expect(await series(metrics, 'events_handled_total', { type: 'inventory.commit_failed' })).toBe(0)
    expect(await series(metrics, 'events_dead_lettered_total', { type: 'inventory.commit_failed' })).toBe(0)
    expect(await series(metrics, 'events_handled_total', { type: 'order.created' })).toBe(1)
  })

  test('read the outbox once for both figures, and are served while the store is down', async () => {
    const metrics = open()
    let looks = 0
    let look = async (): Promise<{ count: number; oldest?: Date }> => ({ count: 3, oldest: new Date(Date.now() - 5000) })
    metrics.outbox(() => {
      looks++
      return look()
    })
    const text = await metrics.text()
    expect(text).toMatch(/outbox_waiting\{service="order"\} 3/)
    expect(text).toMatch(/outbox_oldest_age_seconds\{service="order"\} [5-6]/)
    expect(looks).toBe(1)
    look = async () => ({ count: 0 })
    expect(await series(metrics, 'outbox_oldest_age_seconds')).toBe(0)
    look = () => Promise.reject(new Error('down'))
    expect(await series(metrics, 'process_resident_memory_bytes')).toBeGreaterThan(1e6)
  })

  test('show pools, memory, processor time, and a business counter of a service’s own', async () => {
    const metrics = open()
    metrics.pool('mysql', () => ({ size: 4, inUse: 3, waiting: 2 }))
    metrics.counter('orders_failed_total', 'Orders that could not be placed', ['reason']).inc({ reason: 'out_of_stock' })
    expect(await series(metrics, 'pool_connections', { store: 'mysql', state: 'open' })).toBe(4)
    expect(await series(metrics, 'pool_connections', { store: 'mysql', state: 'in_use' })).toBe(3)
    expect(await series(metrics, 'pool_connections', { store: 'mysql', state: 'awaited' })).toBe(2)
    expect(await series(metrics, 'orders_failed_total', { reason: 'out_of_stock' })).toBe(1)
    const first = (await series(metrics, 'process_cpu_seconds_total'))!
    expect(first).toBeGreaterThan(0)
    expect(await series(metrics, 'process_cpu_seconds_total')).toBeGreaterThanOrEqual(first)
  })

  test('show an event loop that was blocked', async () => {
    const metrics = open()
    await eventually(async () => {
      const until = performance.now() + 250
      while (performance.now() < until);
      return ((await series(metrics, 'event_loop_lag_seconds', { quantile: '1' })) ?? 0) > 0.05
    })
  })

  test('of two services in one process are separate', async () => {
    const [one, two] = [createMetrics('order'), createMetrics('tax')]
    one.countHandled('order.created')
    expect(await series(two, 'events_handled_total')).toBeUndefined()
    one.close()
    two.close()
  })
})
