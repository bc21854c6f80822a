import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { day } from '#shared/time'
import { affinity, type Candidate, type Companions, ranked, type Source, selected, weighInterests, weightAt } from './domain-recommend'

describe('how strongly two products go together', () => {
  const all = 10_000
  test('fewer than three orders say nothing', () => {
    expect(affinity(2, { one: 3, other: 3, all })).toBe(0)
    expect(affinity(3, { one: 3, other: 3, all })).toBeGreaterThan(0)
    expect(affinity(3 * 2 ** (-50 / 90), { one: 3, other: 3, all })).toBeGreaterThan(0)
  })

  test('what everybody buys goes with nothing, however often both are in one order', () => {
    const companion = affinity(20, { one: 30, other: 25, all })
    expect(companion).toBeGreaterThan(0.4)
    expect(affinity(30, { one: 30, other: all, all })).toBeLessThan(companion / 5)
    expect(affinity(2000, { one: 5000, other: 4000, all })).toBeLessThan(0.01)
  })

  test('two products that every order of a young shop has are a pair', () => {
    expect(affinity(4, { one: 4, other: 4, all: 4 })).toBeGreaterThan(0.1)
  })

  test('many orders weigh more than a few of the same share', () => {
    expect(affinity(100, { one: 100, other: 100, all })).toBeGreaterThan(affinity(3, { one: 3, other: 3, all }))
  })

  test('it is from 0 to 1, whatever is counted', () => {
    const count = fc.double({ min: 0, max: 1e12, noNaN: true })
    fc.assert(
      fc.property(count, count, count, count, (together, one, other, all) => {
        const score = affinity(together, { one, other, all })
        expect(score >= 0 && score <= 1).toBe(true)
      }),
    )
  })
})

test('an order of a quarter later counts twice as much, for as long as a shop may live', () => {
  const now = Date.UTC(2026, 10, 29)
  expect(weightAt(now + 90 * day) / weightAt(now)).toBeCloseTo(2, 10)
  expect(Number.isFinite(weightAt(Date.UTC(2150, 0, 1)))).toBe(true)
})

const candidatesOf = (...ids: string[]): Candidate[] => ids.map(id => ({ id, reason: 'similar' }))
/** `b7` is of category `b`. */
const categoryOf = (id: string) => id[0]
const everything = { limit: 10, isOffered: () => true, categoryOf }

describe('a list of recommendations', () => {
  const many = (category: string) => Array.from({ length: 12 }, (_, n) => `${category}${n}`)

  test('has at most four of ten of one category while there are others', () => {
    const { items, isMixed } = selected(candidatesOf(...many('a'), ...many('b'), ...many('c')), everything)
    expect(items.map(({ id }) => id)).toEqual(['a0', 'a1', 'a2', 'a3', 'b0', 'b1', 'b2', 'b3', 'c0', 'c1'])
    expect(isMixed).toBe(true)
  })

  test('is filled from one category when there is no other', () => {
    const { items, isMixed } = selected(candidatesOf(...many('a'), 'b0'), everything)
    expect(items.map(({ id }) => id)).toEqual(['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7', 'a8', 'b0'])
    expect(isMixed).toBe(false)
  })

  test('shows each product once, for its first reason, and nothing that is not offered', () => {
    const twice: Candidate[] = [
      { id: 'a0', reason: 'bought_together' },
      { id: 'b0', reason: 'similar' },
      { id: 'a0', reason: 'popular' },
    ]
    const { items } = selected(twice, { ...everything, isOffered: id => id !== 'b0' })
    expect(items).toEqual([{ id: 'a0', reason: 'bought_together' }])
  })

  test('never repeats a product nor exceeds its length', () => {
    const ids = fc.array(fc.stringMatching(/^[a-c][0-9]$/), { maxLength: 60 })
    fc.assert(
      fc.property(ids, fc.integer({ min: 1, max: 20 }), (given, limit) => {
        const { items } = selected(candidatesOf(...given), { ...everything, limit })
        expect(new Set(items.map(({ id }) => id)).size).toBe(items.length)
        expect(items.length).toBe(Math.min(limit, new Set(given).size))
      }),
    )
  })
})

describe('what a shopper did', () => {
  const now = Date.UTC(2026, 10, 29)
  test('counts less with time, and an order more than a favourite and a look', () => {
    const weighed = weighInterests(
      [
        { id: 'ordered', kind: 'ordered', at: now },
        { id: 'old', kind: 'ordered', at: now - 30 * day },
        { id: 'favoured', kind: 'favoured', at: now },
        { id: 'viewed', kind: 'viewed', at: now },
        { id: 'future', kind: 'viewed', at: now + 365 * day },
      ],
      now,
    )
    expect(Object.fromEntries([...weighed].map(([id, { weight }]) => [id, weight]))).toEqual({
      ordered: 1,
      old: 0.5,
      favoured: 0.7,
      viewed: 0.3,
      future: 0.3,
    })
  })

  test('to one product counts once, by the strongest', () => {
    const both = [{ id: 'p', kind: 'viewed', at: now } as const, { id: 'p', kind: 'ordered', at: now } as const]
    expect([...weighInterests(both, now)]).toEqual([['p', { weight: 1, kind: 'ordered' }]])
  })
})

test('what goes with several products of a cart comes before what goes with one, and the reason is that of the strongest', () => {
  const companions = (id: string, source: Partial<Source>, ...others: string[]): Companions => ({
    source: { id, weight: 1, reason: 'bought_together', ...source },
    bought: 20,
    with: others.map(id => ({ id, together: 10, bought: 20 })),
  })
  const all = [companions('a', {}, 'both', 'one'), companions('b', { weight: 0.3, reason: 'viewed' }, 'both', 'seen')]
  expect(ranked(1000, all)).toEqual([
    { id: 'both', reason: 'bought_together' },
    { id: 'one', reason: 'bought_together' },
    { id: 'seen', reason: 'viewed' },
  ])
})
