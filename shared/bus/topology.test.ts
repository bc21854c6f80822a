import { expect, test } from 'bun:test'
import { Type as t } from '@sinclair/typebox'
import type { Bus } from '../bus'
import { defineEvent } from '../event'
import { brokerTopology, testBus } from '../testing'
import { overdue, paid } from '../testing/bus'

const counted = defineEvent('inventory.counted', {
  from: 'inventory',
  to: ['order', 'search'],
  aggregate: 'stock',
  data: t.Object({ n: t.Integer() }),
})
const events = [paid, counted, overdue]

test('a service declares its own queues, and those that its events go to: together all that the platform has', async () => {
  const broker = await testBus(events, { retryDelaysMs: [50] })
  const queuesOf = async (bus: Bus) => (await bus.queues()).map(({ queue }) => queue).sort()
  try {
    const own = ['retry.50ms', 'search.inventory-events', 'search.inventory-events.dlq']
    expect(await queuesOf(await broker.open('search'))).toEqual(own)

    const ofOrder = ['order.overdue', 'order.overdue.delay', 'order.overdue.delay.long', 'order.overdue.dlq']
    const received = ['order.inventory-events', 'order.inventory-events.dlq']
    const published = ['inventory.order-events', 'inventory.order-events.dlq']
    const all = [...own, ...ofOrder, ...received, ...published].sort()
    expect(await queuesOf(await broker.open('order'))).toEqual(all)
    expect([...brokerTopology({ events, prefix: '', retryDelaysMs: [50] }).queues.keys()].sort()).toEqual(all)
  } finally {
    await broker.drop()
  }
})
