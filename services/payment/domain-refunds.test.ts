import { describe, expect, test } from 'bun:test'
import { hour, minute } from '#shared/time'
import { causeOf, dueAction, dueRefunds, type OrderFacts, refundsToBegin, retryPauseMs, settledRefund } from './domain-refunds'

const payment = { id: 5, payment_method: 'credit_card', status: 'completed', amount: 3000, isCaptured: true } as const
const open = { ...payment, status: 'authorized', isCaptured: false, doing: null } as const
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
    [
      'of an order that a later payment of enough paid',
      {
        captured: [
          { id: 5, amount: 3000 },
          { id: 6, amount: 3600 },
        ],
        due: 3600,
      },
      ['auto:5 paid_twice 3000'],
    ],
    [
      'of an order that an earlier payment of too little did not pay',
      {
        paidBy: 4,
        captured: [
          { id: 4, amount: 2400 },
          { id: 5, amount: 3000 },
        ],
        due: 3000,
      },
      [],
    ],
    [
      'while nobody knows which of two amounts paid',
      {
        returns,
        captured: [
          { id: 5, amount: 3000 },
          { id: 6, amount: 3600 },
        ],
      },
      [],
    ],
    [
      'of two equal amounts, of which the first pays',
      {
        paidBy: 4,
        captured: [
          { id: 4, amount: 3000 },
          { id: 5, amount: 3000 },
        ],
      },
      ['auto:5 paid_twice 3000'],
    ],
    [
      'of a cancelled order, although nobody knows which of two amounts paid',
      {
        isCancelled: true,
        captured: [
          { id: 5, amount: 3000 },
          { id: 6, amount: 3600 },
        ],
      },
      ['auto:5 order_cancelled 3000'],
    ],
    ['of an order that costs less', { due: 2400, returns: [] }, ['overpaid:5 overpaid 600']],
    ['of an order that costs as much', { due: 3000 }, []],
    ['of an order that costs more', { due: 3100 }, []],
    [
      'of returned goods of an order that costs less',
      { due: 2900, returns: [{ id: 7, amount: 500 }] },
      ['overpaid:5 overpaid 100', 'return:7 goods_returned 500'],
    ],
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
    const onItsWay = { isCancelled: false, isDelivered: false }
    expect([dueAction(open, onItsWay), dueAction(cash, onItsWay)]).toEqual([undefined, undefined])
    expect([dueAction({ ...open, isCaptured: true }, cancelled), dueAction({ ...cash, status: 'voided' }, delivered)]).toEqual([
      undefined,
      undefined,
    ])
    expect([dueAction({ ...payment, doing: null }, cancelled), dueAction({ ...open, status: 'failed' }, cancelled)]).toEqual([
      undefined,
      undefined,
    ])
  })
})

test('a payment is voided, even after the delivery, where another one has brought as much', () => {
  const cash = { ...open, payment_method: 'cash_on_delivery' } as const
  const actionBeside = (amount: number) => dueAction(cash, { isCancelled: false, isDelivered: true, captured: [{ id: 4, amount }] })
  expect([actionBeside(3000), actionBeside(3600), actionBeside(2999)]).toEqual(['void', 'void', 'capture'])
})

test('a payment that its provider is being asked about waits for the answer', () => {
  expect(dueAction({ ...open, doing: 'capture' }, { isCancelled: true, isDelivered: false })).toBeUndefined()
})

describe('the refunds to begin', () => {
  const sums = { captured: 3000, refunded: 0, refunding: 0 }
  const due = dueRefunds(payment, { ...order, due: 2800, returns })
  const begin = (known: Partial<typeof sums>, begun: string[] = []) =>
    refundsToBegin({ ...sums, ...known }, due, new Set(begun)).map(({ key, amount }) => `${key} ${amount}`)
  test('are those that were not begun before', () => {
    expect(begin({})).toEqual(['overpaid:5 200', 'return:7 500', 'return:8 100'])
    expect(begin({}, ['overpaid:5', 'return:8'])).toEqual(['return:7 500'])
    expect(refundsToBegin(sums, due, new Set()).map(({ cause }) => cause)).toEqual(['overpaid', 'goods_returned', 'goods_returned'])
  })
  test('never refund more than is left', () => {
    expect(begin({ refunded: 2000, refunding: 450 })).toEqual(['overpaid:5 200', 'return:7 350'])
    expect(begin({ refunding: 3000 })).toEqual([])
  })
})

describe('the outcome of a refund', () => {
  const sums = { captured: 3000, refunded: 500, refunding: 1000 }
  const refund = { state: 'pending', amount: 1000, attempt: 1 } as const
  test('moves the money that was set aside', () => {
    const after = { captured: 3000, refunded: 1500, refunding: 0 }
    expect(settledRefund(sums, refund, 'succeeded')).toEqual({ sums: after, status: 'partially_refunded' })
    expect(settledRefund({ ...sums, refunded: 2000 }, refund, 'succeeded')?.status).toBe('refunded')
    expect(settledRefund({ ...sums, refunding: 1200 }, refund, 'succeeded')?.sums).toEqual({ ...after, refunding: 200 })
  })
  test('that failed is tried again until the last attempt', () => {
    expect(settledRefund(sums, refund, 'failed')).toEqual({ sums: { ...sums, refunding: 0 }, retryInMs: retryPauseMs(1) ?? 0 })
    expect(settledRefund(sums, { ...refund, attempt: 5 }, 'failed')).toStrictEqual({ sums: { ...sums, refunding: 0 } })
  })
  test('counts once, and not while it is open', () => {
    expect(settledRefund(sums, { ...refund, state: 'succeeded' }, 'succeeded')).toBeUndefined()
    expect(settledRefund(sums, { ...refund, state: 'failed' }, 'succeeded')).toBeUndefined()
    expect(settledRefund(sums, refund, 'pending')).toBeUndefined()
  })
})

test('a failed refund is tried again with growing pauses, and not for ever', () => {
  expect([1, 2, 3, 4, 5].map(retryPauseMs)).toEqual([minute, 10 * minute, hour, 6 * hour, undefined])
})

test('the cause of a refund of an earlier release is read from its key, and only then from its reason', () => {
  const row = { refund_cause: null, cause: null, reason: 'paid_twice' }
  expect([causeOf(row), causeOf({ ...row, cause: 'auto:5' }), causeOf({ ...row, cause: 'return:5' })]).toEqual([
    'requested',
    'paid_twice',
    'goods_returned',
  ])
  expect(causeOf({ ...row, refund_cause: 'overpaid' })).toBe('overpaid')
  expect([causeOf({ ...row, cause: 'auto:5', reason: null }), causeOf({ ...row, cause: 'overpaid:5' })]).toEqual([
    'order_cancelled',
    'requested',
  ])
})
