import { describe, expect, test } from 'bun:test'
import { driftOf } from '#shared/drift'
import {
  couponMatches,
  differingKeys,
  driftReport,
  healthOf,
  orderTaxMatches,
  overallHealth,
  paymentMatches,
  paymentTaxMatches,
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
  })
})

describe('drift', () => {
  const now = new Date('2026-01-31T12:00:00.000Z')
  test('is every key of the owner for which another service shows something else, or nothing', () => {
    expect(differingKeys({ A: 1, B: 2, C: 3 }, { A: 1, B: 3, D: 4 })).toEqual(['B', 'C'])
  })
  test('is a reservation that does not match the order', () => {
    expect(stockMatches('reserved', 'reserved')).toBe(true)
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
  test('is counted in full and illustrated by up to 20 examples', () => {
    const many = Array.from({ length: 50 }, (_, i) => `S-${i}`)
    const report = driftReport({ from: now, to: now }, now, { much: driftOf(many), none: driftOf([]) })
    expect(report.drift).toEqual({ much: 50, none: 0 })
    expect(report.examples).toEqual({ much: many.slice(0, 20) })
  })
  test('is looked for in the last quarter of an hour minus five seconds, or in the requested window', () => {
    expect(windowOf({}, now)).toEqual({ from: new Date('2026-01-31T11:44:55.000Z'), to: new Date('2026-01-31T11:59:55.000Z') })
    expect(windowOf({ to: '2026-01-01T00:15:00Z' }, now).from).toEqual(new Date('2026-01-01T00:00:00Z'))
    expect(() => windowOf({ from: '2026-01-31T12:00:00Z' }, now)).toThrow('before')
    expect(() => windowOf({ from: 'nonsense' }, now)).toThrow('before')
  })
})
