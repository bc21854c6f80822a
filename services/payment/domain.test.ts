import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import {
  type ChargeState,
  captureEntries,
  chargeStates,
  isBalanced,
  isOfPayment,
  isOpen,
  isOutcomeOf,
  looksLikeCard,
  type PaymentStatus,
  paymentMethods,
  paymentStatuses,
  refundable,
  refundEntries,
  statusAfterRefund,
  statusAfterReport,
  waitsForMoney,
} from './domain'

const statusAfter = (states: readonly ChargeState[]) =>
  states.reduce<{ status: PaymentStatus; captured: boolean }>(
    ({ status, captured }, state) => {
      const next = statusAfterReport(status, captured, state)
      return { status: next ?? status, captured: captured || next === 'completed' }
    },
    { status: 'pending', captured: false },
  )

describe('reports of a provider about a charge', () => {
  const end = fc.constantFrom<ChargeState>('captured', 'failed', 'voided')
  const early = fc.array(fc.constantFrom<ChargeState>('pending', 'requires_action', 'authorized'), { maxLength: 4 })
  const shuffled = fc
    .tuple(early, end)
    .chain(([before, last]) =>
      fc.tuple(fc.constant(last), fc.shuffledSubarray([...before, last, last, ...before], { minLength: before.length * 2 + 2 })),
    )

  test('lead to the same status in any order, and when they are repeated', () => {
    fc.assert(
      fc.property(shuffled, ([last, reports]) => {
        expect(statusAfter(reports).status).toBe(last === 'captured' ? 'completed' : last)
      }),
    )
  })
  test('count captured money even after the payment failed, and keep it counted', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom<ChargeState>('pending', 'requires_action', 'authorized', 'failed', 'voided')), others => {
        expect(statusAfter([...others, 'captured', ...others])).toEqual({ status: 'completed', captured: true })
      }),
    )
  })
  test('that are pending settle the charge of a transfer, but not of a card', () => {
    expect(isOutcomeOf('charge', 'bank_transfer', { state: 'pending' })).toBe(true)
    expect(isOutcomeOf('charge', 'credit_card', { state: 'pending' })).toBe(false)
    expect(isOutcomeOf('void', 'credit_card', { state: 'requires_action' })).toBe(false)
  })
  test('move the status of an open payment, forward only', () => {
    const moves = paymentStatuses.flatMap(status =>
      chargeStates.flatMap(state => {
        const next = statusAfterReport(status, false, state)
        return next ? [`${status}, ${state}: ${next}`] : []
      }),
    )
    const late = ['failed', 'voided', 'partially_refunded', 'refunded', 'completed'].map(status => `${status}, captured: completed`)
    expect(moves.toSorted()).toEqual(
      [
        'pending, requires_action: requires_action',
        ...['pending', 'requires_action'].map(status => `${status}, authorized: authorized`),
        ...['pending', 'requires_action', 'authorized'].flatMap(status => [
          `${status}, captured: completed`,
          `${status}, failed: failed`,
          `${status}, voided: voided`,
        ]),
        ...late,
      ].toSorted(),
    )
    for (const status of paymentStatuses)
      expect(chargeStates.map(state => statusAfterReport(status, true, state))).toEqual(chargeStates.map(() => undefined))
  })
  test('answer what was asked', () => {
    const answers = (action: 'charge' | 'capture' | 'void', method: (typeof paymentMethods)[number]) =>
      chargeStates.filter(state => isOutcomeOf(action, method, { state }))
    const ends = ['captured', 'failed', 'voided'] as const
    for (const method of paymentMethods) expect([answers('capture', method), answers('void', method)]).toEqual([[...ends], [...ends]])
    expect(answers('charge', 'credit_card')).toEqual(['requires_action', 'authorized', ...ends])
    expect(answers('charge', 'bank_transfer')).toEqual([...chargeStates])
  })
  test('are about a payment when amount and currency are its own, or no money was taken', () => {
    const payment = { amount: 3000, currency: 'USD' }
    const about = (state: ChargeState, amount: number, currency: string) => isOfPayment(payment, { state, amount, currency })
    for (const state of ['pending', 'requires_action', 'authorized', 'captured'] as const)
      expect([about(state, 3000, 'USD'), about(state, 2999, 'USD'), about(state, 3000, 'EUR')]).toEqual([true, false, false])
    expect([about('failed', 0, ''), about('voided', 0, '')]).toEqual([true, true])
  })
})

test('a payment is open until money came or no longer can; an authorized one waits for nobody', () => {
  expect(paymentStatuses.filter(isOpen)).toEqual(['pending', 'requires_action', 'authorized'])
  expect(paymentStatuses.filter(waitsForMoney)).toEqual(['pending', 'requires_action'])
})

describe('ledger entries', () => {
  test('of captures and refunds balance, whatever the amount', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), amount => {
        expect(isBalanced(captureEntries('sandbox', amount)) && isBalanced(refundEntries('sandbox', amount))).toBe(true)
      }),
    )
    expect(isBalanced(captureEntries('sandbox', 5).slice(1))).toBe(false)
    expect(isBalanced([])).toBe(true)
  })
  test('move captured money from the provider to the sales, and refunded money from the refunds back to the provider', () => {
    expect(captureEntries('sandbox', 5)).toEqual([
      { account: 'clearing:sandbox', debit: 5, credit: 0 },
      { account: 'sales', debit: 0, credit: 5 },
    ])
    expect(refundEntries('sandbox', 5)).toEqual([
      { account: 'refunds', debit: 5, credit: 0 },
      { account: 'clearing:sandbox', debit: 0, credit: 5 },
    ])
  })
  test('what can be refunded is what was captured, less what went back or is on its way', () => {
    expect(refundable({ captured: 100, refunded: 30, refunding: 20 })).toBe(50)
  })
  test('a payment is refunded when all of it was returned, and partially refunded before', () => {
    expect(statusAfterRefund({ captured: 5, refunded: 6 })).toBe('refunded')
    expect([statusAfterRefund({ captured: 5, refunded: 4 }), statusAfterRefund({ captured: 5, refunded: 5 })]).toEqual([
      'partially_refunded',
      'refunded',
    ])
  })
})

describe('card data', () => {
  test.each([
    '4242424242424242',
    '4242 4242 4242 4242',
    '4242-4242-4242-4242',
    'tok_4242424242424242',
    '378282246310005',
    '1234567890123456',
    'pan=5555555555554444;x',
  ])('is recognized in %s', text => expect(looksLikeCard(text)).toBe(true))
  test.each(['tok_success', 'pm_1QKj2eLkdIwHu7ixTsZGVyFn', 'tok_visa', 'B-7FB31251F28061234', '01J9ZQ3V2M'])(
    'is not recognized in %s',
    text => expect(looksLikeCard(text)).toBe(false),
  )
})
