import { describe, expect, test } from 'bun:test'
import { driftOf } from '#shared/drift'
import { differing, driftReport, healthOf, overall, windowOf } from './domain'

const states = (...all: ('up' | 'degraded' | 'down')[]) => all.map(state => ({ state }))
const statuses = (...all: ('up' | 'degraded' | 'down')[]) => all.map(status => ({ status }))

describe('health', () => {
  test('of a service is that of its instances; without one it is down', () => {
    expect(healthOf(states('up', 'up'))).toBe('up')
    expect(healthOf(states('up', 'degraded'))).toBe('degraded')
    expect(healthOf(states('up', 'down'))).toBe('degraded')
    expect(healthOf(states('degraded', 'degraded'))).toBe('degraded')
    expect(healthOf(states('down', 'down'))).toBe('down')
    expect(healthOf([])).toBe('down')
  })
  test('of the platform is down when one service is', () => {
    expect(overall(statuses('up', 'up'))).toBe('up')
    expect(overall(statuses('up', 'degraded'))).toBe('degraded')
    expect(overall(statuses('up', 'degraded', 'down'))).toBe('down')
  })
})

describe('drift', () => {
  const now = new Date('2026-01-31T12:00:00.000Z')
  test('is each key of the owner at which another shows something else, or nothing', () => {
    expect(differing({ A: 1, B: 2, C: 3 }, { A: 1, B: 3, D: 4 })).toEqual(['B', 'C'])
  })
  test('is counted whole and shown by some examples', () => {
    const many = Array.from({ length: 50 }, (_, i) => `S-${i}`)
    const report = driftReport({ from: now, to: now }, now, { much: driftOf(many), none: driftOf([]) })
    expect(report.drift).toEqual({ much: 50, none: 0 })
    expect(report.examples).toEqual({ much: many.slice(0, 20) })
  })
  test('is looked for in the quarter of an hour before all has settled, or in the window asked for', () => {
    expect(windowOf({}, now)).toEqual({ from: new Date('2026-01-31T11:44:55.000Z'), to: new Date('2026-01-31T11:59:55.000Z') })
    expect(windowOf({ to: '2026-01-01T00:15:00Z' }, now).from).toEqual(new Date('2026-01-01T00:00:00Z'))
    expect(() => windowOf({ from: '2026-01-31T12:00:00Z' }, now)).toThrow('before')
    expect(() => windowOf({ from: 'nonsense' }, now)).toThrow('before')
  })
})
