import { describe, expect, test } from 'bun:test'
import { type Flowing, mostKept, withNewest } from '../../web/control/flowing'
import { pendingOf } from '../../web/control/pending'
import { gist, stepsOf } from '../../web/control/timeline'

type Known = Parameters<typeof pendingOf>[0]
const order = (status: Known['order']['status'], more: Partial<Known['order']> = {}): Known['order'] => ({
  status,
  payment_status: 'unpaid',
  payment_due_at: '2026-01-31T12:15:00.000Z',
  reservation_expires_at: '2026-01-31T12:25:00.000Z',
  ...more,
})
const waits = (known: Known) => pendingOf(known).map(({ waits }) => waits)

describe('what an order waits for', () => {
  test('a pending one, for its stock and its coupon, until they are there', () => {
    expect(waits({ order: order('pending') })).toEqual(['inventory to reserve the stock'])
    const withCoupon = order('pending', { coupon_code: 'WELCOME10' })
    expect(waits({ order: withCoupon, story: { reservation: 'reserved', redemption: null } })).toEqual(['promotion to confirm the coupon'])
    expect(waits({ order: withCoupon, story: { reservation: 'reserved', redemption: 'redeemed' } })).toEqual([])
  })

  test('an unpaid one, for a payment until its deadline, which ends it', () => {
    const [payment, stock] = pendingOf({ order: order('awaiting_payment') })
    expect(payment).toMatchObject({ waits: 'a payment', until: '2026-01-31T12:15:00.000Z' })
    expect(payment?.ends.join()).toContain('order.payment-timeout')
    expect(stock).toMatchObject({ until: '2026-01-31T12:25:00.000Z' })
    const payments = [
      { id: 1, status: 'failed' as const, captured_amount: 0, refunded_amount: 0 },
      { id: 2, status: 'requires_action' as const, captured_amount: 0, refunded_amount: 0 },
    ]
    expect(waits({ order: order('awaiting_payment'), payments })[0]).toBe('payment 2, which is requires action')
  })

  test('a paid one, for what is still to come', () => {
    const parcels = (...all: ('created' | 'picked_up' | 'delivered')[]) => all.map((status, index) => ({ id: index + 1, status }))
    expect(waits({ order: order('paid'), story: { reservation: 'reserved', redemption: null } }).length).toBe(2)
    expect(waits({ order: order('paid'), story: { reservation: 'committed', redemption: null } })).toEqual(['shipping to make its parcels'])
    expect(waits({ order: order('fulfilling'), shipments: parcels('created', 'picked_up') })).toEqual([
      'the carrier to pick up every parcel (parcel 1)',
    ])
    expect(waits({ order: order('shipped'), shipments: parcels('delivered', 'picked_up') })).toEqual([
      'the carrier to deliver every parcel (parcel 2)',
    ])
  })

  test('nothing, when it is over and nobody waits for money', () => {
    expect(waits({ order: order('delivered') })).toEqual([])
    const paid = { id: 4, status: 'completed' as const, captured_amount: 30, refunded_amount: 10 }
    expect(waits({ order: order('cancelled'), payments: [paid] })).toEqual(['the refund of payment 4'])
    expect(waits({ order: order('cancelled'), payments: [{ ...paid, refunded_amount: 30 }] })).toEqual([])
  })
})

const fact = (event_id: string, time: string) => ({ event_id, type: 'order.created', service: 'order', time, data: {} })
const letter = { id: 'l1', queue: 'tax.order-events', type: 'order.created', reason: 'no', attempts: 4, age_seconds: 1 }

test('a story is in the order in which it happened, with its dead letters in between and how long each step took', () => {
  const facts = [fact('e1', '2026-01-31T12:00:00.000Z'), fact('e2', '2026-01-31T12:00:00.010Z'), fact('e3', '2026-01-31T12:01:00.010Z')]
  const steps = stepsOf(facts, [{ ...letter, failed_at: '2026-01-31T12:00:36.010Z' }])
  expect(steps.map(step => (step.kind === 'fact' ? step.fact.event_id : step.letter.id))).toEqual(['e1', 'e2', 'l1', 'e3'])
  expect(steps.map(({ gapMs }) => gapMs)).toEqual([undefined, 10, 36_000, 24_000])
  // The broker may not say when it gave a message up: it stands at the end.
  expect(stepsOf(facts, [{ ...letter, failed_at: null }]).at(-1)).toMatchObject({ kind: 'letter', gapMs: undefined })
})

test('the gist of a fact is its plain fields, without those that every fact has', () => {
  expect(gist({ order_id: 1, user_id: 2, status: 'awaiting_payment', amount: 3, lines: [1], reason: 'x'.repeat(41) })).toBe(
    'status awaiting payment · amount 3',
  )
  for (const data of [null, 'text', 4, []]) expect(gist(data)).toBe('')
})

describe('the orders that are shown live', () => {
  const flowing = (id: number, status = 'paid', at = id): Flowing => ({ id, status, at, moved: false })

  test('stand where they moved last, the newest first', () => {
    const orders = withNewest([], [flowing(1), flowing(3), flowing(2)])
    expect(orders.map(({ id }) => id)).toEqual([3, 2, 1])
    expect(withNewest(orders, [flowing(1, 'shipped', 4)])).toEqual([flowing(1, 'shipped', 4), flowing(3), flowing(2)])
  })

  test('are the newest alone, however many there were', () => {
    let orders: readonly Flowing[] = []
    for (let id = 1; id <= mostKept + 5; id++) orders = withNewest(orders, [flowing(id)])
    expect([orders.length, orders[0]?.id, orders.at(-1)?.id]).toEqual([mostKept, mostKept + 5, 6])
  })
})
