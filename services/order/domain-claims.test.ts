import { describe, expect, test } from 'bun:test'
import type { AppError } from '#shared/errors'
import { minute } from '#shared/time'
import type { Payment } from './domain'
import {
  type Awaited,
  claimAfter,
  claimFor,
  endsPending,
  holdFor,
  isFrozen,
  requireFewFailed,
  requireGoingOn,
  requireHoldable,
  requirePayable,
  requireRepriceable,
  reservationGraceMs,
  unpaidUntil,
} from './domain-claims'

const at = (ms: number) => new Date(ms)
const now = at(1000)
const order: Awaited = {
  status: 'awaiting_payment',
  payment_status: 'unpaid',
  total: 3000,
  currency: 'USD',
  payment_due_at: at(5000),
  reservation_expires_at: at(9000),
  claim_payment_id: null,
  claim_until: null,
}
const claimed = { ...order, claim_payment_id: 7, claim_until: at(2500) }
const due = { payment_id: 7, amount: 30 }
const refusalOf = (attempt: () => void) => {
  try {
    attempt()
  } catch (error) {
    const { code, retryAfter } = error as AppError
    return retryAfter === undefined ? code : `${code} after ${retryAfter} s`
  }
  return undefined
}
const claim = (known: Awaited, request: Partial<typeof due> & { currency?: string } = {}) =>
  refusalOf(() => requirePayable(known, { ...due, ...request }, now))
const claimAfterPayments = (count: number, payment: Payment) =>
  refusalOf(() => requireFewFailed({ payments: Object.fromEntries(Array.from({ length: count }, (_, n) => [100 + n, payment])) }))

test('an order is held for no payment that is over', () => {
  const payments = { 7: { ended: true }, 8: { authorized: 3000 } } as const
  const refused = [7, 8, 9].map(id => refusalOf(() => requireGoingOn({ payments }, id)))
  expect(refused).toEqual(['order_not_payable', undefined, undefined])
})

test('an order may be payable after the answers of stock and promotion, and after nothing else', () => {
  const kinds = ['reserved', 'stock_refused', 'redeemed', 'promise_refused', 'committed', 'commit_failed', 'payment', 'refund'] as const
  expect(kinds.filter(endsPending)).toEqual(['reserved', 'stock_refused', 'redeemed', 'promise_refused'])
})

describe('a payment', () => {
  test('claims an order for what it costs, in its currency', () => {
    expect([claim(order), claim(order, { currency: 'USD' })]).toEqual([undefined, undefined])
    expect([claim(order, { amount: 29 }), claim(order, { currency: 'EUR' })]).toEqual(['amount_mismatch', 'currency_mismatch'])
  })
  test('claims an order that awaits it, and may try again while the order is checked', () => {
    expect(claim({ ...order, status: 'pending' })).toBe('order_not_payable after 1 s')
    expect([claim({ ...order, status: 'paid' }), claim({ ...order, status: 'cancelled' })]).toEqual([
      'order_not_payable',
      'order_not_payable',
    ])
  })
  test('waits until the claim of another one ends', () => {
    expect(claim(claimed, { payment_id: 8 })).toBe('payment_in_progress after 2 s')
    expect(claim({ ...claimed, claim_until: now }, { payment_id: 8 })).toBeUndefined()
    // Nobody knows when an authorized payment ends.
    for (const known of [order, claimed])
      expect(claim({ ...known, payment_status: 'authorized' }, { payment_id: 8 })).toBe('payment_in_progress')
  })
  test('begins no later than the order is due, but one that has claimed it may claim it again', () => {
    expect(claim({ ...order, payment_due_at: now })).toBe('order_not_payable')
    expect(claim({ ...claimed, payment_due_at: now })).toBeUndefined()
  })
  test('begins no more once twenty of its order have failed; those that took money after all did not', () => {
    expect([claimAfterPayments(19, { ended: true }), claimAfterPayments(20, { ended: true })]).toEqual([undefined, 'order_not_payable'])
    expect([claimAfterPayments(20, { authorized: 1 }), claimAfterPayments(20, { captured: 1, ended: true })]).toEqual([
      undefined,
      undefined,
    ])
  })
  test('holds an order that is due already, and none whose price has changed', () => {
    expect(refusalOf(() => requireHoldable({ ...order, payment_due_at: now }, due, now))).toBeUndefined()
    expect(refusalOf(() => requireHoldable({ ...order, total: 2000 }, due, now))).toBe('amount_mismatch')
  })
})

test('address and price change only while nobody pays', () => {
  expect([isFrozen(order, now), isFrozen(claimed, now), isFrozen(claimed, at(2500))]).toEqual([false, true, false])
  expect(refusalOf(() => requireRepriceable(order, now))).toBeUndefined()
  expect(refusalOf(() => requireRepriceable(claimed, now))).toBe('payment_in_progress')
  expect(refusalOf(() => requireRepriceable({ ...order, status: 'paid' }, now))).toBe('illegal_transition')
})

describe('a claim', () => {
  test('that is repeated is not shortened', () => {
    expect(claimFor(claimed, 7, at(2000)).claim_until).toEqual(at(2500))
    expect(claimFor(claimed, 7, at(3000)).claim_until).toEqual(at(3000))
    expect(claimFor(claimed, 8, at(2000))).toEqual({ claim_payment_id: 8, claim_until: at(2000) })
  })
  test('that outlasts the reserved stock takes the due time along', () => {
    expect(holdFor(order, 7, at(9000))).toEqual({ claim: { claim_payment_id: 7, claim_until: at(9000) } })
    expect(reservationGraceMs).toBe(10 * minute)
    expect(holdFor(order, 7, at(9001)).due).toEqual({ payment_due_at: at(9001), reservation_expires_at: at(9001 + reservationGraceMs) })
  })
  test('ends with the outcome of its own payment', () => {
    const fact = { kind: 'payment', id: 7, method: 'wallet', outcome: 'failed', amount: 3000 } as const
    expect(claimAfter(claimed, fact)).toEqual({ claim_payment_id: null, claim_until: null })
    expect([claimAfter(claimed, { ...fact, id: 8 }), claimAfter(claimed, { kind: 'refund', id: 7, total: 1 })]).toEqual([{}, {}])
  })
  test('that ends after the due time lets the order wait for it', () => {
    expect([unpaidUntil(order), unpaidUntil(claimed), unpaidUntil({ ...claimed, claim_until: at(5001) })]).toEqual([
      at(5000),
      at(5000),
      at(5001),
    ])
  })
})
