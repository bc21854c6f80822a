import { describe, expect, test } from 'bun:test'
import { causeOf, dueAction, dueRefunds, type OrderFacts, retryPauseMs } from './domain-refunds'

const payment = { id: 5, payment_method: 'credit_card', status: 'completed', amount: 3000, isCaptured: true } as const
const open = { ...payment, status: 'authorized', isCaptured: false } as const
const order: OrderFacts = { isCancelled: false, isDelivered: false, paidBy: 5, returns: [] }
const returns = [
  { id: 7, amount: 500 },
  { id: 8, amount: 100 },
]

describe('the refunds that are due for a payment', () => {
  test.each<[string, Partial<OrderFacts>, string[]]>([
    ['of an order that continues', {}, []],
    ['of a cancelled order', { isCancelled: true }, ['auto:5 order_cancelled 3000']],
    ['of an order that another payment paid', { paidBy: 4 }, ['auto:5 paid_twice 3000']],
    ['of a cancelled order that another payment paid', { paidBy: 4, isCancelled: true }, ['auto:5 paid_twice 3000']],
    ['of returned goods', { returns }, ['return:7 goods_returned 500', 'return:8 goods_returned 100']],
    ['of returned goods of a cancelled order', { returns, isCancelled: true }, ['auto:5 order_cancelled 3000']],
    ['of an order that costs less', { due: 2400, returns: [] }, ['overpaid:5 overpaid 600']],
    ['of an order that costs as much', { due: 3000 }, []],
  ])('%s', (_, facts, expected) => {
    const due = dueRefunds(payment, { ...order, ...facts }).map(({ key, cause, upTo }) => `${key} ${cause} ${upTo}`)
    expect(due).toEqual(expected)
  })
  test('are none before it captured anything', () => {
    expect(dueRefunds(open, { ...order, paidBy: null, isCancelled: true, returns })).toEqual([])
  })
})

describe('a payment that captured nothing', () => {
  const cash = { ...open, payment_method: 'cash_on_delivery' } as const
  test('is voided when its order is cancelled, and captured when it is paid at the door', () => {
    const [cancelled, delivered] = [
      { isCancelled: true, isDelivered: true },
      { isCancelled: false, isDelivered: true },
    ]
    expect([dueAction(open, cancelled), dueAction(cash, cancelled)]).toEqual(['void', 'void'])
    expect([dueAction(open, delivered), dueAction(cash, delivered)]).toEqual([undefined, 'capture'])
    expect([dueAction(payment, cancelled), dueAction({ ...open, status: 'failed' }, cancelled)]).toEqual([undefined, undefined])
  })
})

test('a failed refund is tried again with growing pauses, and not for ever', () => {
  const pauses = [1, 2, 3, 4].map(attempt => retryPauseMs(attempt) ?? 0)
  expect(pauses).toEqual([...pauses].sort((a, b) => a - b))
  expect(pauses[0]).toBeGreaterThan(0)
  expect(retryPauseMs(5)).toBeUndefined()
})

test('the cause of a refund of an earlier release is read from its key, and only then from its reason', () => {
  const row = { refund_cause: null, cause: null, reason: 'paid_twice' }
  expect([causeOf(row), causeOf({ ...row, cause: 'auto:5' }), causeOf({ ...row, cause: 'return:5' })]).toEqual([
    'requested',
    'paid_twice',
    'goods_returned',
  ])
  expect(causeOf({ ...row, refund_cause: 'overpaid' })).toBe('overpaid')
})
