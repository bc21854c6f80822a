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

const after = (states: readonly ChargeState[]) =>
  states.reduce<{ status: PaymentStatus; captured: boolean }>(
    ({ status, captured }, state) => {
      const next = statusAfterReport(status, captured, state)
      return { status: next ?? status, captured: captured || next === 'completed' }
    },
    { status: 'pending', captured: false },
  )

describe('what a provider says of a charge', () => {
  const end = fc.constantFrom<ChargeState>('captured', 'failed', 'voided')
  const early = fc.array(fc.constantFrom<ChargeState>('pending', 'requires_action', 'authorized'), { maxLength: 4 })
  const muddled = fc
    .tuple(early, end)
    .chain(([before, last]) =>
      fc.tuple(fc.constant(last), fc.shuffledSubarray([...before, last, last, ...before], { minLength: before.length * 2 + 2 })),
    )

  test('ends the same in whatever order and however often it is told', () => {
    fc.assert(
      fc.property(muddled, ([last, told]) => {
        expect(after(told).status).toBe(last === 'captured' ? 'completed' : last)
      }),
    )
  })
  test('money that comes after all counts, and never goes uncounted again', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom<ChargeState>('pending', 'requires_action', 'authorized', 'failed', 'voided')), others => {
        expect(after([...others, 'captured', ...others])).toEqual({ status: 'completed', captured: true })
      }),
    )
  })
  test('a transfer that is awaited is an answer, a charge that is worked on is none', () => {
    expect(isOutcomeOf('charge', 'bank_transfer', 'pending')).toBe(true)
    expect(isOutcomeOf('charge', 'credit_card', 'pending')).toBe(false)
    expect(isOutcomeOf('void', 'credit_card', 'requires_action')).toBe(false)
  })
})

describe('the books', () => {
  test('balance with every capture and refund, of any size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), amount => {
        expect(isBalanced(captureEntries('sandbox', amount)) && isBalanced(refundEntries('sandbox', amount))).toBe(true)
      }),
    )
    expect(isBalanced(captureEntries('sandbox', 5).slice(1))).toBe(false)
  })
  test('all of it back is refunded, less is partially', () => {
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
  ])('is seen in %s', text => expect(looksLikeCard(text)).toBe(true))
  test.each(['tok_success', 'pm_1QKj2eLkdIwHu7ixTsZGVyFn', 'tok_visa', 'B-7FB31251F28061234', '01J9ZQ3V2M'])('is not seen in %s', text =>
    expect(looksLikeCard(text)).toBe(false),
  )
})
