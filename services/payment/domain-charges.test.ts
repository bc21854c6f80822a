import { describe, expect, test } from 'bun:test'
import {
  type ChargedPayment,
  type ChargeReport,
  endOfUnfinished,
  followUpOf,
  holdMs,
  mayAsk,
  paidByAfter,
  settledBy,
} from './domain-charges'

const payment: ChargedPayment = {
  payment_method: 'credit_card',
  status: 'pending',
  amount: 3000,
  currency: 'USD',
  isCaptured: false,
  doing: 'charge',
}
const report: ChargeReport = { state: 'captured', amount: 3000, currency: 'USD' }
const settled = (known: Partial<ChargedPayment>, reported: Partial<ChargeReport> = {}) =>
  settledBy({ ...payment, ...known }, { ...report, ...reported })

describe('a report of a charge', () => {
  test('settles the payment once', () => {
    expect(settled({})).toEqual({ status: 'completed', captures: true, doing: null })
    expect(settled({ status: 'completed', isCaptured: true, doing: null })).toEqual({ captures: false, doing: null })
  })
  test('that comes late brings its money after all', () => {
    expect(settled({ status: 'failed', doing: null })).toEqual({ status: 'completed', captures: true, doing: null })
    expect(settled({ status: 'voided', doing: null }, { state: 'failed' })).toEqual({ captures: false, doing: null })
  })
  test('that ends a charge without money settles it, and one that repeats the known status changes nothing', () => {
    expect(settled({}, { state: 'failed' })).toEqual({ status: 'failed', captures: false, doing: null })
    expect(settled({ doing: 'void', status: 'authorized' }, { state: 'voided' })).toEqual({
      status: 'voided',
      captures: false,
      doing: null,
    })
    expect(settled({ doing: null, status: 'authorized' }, { state: 'authorized' })).toStrictEqual({ captures: false, doing: null })
  })
  test('about another amount or currency settles nothing', () => {
    expect([settled({}, { amount: 2999 }), settled({}, { currency: 'EUR' })]).toEqual([undefined, undefined])
  })
  test('that is no outcome leaves the question open', () => {
    expect(settled({ doing: 'void', status: 'requires_action' }, { state: 'requires_action' })).toEqual({ captures: false, doing: 'void' })
    expect(settled({}, { state: 'pending' })).toEqual({ captures: false, doing: 'charge' })
  })
  test('of a failure that the customer could still undo has the charge voided, unless the money came', () => {
    const declined = { state: 'failed', confirmable: true } as const
    const voids = { captures: false, doing: 'void' } as const
    expect(settled({}, declined)).toEqual({ status: 'failed', ...voids })
    expect(settled({ status: 'failed', doing: null }, declined)).toEqual(voids)
    expect(settled({ status: 'requires_action', doing: 'void' }, declined)).toEqual({ status: 'failed', ...voids })
    expect(settled({ status: 'failed', doing: 'void' }, { state: 'voided' })).toEqual({ captures: false, doing: null })
    expect(settled({ status: 'completed', isCaptured: true, doing: null }, declined)).toEqual({ captures: false, doing: null })
  })
  test('of a customer who agreed has the money captured, unless something else is asked', () => {
    const agreed = { state: 'requires_action', capturable: true } as const
    expect(settled({ doing: null, status: 'requires_action' }, agreed)).toEqual({ captures: false, doing: 'capture' })
    expect(settled({ doing: 'charge' }, agreed)).toEqual({ status: 'requires_action', captures: false, doing: 'capture' })
    expect(settled({ doing: null, status: 'requires_action' }, { ...agreed, capturable: false })).toEqual({ captures: false, doing: null })
    expect(settled({ doing: null, status: 'requires_action' }, { ...agreed, state: 'failed' })).toEqual({
      status: 'failed',
      captures: false,
      doing: null,
    })
    expect(settled({ doing: 'void', status: 'requires_action' }, agreed)).toEqual({ captures: false, doing: 'void' })
    expect(settled({ doing: null, status: 'voided' }, agreed)).toEqual({ captures: false, doing: null })
  })
})

test('the first captured payment pays the order', () => {
  const captures = { captures: true }
  expect([paidByAfter(null, 5, captures), paidByAfter(4, 5, captures), paidByAfter(null, 5, { captures: false })]).toEqual([5, 4, null])
})

describe('the follow-up', () => {
  const known = (state: ChargeReport['state']) => ({ state: 'known', outcome: { state } }) as const
  const next = (doing: 'charge' | 'capture' | 'void', asked: Parameters<typeof followUpOf>[1], isGivenUp = false) =>
    followUpOf({ doing, payment_method: 'credit_card' }, asked, { isGivenUp })
  test('never repeats a charge, and gives one up that the provider has not seen', () => {
    expect([next('charge', known('captured')), next('charge', known('pending'), true)]).toEqual(['settle', 'settle'])
    expect([next('charge', { state: 'never_seen' }), next('charge', { state: 'never_seen' }, true)]).toEqual(['wait', 'give_up'])
  })
  test('carries out a capture or a void that was not carried out', () => {
    expect([next('void', known('authorized')), next('capture', { state: 'never_seen' }, true)]).toEqual(['act', 'act'])
    expect([next('void', known('voided')), next('void', known('captured'))]).toEqual(['settle', 'settle'])
    const declined = { state: 'known', outcome: { state: 'failed', confirmable: true } } as const
    expect([next('void', known('failed')), next('void', declined), next('charge', declined)]).toEqual(['settle', 'act', 'settle'])
  })
  test('waits while the provider does not answer', () => {
    expect([next('charge', { state: 'unknown' }, true), next('void', { state: 'unknown' })]).toEqual(['wait', 'wait'])
  })
})

test('an admin captures what is authorized or a transfer under way, and voids what is not captured', () => {
  const going = { isCancelled: false }
  const transfer = { ...payment, payment_method: 'bank_transfer' } as const
  const authorized = { ...payment, status: 'authorized' } as const
  expect([mayAsk('capture', authorized, going), mayAsk('capture', transfer, going), mayAsk('capture', payment, going)]).toEqual([
    true,
    true,
    false,
  ])
  expect([mayAsk('capture', authorized, { isCancelled: true }), mayAsk('void', authorized, { isCancelled: true })]).toEqual([false, true])
  expect(mayAsk('capture', { ...transfer, status: 'voided' }, going)).toBe(false)
  expect([mayAsk('void', payment, going), mayAsk('void', { ...payment, status: 'completed' }, going)]).toEqual([true, false])
})

test('an admin voids a payment on delivery only with its order, since its goods are sent before it is captured', () => {
  const cash = { payment_method: 'cash_on_delivery', status: 'authorized', doing: null } as const
  expect([mayAsk('void', cash, { isCancelled: false }), mayAsk('void', cash, { isCancelled: true })]).toEqual([false, true])
  const others = ['credit_card', 'wallet', 'bank_transfer'] as const
  for (const payment_method of others) expect(mayAsk('void', { ...cash, payment_method }, { isCancelled: false })).toBe(true)
})

test('a customer gives up what waits for them, in whatever state its order is', () => {
  const waiting = (['pending', 'requires_action', 'authorized', 'completed', 'failed'] as const).filter(status =>
    mayAsk('cancel', { ...payment, status }, { isCancelled: false }),
  )
  expect(waiting).toEqual(['requires_action'])
  expect(mayAsk('cancel', { ...payment, payment_method: 'bank_transfer' }, { isCancelled: true })).toBe(true)
})

test('an unfinished payment ends once its provider is not being asked', () => {
  expect([endOfUnfinished(payment), endOfUnfinished({ ...payment, doing: null })]).toEqual(['later', 'void'])
  expect(endOfUnfinished({ status: 'requires_action', doing: null })).toBe('void')
  expect(endOfUnfinished({ status: 'authorized', doing: null })).toBe('nothing')
})

test('an order is held for what is left of the time that its payment may take', () => {
  const terms = { transferDueMs: 5000, actionMs: 300 }
  const stored = { ...payment, created_at: new Date(1000) }
  expect([holdMs(stored, terms, 1100), holdMs(stored, terms, 1300)]).toEqual([200, undefined])
  expect(holdMs({ ...stored, payment_method: 'bank_transfer' }, terms, 1300)).toBe(4700)
  expect(holdMs({ ...stored, status: 'authorized' }, terms, 1100)).toBeUndefined()
})
