import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { allocate, cumulativeShare, splitInclusive, taxOf } from './money'

const cases = { numRuns: 3000 }
const amount = fc.oneof(fc.nat(200_000), fc.nat({ max: Number.MAX_SAFE_INTEGER }))
const ppm = fc.oneof(fc.nat(1_000_000), fc.constantFrom(0, 55_000, 70_000, 190_000, 200_000, 1_000_000))
const sum = (amounts: readonly number[]) => amounts.reduce((total, each) => total + BigInt(each), 0n)

describe('sharing over lines', () => {
  const lines = fc.array(amount, { minLength: 1, maxLength: 30 })

  test('gives out exactly the total', () => {
    fc.assert(
      fc.property(amount, lines, (total, weights) => {
        expect(sum(allocate(total, weights))).toBe(BigInt(total))
      }),
      cases,
    )
  })
  test('gives each line its exact share, rounded down or up', () => {
    fc.assert(
      fc.property(amount, lines, (total, weights) => {
        const whole = sum(weights)
        fc.pre(whole > 0n)
        for (const [line, share] of allocate(total, weights).entries()) {
          const floor = (BigInt(total) * BigInt(weights[line]!)) / whole
          expect(
            BigInt(share) - floor === 0n || (BigInt(share) - floor === 1n && (BigInt(total) * BigInt(weights[line]!)) % whole > 0n),
          ).toBe(true)
        }
      }),
      cases,
    )
  })
  test('rounds up the largest remainders, the earlier line first where they are equal', () => {
    fc.assert(
      fc.property(amount, lines, (total, weights) => {
        const whole = sum(weights)
        fc.pre(whole > 0n)
        const rest = (line: number) => (BigInt(total) * BigInt(weights[line]!)) % whole
        const shares = allocate(total, weights)
        const up = (line: number) => BigInt(shares[line]!) > (BigInt(total) * BigInt(weights[line]!)) / whole
        for (const a of weights.keys())
          for (const b of weights.keys()) if (rest(a) > rest(b) || (rest(a) === rest(b) && a < b)) expect(up(a) || !up(b)).toBe(true)
      }),
      { numRuns: 500 },
    )
    expect(allocate(100, [1, 1, 1])).toEqual([34, 33, 33])
    expect(allocate(2, [1, 1, 1])).toEqual([1, 1, 0])
    expect(allocate(10, [1, 2, 1])).toEqual([3, 5, 2])
  })
  test('never gives a line more than its weight', () => {
    fc.assert(
      fc.property(lines, fc.nat(1_000_000), (weights, part) => {
        const total = Number((sum(weights) * BigInt(part)) / 1_000_000n)
        fc.pre(Number.isSafeInteger(total))
        for (const [line, share] of allocate(total, weights).entries()) expect(share).toBeLessThanOrEqual(weights[line]!)
      }),
      cases,
    )
  })
  test('is even over lines without weight, and fails without lines', () => {
    expect(allocate(5, [0, 0])).toEqual([3, 2])
    expect(allocate(0, [])).toEqual([])
    expect(() => allocate(1, [])).toThrow(RangeError)
    expect(allocate(7, [0, 7])).toEqual([0, 7])
    for (const wrong of [() => allocate(1, [1, -1]), () => allocate(0.5, [1]), () => allocate(1, [0.5])])
      expect(wrong).toThrow(expect.objectContaining({ code: 'invalid_amount' }))
    expect(() => allocate(-1, [1])).toThrow(expect.objectContaining({ code: 'invalid_amount' }))
  })
})

describe('tax', () => {
  test('is rounded half up', () => {
    expect(taxOf(250, 70_000)).toBe(18)
    expect(taxOf(249, 70_000)).toBe(17)
    expect(taxOf(1, 500_000)).toBe(1)
    expect(taxOf(1, 499_999)).toBe(0)
    expect(taxOf(1999, 0)).toBe(0)
  })
  test('is the nearest unit to the exact tax, however large the amount', () => {
    fc.assert(
      fc.property(amount, ppm, (net, rate) => {
        const twice = 2n * BigInt(net) * BigInt(rate) - 2_000_000n * BigInt(taxOf(net, rate))
        expect(twice >= -1_000_000n && twice < 1_000_000n).toBe(true)
      }),
      cases,
    )
  })
  test('inside a price and the net price add up to it', () => {
    fc.assert(
      fc.property(amount, ppm, (gross, rate) => {
        const { net, tax } = splitInclusive(gross, rate)
        expect(BigInt(net) + BigInt(tax)).toBe(BigInt(gross))
        expect(Math.min(net, tax)).toBeGreaterThanOrEqual(0)
        // Added again, it gives the same price, except for the one rounding.
        expect(Math.abs(taxOf(net, rate) - tax)).toBeLessThanOrEqual(1)
      }),
      cases,
    )
    expect(splitInclusive(11_900, 190_000)).toEqual({ net: 10_000, tax: 1900 })
    // A tax of exactly half a cent is rounded up.
    expect(splitInclusive(1, 1_000_000)).toEqual({ net: 0, tax: 1 })
  })
  test('of a negative or broken amount or rate is refused', () => {
    for (const wrong of [
      () => taxOf(-1, 1),
      () => taxOf(1, -1),
      () => taxOf(0.5, 1),
      () => splitInclusive(-1, 1),
      () => splitInclusive(1, -1),
    ])
      expect(wrong).toThrow(expect.objectContaining({ code: 'invalid_amount' }))
    expect([taxOf(0, 0), splitInclusive(0, 0)]).toEqual([0, { net: 0, tax: 0 }])
  })
})

describe('partial refunds', () => {
  test('of any split add up to the whole', () => {
    fc.assert(
      fc.property(amount, fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 }), (paid, returns) => {
        const whole = returns.reduce((pieces, piece) => pieces + piece, 0)
        let part = 0
        let refunded = 0
        for (const pieces of returns) {
          part += pieces
          const now = cumulativeShare(paid, part, whole) - refunded
          expect(now).toBeGreaterThanOrEqual(0)
          refunded += now
          expect(refunded).toBe(cumulativeShare(paid, part, whole))
        }
        expect(refunded).toBe(paid)
      }),
      cases,
    )
  })
  test('cannot be of more pieces than there are', () => {
    expect(() => cumulativeShare(1000, 3, 2)).toThrow(RangeError)
    for (const wrong of [() => cumulativeShare(-1, 1, 2), () => cumulativeShare(1, -1, 2), () => cumulativeShare(1, -2, -1)])
      expect(wrong).toThrow(expect.objectContaining({ code: 'invalid_amount' }))
  })
  test('of nothing are nothing, and a half is rounded up', () => {
    expect([cumulativeShare(1000, 0, 0), cumulativeShare(1001, 1, 2), cumulativeShare(1000, 2, 2)]).toEqual([0, 501, 1000])
  })
})
