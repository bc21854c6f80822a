import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { codeOf } from '#shared/testing-errors'
import { addSums, bucketOf, bucketsOf, figuresOf, noSums, periodOf, type Sums } from './domain-statistics'

const at = (text: string) => new Date(text)

describe('the period of a report', () => {
  test('begins with its first day and includes all of its last', () => {
    expect(periodOf('2026-01-31', '2026-02-01')).toEqual({ from: at('2026-01-31T00:00:00Z'), to: at('2026-02-02T00:00:00Z') })
    expect(periodOf('2026-01-31', '2026-01-31')).toEqual({ from: at('2026-01-31T00:00:00Z'), to: at('2026-02-01T00:00:00Z') })
  })
  test('that is given by moments ends at the moment', () => {
    expect(periodOf('2026-01-31T12:00:00Z', '2026-01-31T12:00:01Z')).toEqual({
      from: at('2026-01-31T12:00:00Z'),
      to: at('2026-01-31T12:00:01Z'),
    })
  })
  test('may be open at either side', () => {
    expect(periodOf(undefined, undefined)).toEqual({})
    expect(periodOf('2026-01-31', undefined)).toEqual({ from: at('2026-01-31T00:00:00Z') })
    expect(periodOf(undefined, '2026-01-31')).toEqual({ to: at('2026-02-01T00:00:00Z') })
  })
  test('is refused when a day does not exist, a text is no date, or the end comes first', () => {
    for (const text of ['2026-04-31', '2026-02-29', '2026-13-01', 'yesterday', '2026-01-31T25:00:00Z', '2026-04-31T12:00:00Z'])
      expect([codeOf(() => periodOf(text, undefined)), codeOf(() => periodOf(undefined, text))]).toEqual([
        'invalid_period',
        'invalid_period',
      ])
    expect(codeOf(() => periodOf('2026-02-02', '2026-01-31'))).toBe('invalid_period')
    expect(codeOf(() => periodOf('2026-01-31T12:00:00Z', '2026-01-31T12:00:00Z'))).toBe('invalid_period')
    expect(codeOf(() => periodOf('2024-02-29', '2024-02-29'))).toBe('nothing')
  })
})

describe('the days, weeks and months of a report', () => {
  test('are named by their first day, and weeks begin on Monday', () => {
    // 1 March 2026 is a Sunday.
    expect(['2026-02-23', '2026-02-28', '2026-03-01', '2026-03-02'].map(day => bucketOf(day, 'week'))).toEqual([
      '2026-02-23',
      '2026-02-23',
      '2026-02-23',
      '2026-03-02',
    ])
    expect([bucketOf('2026-03-31', 'month'), bucketOf('2026-03-31', 'day')]).toEqual(['2026-03-01', '2026-03-31'])
  })
  test('are all there, those without an order too, and none after the end', () => {
    const listed = (from: string, to: string, by: 'day' | 'week' | 'month') => bucketsOf(at(from), at(to), by)
    expect(listed('2026-02-27', '2026-03-02', 'day')).toEqual(['2026-02-27', '2026-02-28', '2026-03-01'])
    expect(listed('2026-02-27', '2026-03-02T00:00:01Z', 'day').at(-1)).toBe('2026-03-02')
    expect(listed('2026-03-01', '2026-03-10', 'week')).toEqual(['2026-02-23', '2026-03-02', '2026-03-09'])
    expect(listed('2025-11-30', '2026-02-01', 'month')).toEqual(['2025-11-01', '2025-12-01', '2026-01-01'])
  })
  test('are at most 366: a leap year by day is the longest report', () => {
    expect(bucketsOf(at('2024-01-01'), at('2025-01-01'), 'day')).toHaveLength(366)
    expect(codeOf(() => bucketsOf(at('2024-01-01'), at('2025-01-02'), 'day'))).toBe('period_too_long')
    expect(bucketsOf(at('2024-01-01'), at('2025-01-02'), 'week')).toHaveLength(53)
  })
  test('hold every day of the period once', () => {
    const days = fc.integer({ min: 0, max: 20_000 })
    fc.assert(
      fc.property(days, fc.integer({ min: 1, max: 300 }), fc.constantFrom('day', 'week', 'month'), (first, length, by) => {
        const dayAt = (day: number) => new Date(day * 86_400_000)
        const listed = bucketsOf(dayAt(first), dayAt(first + length), by)
        expect(listed).toEqual([...new Set(listed)].sort())
        const used = Array.from({ length }, (_, day) =>
          bucketOf(
            dayAt(first + day)
              .toISOString()
              .slice(0, 10),
            by,
          ),
        )
        expect([...new Set(used)]).toEqual(listed)
      }),
    )
  })
})

describe('the figures of a period', () => {
  const sums: Sums = { orders: 8, cancelled: 3, paid: 2, revenue: 1001n }
  test('are the sums of its days', () => {
    expect(addSums(sums, { orders: 1, cancelled: 1, paid: 10, revenue: 99n })).toEqual({
      orders: 9,
      cancelled: 4,
      paid: 12,
      revenue: 1100n,
    })
    expect(addSums(noSums, sums)).toEqual(sums)
  })
  test('say what a paid order is worth on average, to the nearest cent and half up', () => {
    expect([figuresOf(sums).average, figuresOf({ ...sums, paid: 3 }).average, figuresOf({ ...sums, paid: 7 }).average]).toEqual([
      501n,
      334n,
      143n,
    ])
    expect(figuresOf(noSums)).toEqual({ orders: 0, revenue: 0n, average: 0n, cancelled: 0, cancellation_rate: 0 })
  })
  test('say which share of the orders was cancelled, to four decimals', () => {
    expect(figuresOf(sums)).toMatchObject({ orders: 8, revenue: 1001n, cancelled: 3, cancellation_rate: 0.375 })
    expect(figuresOf({ ...sums, orders: 3, cancelled: 2 }).cancellation_rate).toBe(0.6667)
  })
})
