import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import {
  type ChargeState,
  captureEntries,
  isBalanced,
  isOutcomeOf,
  looksLikeCard,
  type PaymentStatus,
  refundEntries,
  statusAfterRefund,
  statusAfterReport,
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
    expect(isOutcomeOf('charge', 'bank_transfer', 'pending')).toBe(true)
    expect(isOutcomeOf('charge', 'credit_card', 'pending')).toBe(false)
    expect(isOutcomeOf('void', 'credit_card', 'requires_action')).toBe(false)
  })
})

describe('ledger entries', () => {
  test('of captures and refunds balance, whatever the amount', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), amount => {
        expect(isBalanced(captureEntries('sandbox', amount)) && isBalanced(refundEntries('sandbox', amount))).toBe(true)
      }),
    )
    expect(isBalanced(captureEntries('sandbox', 5).slice(1))).toBe(false)
  })
  test('a payment is refunded when all of it was returned, and partially refunded before', () => {
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
