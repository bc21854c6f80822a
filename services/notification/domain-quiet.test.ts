import { describe, expect, test } from 'bun:test'
import { isTimeZone, quietUntil } from './domain-quiet'

const night = (time_zone: string, from = '22:00', until = '08:00') => ({ from, until, time_zone })
const end = (hours: ReturnType<typeof night>, now: string) => quietUntil(hours, new Date(now))?.toISOString()

describe('quiet hours', () => {
  test('are those of the reader’s place', () => {
    expect(end(night('Asia/Seoul'), '2026-03-01T14:00:00Z')).toBe('2026-03-01T23:00:00.000Z')
    expect(end(night('Asia/Seoul'), '2026-03-01T12:59:59Z')).toBeUndefined()
    expect(end(night('Asia/Seoul'), '2026-03-01T13:00:00Z')).toBe('2026-03-01T23:00:00.000Z')
    expect(end(night('Asia/Seoul'), '2026-03-01T22:59:59Z')).toBe('2026-03-01T23:00:00.000Z')
    expect(end(night('Asia/Seoul'), '2026-03-01T23:00:00Z')).toBeUndefined()
    expect(end(night('Asia/Kathmandu'), '2026-03-01T20:00:30Z')).toBe('2026-03-02T02:15:00.000Z')
  })

  test('may lie within one day', () => {
    const noon = night('UTC', '12:15', '14:45')
    expect([end(noon, '2026-01-10T12:14:59Z'), end(noon, '2026-01-10T14:45:00Z')]).toEqual([undefined, undefined])
    expect([end(noon, '2026-01-10T12:15:00Z'), end(noon, '2026-01-10T14:44:59Z')]).toEqual([
      '2026-01-10T14:45:00.000Z',
      '2026-01-10T14:45:00.000Z',
    ])
    expect(end(night('Europe/Berlin', '12:00', '14:00'), '2026-01-10T11:30:00Z')).toBe('2026-01-10T13:00:00.000Z')
    expect(end(night('Europe/Berlin', '12:00', '14:00'), '2026-01-10T13:30:00Z')).toBeUndefined()
  })

  test('are an hour shorter in the night in which the clocks go forward, and an hour longer when they go back', () => {
    expect(end(night('Europe/Berlin'), '2026-03-28T21:30:00Z')).toBe('2026-03-29T06:00:00.000Z')
    expect(end(night('Europe/Berlin'), '2026-10-24T20:30:00Z')).toBe('2026-10-25T07:00:00.000Z')
    expect(end(night('America/New_York'), '2026-11-01T03:00:00Z')).toBe('2026-11-01T13:00:00.000Z')
  })

  test('that end at a time which the clocks skip end after the gap, and at one that they show twice the first time', () => {
    expect(end(night('Europe/Berlin', '22:00', '02:30'), '2026-03-28T23:00:00Z')).toBe('2026-03-29T01:00:00.000Z')
    expect(end(night('Europe/Berlin', '22:00', '02:30'), '2026-10-24T22:00:00Z')).toBe('2026-10-25T00:30:00.000Z')
  })

  test('always end in the future, and it is not quiet then', () => {
    for (const zone of ['Europe/London', 'Australia/Lord_Howe', 'America/St_Johns', 'Pacific/Chatham', 'Asia/Ho_Chi_Minh'])
      for (let hour = 0; hour < 24 * 370; hour += 7) {
        const now = new Date(Date.UTC(2026, 0, 1, hour, 17))
        const until = quietUntil(night(zone), now)
        if (!until) continue
        expect(until.getTime()).toBeGreaterThan(now.getTime())
        expect(until.getTime() - now.getTime()).toBeLessThanOrEqual(11 * 3_600_000)
        expect(quietUntil(night(zone), until)).toBeUndefined()
      }
  })

  test('know the names of the IANA data base, and no offset', () => {
    expect(['Asia/Seoul', 'UTC', 'Europe/Kyiv'].map(isTimeZone)).toEqual([true, true, true])
    expect(['', 'Mars/Olympus', '+09:00', '../etc', 'x'.repeat(99)].map(isTimeZone)).toEqual([false, false, false, false, false])
  })
})
