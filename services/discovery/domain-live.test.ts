import { expect, test } from 'bun:test'
import { liveEvent } from './domain-live'

const message = (data: unknown, type = 'order') => ({
  id: 'e1',
  type: 'order.status_updated',
  source: 'order',
  time: '2026-01-31T12:00:00.000Z',
  request_id: 'r',
  traceparent: 't',
  version: 1,
  aggregate: { type, id: '7', version: 2 },
  data,
})
const known = { id: 'e1', type: 'order.status_updated', source: 'order', time: '2026-01-31T12:00:00.000Z' }

test('an event is shown by its ids, times and the words of the shop', () => {
  const data = { order_id: 7, user_id: 3, status: 'paid', previous: 'awaiting_payment', payment_status: 'paid', reason: 'out_of_stock' }
  expect(liveEvent(message(data))).toEqual({
    ...known,
    aggregate: { type: 'order', id: '7', version: 2 },
    order_id: 7,
    status: 'paid',
    previous: 'awaiting_payment',
    payment_status: 'paid',
    reason: 'out_of_stock',
  })
})

test('nothing that a person typed or is called by is shown', () => {
  const typed = {
    order_id: '7',
    reason: 'Ring at Ann’s, 5 Side St',
    status: 'ann@example.com',
    name: 'Ann',
    payment_status: 'a'.repeat(41),
  }
  for (const type of ['user', 'admin_act', 'notification', 'watch']) expect(liveEvent(message(typed, type))).toEqual(known)
  for (const type of ['payment.refunded', 'order.return_updated'])
    expect(liveEvent({ ...message({ reason: 'ann', status: ['x'] }, 'user'), type })).toEqual({ ...known, type })
  for (const data of [null, 'text', 5, [], undefined]) expect(liveEvent(message(data, 'user'))).toEqual(known)
})

test('a state is a few words of letters, and at most forty of them', () => {
  const statusOf = (status: unknown) => liveEvent(message({ status }, 'user')).status
  for (const word of ['paid', 'awaiting_payment', 'a_b_c_d_e_f', 'a'.repeat(40)]) expect(statusOf(word)).toBe(word)
  for (const other of ['', 'Paid', '_paid', 'paid_', 'a_b_c_d_e_f_g', 'paid!', '1 paid', 'paid 1', 5, null])
    expect(statusOf(other)).toBeUndefined()
  for (const order_id of [1.5, '1', null, Number.MAX_SAFE_INTEGER + 1])
    expect(liveEvent(message({ order_id }, 'user')).order_id).toBeUndefined()
})
