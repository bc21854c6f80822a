import { describe, expect, test } from 'bun:test'
import { addFact, type Fact, isOverpaid, noFacts, paidOf, paymentStatusOf } from './domain'

const total = 3000
const pay = (outcome: 'authorized' | 'captured' | 'failed' | 'voided', amount: number, id = 1): Fact => ({
  kind: 'payment',
  id,
  method: 'credit_card',
  outcome,
  amount,
})
const facts = (...known: Fact[]) => known.reduce(addFact, noFacts)

describe('the money of an order', () => {
  test('that costs nothing shows it as paid once it is paid, not before', () => {
    expect(paymentStatusOf(facts({ kind: 'reserved' }))).toBe('unpaid')
    expect(paymentStatusOf(facts(pay('captured', 0)))).toBe('paid')
  })
  test('is too much when a payment of more than the total pays for it', () => {
    const isOverpaidBy = (amount: number, outcome: 'captured' | 'authorized' = 'captured') =>
      isOverpaid({ total, facts: facts(pay(outcome, amount)) })
    expect([isOverpaidBy(total), isOverpaidBy(total + 1), isOverpaidBy(total + 1, 'authorized')]).toEqual([false, true, true])
  })
  test('is too much when one of several payments is, and not when they only add up to more', () => {
    expect(isOverpaid({ total, facts: facts(pay('captured', total), pay('captured', total + 1, 2)) })).toBe(true)
    expect(isOverpaid({ total, facts: facts(pay('captured', total), pay('captured', total, 2)) })).toBe(false)
    expect(isOverpaid({ total, facts: noFacts })).toBe(false)
    // What was captured counts, not what might have been.
    expect(isOverpaid({ total, facts: facts(pay('authorized', total + 1), pay('captured', total)) })).toBe(false)
  })
  test('is set aside while a payment is authorized, until it fails or is voided', () => {
    expect(paymentStatusOf(facts(pay('authorized', total)))).toBe('authorized')
    for (const end of ['failed', 'voided'] as const) {
      expect(paymentStatusOf(facts(pay('authorized', total), pay(end, total)))).toBe('unpaid')
      expect(paymentStatusOf(facts(pay(end, total)))).toBe('unpaid')
      expect(paymentStatusOf(facts(pay(end, total), pay('authorized', total, 2)))).toBe('authorized')
    }
  })
  test('is the sum of all payments, and what went back of each; the payment of which the most is kept pays the order', () => {
    const refund = (id: number, of: number): Fact => ({ kind: 'refund', id, total: of })
    const twice = facts(pay('captured', 3000), pay('captured', 2500, 2), refund(1, 3000), refund(2, 100), refund(2, 50))
    expect(paidOf(twice)).toEqual({ captured: 5500, refunded: 3100, best: { captured: 2500, refunded: 100 } })
    expect(paymentStatusOf(twice)).toBe('partially_refunded')
    expect(paidOf(facts(pay('captured', 100), pay('captured', 2500, 2), refund(2, 2450))).best).toEqual({ captured: 100, refunded: 0 })
    expect(paidOf(noFacts)).toEqual({ captured: 0, refunded: 0, best: { captured: 0, refunded: 0 } })
    expect(paymentStatusOf(facts(pay('captured', 100), refund(1, 100)))).toBe('refunded')
  })
})
