import { expect, test } from 'bun:test'
import { queueRates } from './domain-queues'

test('a queue is emptied as fast as the types are handled that come from no other queue of its service', () => {
  const queues = [
    { queue: 'user.order-events', kind: 'events', service: 'user', types: ['admin.acted'] },
    { queue: 'user.tax-events', kind: 'events', service: 'user', types: ['admin.acted', 'tax.changed'] },
    { queue: 'order.payment-events', kind: 'events', service: 'order', types: ['payment.processed', 'payment.failed'] },
    { queue: 'order.payment-events.dlq', kind: 'dead_letters', service: 'order', types: ['payment.processed'] },
    { queue: 'order.payment-timeout', kind: 'timer', service: 'order', types: ['order.payment-timeout'] },
    { queue: 'tax.payment-events', kind: 'events', service: 'tax', types: ['payment.processed'] },
    { queue: 'retry.1s', kind: 'retry', types: [] },
  ]
  const handled = { user: { 'admin.acted': 9, 'tax.changed': 1 }, order: { 'payment.processed': 2, 'payment.failed': 0.5 } }
  expect(queueRates(queues, handled).map(({ queue, handled }) => [queue, handled])).toEqual([
    ['user.order-events', null],
    ['user.tax-events', 1],
    ['order.payment-events', 2.5],
    ['order.payment-events.dlq', null],
    ['order.payment-timeout', 0],
    ['tax.payment-events', 0],
    ['retry.1s', null],
  ])
})
