import { describe, expect, test } from 'bun:test'
import { endOfRequest, type Fact, noFacts } from './domain'
import { afterFacts } from './domain-changes'

const order = { status: 'awaiting_payment', facts: noFacts, hasPromise: false, total: 3000, lines: [] } as const
const captured = (amount: number): Fact => ({ kind: 'payment', id: 1, method: 'wallet', outcome: 'captured', amount })

describe('new facts', () => {
  test('lead to all steps that they allow, with what was paid', () => {
    const { status, payment_status, captured: paid, refunded, steps } = afterFacts(order, [captured(3000)])
    expect({ status, payment_status, paid, refunded }).toEqual({ status: 'paid', payment_status: 'paid', paid: 3000, refunded: 0 })
    expect(steps).toStrictEqual([{ from: 'awaiting_payment', to: 'paid' }])
  })
  test('that lead nowhere leave the status as it is', () => {
    expect(afterFacts(order, [captured(2999)])).toMatchObject({ status: 'awaiting_payment', steps: [], captured: 2999 })
  })
  test('name the person who called the order off first, and nobody where no person did', () => {
    const by = (by: 'customer' | 'shop'): Fact => ({ kind: 'called_off', reason: 'by_customer', by })
    const timeout: Fact = { kind: 'called_off', reason: 'payment_timeout' }
    const end = (...facts: Fact[]) => afterFacts(order, facts).steps
    const cancelled = { from: 'awaiting_payment', to: 'cancelled' } as const
    expect(end(by('shop'), by('customer'), timeout)).toStrictEqual([{ ...cancelled, reason: 'by_customer', by: 'shop' }])
    expect(end(timeout, by('customer'))).toStrictEqual([{ ...cancelled, reason: 'payment_timeout' }])
    const lost = afterFacts({ ...order, status: 'paid' }, [{ kind: 'commit_failed' }, captured(3000)])
    expect(lost.steps).toStrictEqual([{ from: 'paid', to: 'cancelled', reason: 'out_of_stock' }])
  })
  test('tell what an overpaid order costs, once it is paid', () => {
    expect(afterFacts(order, [captured(3001)]).steps).toEqual([{ from: 'awaiting_payment', to: 'paid', due: 3000 }])
    const early = afterFacts({ ...order, status: 'pending' }, [captured(3001), { kind: 'reserved' }])
    expect(early.steps).toEqual([
      { from: 'pending', to: 'awaiting_payment' },
      { from: 'awaiting_payment', to: 'paid', due: 3000 },
    ])
  })
  test('tell what an order costs when another amount was captured after it was paid, once, unless it is cancelled', () => {
    const other = { kind: 'payment', id: 2, method: 'wallet', outcome: 'captured', amount: 2000 } as const
    const paid = afterFacts(order, [captured(3000)])
    const told = afterFacts({ ...order, ...paid }, [other])
    expect(told).toMatchObject({ status: 'paid', steps: [{ from: 'paid', to: 'paid', due: 3000 }] })
    expect(afterFacts({ ...order, ...told }, [other, { ...other, id: 3 }]).steps).toEqual([])
    expect(afterFacts({ ...order, ...paid, status: 'cancelled' }, [other]).steps).toEqual([])
    expect(afterFacts(order, [captured(1000), other]).steps).toEqual([])
  })
})

test('a request to cancel ends once: with the order, or without it when shipping refused or the order went on', () => {
  const open = { isOpen: true, voided: true }
  expect([endOfRequest('paid', open), endOfRequest('fulfilling', open)]).toEqual(['call_off', 'call_off'])
  expect([endOfRequest('fulfilling', { ...open, voided: false }), endOfRequest('shipped', open)]).toEqual(['drop', 'drop'])
  expect(endOfRequest('paid', { ...open, isOpen: false })).toBe('nothing')
})
