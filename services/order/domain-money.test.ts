import { describe, expect, test } from 'bun:test'
import { addFact, type Fact, isOverpaid, noFacts, paymentStatusOf } from './domain'

const total = 3000
const pay = (outcome: 'authorized' | 'captured', amount: number): Fact => ({
  kind: 'payment',
  id: 1,
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
})
