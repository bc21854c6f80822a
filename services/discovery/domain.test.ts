import { describe, expect, test } from 'bun:test'
import { driftOf } from '#shared/drift'
import { codeOf } from '#shared/testing-errors'
import {
  couponMatches,
  differingKeys,
  differingRatings,
  driftReport,
  healthOf,
  isMeant,
  orderTaxMatches,
  overallHealth,
  paymentMatches,
  paymentTaxMatches,
  sameRating,
  stockMatches,
  windowOf,
} from './domain'

const states = (...all: ('up' | 'degraded' | 'down')[]) => all.map(state => ({ state }))
const statuses = (...all: ('up' | 'degraded' | 'down')[]) => all.map(status => ({ status }))

describe('health', () => {
  test('of a service follows from its instances; without instances it is down', () => {
    expect(healthOf(states('up', 'up'))).toBe('up')
    expect(healthOf(states('up', 'degraded'))).toBe('degraded')
    expect(healthOf(states('up', 'down'))).toBe('degraded')
    expect(healthOf(states('degraded', 'degraded'))).toBe('degraded')
    expect(healthOf(states('down', 'down'))).toBe('down')
    expect(healthOf([])).toBe('down')
  })
  test('of the platform is down when one service is down', () => {
    expect(overallHealth(statuses('up', 'up'))).toBe('up')
    expect(overallHealth(statuses('up', 'degraded'))).toBe('degraded')
    expect(overallHealth(statuses('up', 'degraded', 'down'))).toBe('down')
    expect([overallHealth(statuses('degraded', 'degraded')), overallHealth([])]).toEqual(['degraded', 'up'])
  })
})

describe('drift', () => {
  const now = new Date('2026-01-31T12:00:00.000Z')
  test('is every key of the owner for which another service shows something else, or nothing', () => {
    expect(differingKeys({ A: 1, B: 2, C: 3 }, { A: 1, B: 3, D: 4 })).toEqual(['B', 'C'])
  })
  test('is a reservation that does not match the order', () => {
    const without = ['new', 'waiting', 'rejected', 'expired', 'commit_failed', 'released', undefined]
    for (const state of [...without, 'reserved', 'committed'])
      expect((['none', 'reserved', 'committed'] as const).filter(expected => stockMatches(expected, state))).toEqual([
        state === 'reserved' || state === 'committed' ? state : 'none',
      ])
    expect(stockMatches('committed', 'reserved')).toBe(false)
    expect(stockMatches('none', 'released')).toBe(true)
    expect(stockMatches('none', undefined)).toBe(true)
    expect(stockMatches('none', 'committed')).toBe(false)
  })
  test('is a payment whose captures minus refunds differ from what the order counts as paid', () => {
    expect(paymentMatches(0, undefined)).toBe(true)
    expect(paymentMatches(0.3, { captured: 0.4, refunded: 0.1 })).toBe(true)
    expect(paymentMatches(10, { captured: 10, refunded: 10 })).toBe(false)
    expect(paymentMatches(10, undefined)).toBe(false)
    // A thousandth is the smallest unit of any currency.
    expect([paymentMatches(1.001, { captured: 1, refunded: 0 }), paymentMatches(1, { captured: 1.001, refunded: 0 })]).toEqual([
      false,
      false,
    ])
  })
  test('is a paid order that the tax report lacks', () => {
    expect(orderTaxMatches(119, 119)).toBe(true)
    expect(orderTaxMatches(119, undefined)).toBe(false)
    expect(orderTaxMatches(0, undefined)).toBe(true)
  })
  test('is an order of the tax report of whose payment more or less was kept', () => {
    expect(paymentTaxMatches(100, { captured: 119, refunded: 19 })).toBe(true)
    expect(paymentTaxMatches(119, { captured: 119, refunded: 119 })).toBe(false)
    expect(paymentTaxMatches(119, { captured: 0, refunded: 0 })).toBe(true)
    expect(paymentTaxMatches(119, undefined)).toBe(true)
  })
  test('is a coupon that a cancelled order redeems, or that any other order past `pending` does not', () => {
    expect(couponMatches('cancelled', 'released')).toBe(true)
    expect(couponMatches('cancelled', 'redeemed')).toBe(false)
    expect(couponMatches('paid', 'redeemed')).toBe(true)
    expect(couponMatches('paid', undefined)).toBe(false)
    expect(couponMatches('pending', undefined)).toBe(true)
  })
  test('is a product that is not shown with the rating that its reviews add up to', () => {
    const [good, better] = [
      { average: 4, count: 2 },
      { average: 4.5, count: 2 },
    ]
    expect(differingRatings({ a: good, b: good, c: good, d: good }, { a: good, b: better, c: { ...good, count: 3 } })).toEqual([
      'b',
      'c',
      'd',
    ])
    // A product without reviews is not rated, whether anybody says so or not.
    expect([sameRating({ average: 0, count: 0 }, undefined), sameRating(undefined, good), sameRating()]).toEqual([true, false, true])
    expect(differingRatings({ a: { average: 0, count: 0 } }, {})).toEqual([])
  })
  test('is counted in full and illustrated by up to 20 examples', () => {
    const many = Array.from({ length: 50 }, (_, i) => `S-${i}`)
    const report = driftReport({ from: now, to: now }, now, { much: driftOf(many), none: driftOf([]) })
    expect([report.window, report.checked_at]).toEqual([{ from: now.toISOString(), to: now.toISOString() }, now.toISOString()])
    expect(report.drift).toEqual({ much: 50, none: 0 })
    expect(report.examples).toEqual({ much: many.slice(0, 20) })
  })
  const at = '2026-01-31T12:00:00Z'
  test('is looked for in the last quarter of an hour minus five seconds, or in the requested window', () => {
    expect(windowOf({}, now)).toEqual({ from: new Date('2026-01-31T11:44:55.000Z'), to: new Date('2026-01-31T11:59:55.000Z') })
    expect(windowOf({ to: '2026-01-01T00:15:00Z' }, now).from).toEqual(new Date('2026-01-01T00:00:00Z'))
    expect(windowOf({ from: '2026-01-31T10:00:00Z', to: at }, now)).toEqual({ from: new Date('2026-01-31T10:00:00Z'), to: new Date(at) })
    expect(windowOf({ from: '2026-01-30', to: '2026-01-30' }, now)).toEqual({ from: new Date('2026-01-30'), to: new Date('2026-01-31') })
    const inAnHour = '2026-01-31T13:00:00Z'
    expect(windowOf({ to: inAnHour }, now).to).toEqual(new Date(inAnHour))
    for (const window of [{ from: at }, { from: at, to: at }]) expect(codeOf(() => windowOf(window, now))).toBe('invalid_window')
    for (const window of [{ from: 'nonsense' }, { to: '2026-02-30' }]) expect(codeOf(() => windowOf(window, now))).toBe('invalid_period')
  })
  test('is not looked for in the last five seconds of a day that is not over', () => {
    expect(windowOf({ from: '2026-01-30', to: '2026-01-31' }, now)).toEqual({
      from: new Date('2026-01-30'),
      to: new Date('2026-01-31T11:59:55.000Z'),
    })
    const justOver = new Date('2026-02-01T00:00:02.000Z')
    expect(windowOf({ to: '2026-01-31' }, justOver).to).toEqual(new Date('2026-01-31T23:59:57.000Z'))
    expect(codeOf(() => windowOf({ from: at, to: '2026-01-31' }, now))).toBe('invalid_window')
  })
})

describe('which dead letters are meant', () => {
  const letter = { type: 'order.created', reason: 'Error: No Rate', order_id: 7 }
  test('without a filter all, and otherwise those that are as every part of it says', () => {
    expect(isMeant({})(letter)).toBe(true)
    expect(isMeant({ type: 'order.created', order_id: 7, reason: 'no rate' })(letter)).toBe(true)
    for (const other of [{ type: 'order.paid' }, { order_id: 8 }, { reason: 'no stock' }]) {
      expect(isMeant(other)(letter)).toBe(false)
      expect(isMeant({ type: 'order.created', order_id: 7, reason: 'no rate', ...other })(letter)).toBe(false)
    }
  })
  test('a letter about no order is meant by no order, and the case of a reason does not matter', () => {
    expect(isMeant({ order_id: 7 })({ type: 'order.created', reason: 'x' })).toBe(false)
    expect(isMeant({ reason: 'NO RATE' })(letter)).toBe(true)
    expect(isMeant({ reason: 'no rate' })({ ...letter, reason: 'NO RATE' })).toBe(true)
  })
})
