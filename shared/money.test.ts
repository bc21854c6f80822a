import { describe, expect, test } from 'bun:test'
import { Value } from '@sinclair/typebox/value'
import fc from 'fast-check'
import {
  allocate,
  Currency,
  cumulativeShare,
  currencies,
  currencyDecimals,
  refundOf,
  splitInclusive,
  sumOf,
  taxOf,
  times,
  toMajor,
  toMinor,
} from './money'

const cases = { numRuns: 3000 }
const max = Number.MAX_SAFE_INTEGER
const amount = fc.oneof(fc.nat(200_000), fc.nat({ max }))
const currency = fc.constantFrom(...currencies)
const ppm = fc.oneof(fc.nat(1_000_000), fc.constantFrom(0, 55_000, 70_000, 190_000, 200_000, 1_000_000))
const sum = (amounts: readonly number[]) => amounts.reduce((total, each) => total + BigInt(each), 0n)
const refused = (work: () => unknown, code = 'invalid_amount') => expect(work).toThrow(expect.objectContaining({ kind: 'invalid', code }))

describe('amounts on the wire', () => {
  test('are read from their decimal text', () => {
    for (const [value, code, minor] of [
      [19.99, 'USD', 1999],
      [1500, 'USD', 150_000],
      [0.29, 'USD', 29],
      [1.15, 'EUR', 115],
      [8.2, 'EUR', 820],
      [4.35, 'USD', 435],
      [1e5, 'JPY', 100_000],
      [0.001, 'BHD', 1],
      [1.005, 'KWD', 1005],
      [-19.99, 'USD', -1999],
      [0, 'USD', 0],
    ] as const)
      expect([value, toMinor(value, code)]).toEqual([value, minor])
    expect(Object.is(toMinor(-0, 'USD'), 0)).toBe(true)
  })
  test('with more decimals than the currency has are refused', () => {
    for (const [value, code] of [
      [19.999, 'USD'],
      [0.5, 'JPY'],
      [1.5, 'KRW'],
      [0.1 + 0.2, 'USD'],
      [1e-7, 'USD'],
      [1.5e-7, 'BHD'],
      [5e-324, 'USD'],
      [0.0001, 'BHD'],
    ] as const)
      refused(() => toMinor(value, code))
  })
  test('past 2^53 - 1 minor units, or no number at all, are refused', () => {
    for (const value of [90_071_992_547_410, 1e15, 1e21, 1.7976931348623157e308, Number.NaN, Number.POSITIVE_INFINITY, -1e21])
      refused(() => toMinor(value, 'USD'))
    expect(toMinor(max, 'JPY')).toBe(max)
    refused(() => toMinor(max + 1, 'JPY'))
    refused(() => toMajor(max + 1, 'USD'))
    refused(() => toMajor(0.5, 'USD'))
  })
  test('come back as they went out, in every currency', () => {
    // Up to where neighbouring doubles lie closer together than the smallest unit of any currency.
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 52), max: 2 ** 52 }), currency, (minor, code) => {
        expect(toMinor(toMajor(minor, code), code)).toBe(minor === 0 ? 0 : minor)
      }),
      cases,
    )
  })
  test('of any size give back the very number that was read', () => {
    fc.assert(
      fc.property(amount, currency, (minor, code) => {
        const wire = toMajor(minor, code)
        expect(toMajor(toMinor(wire, code), code)).toBe(wire)
      }),
      cases,
    )
  })
  test('never have more decimals than their currency', () => {
    fc.assert(
      fc.property(amount, currency, (minor, code) => {
        expect((String(toMajor(minor, code)).split('.')[1] ?? '').length).toBeLessThanOrEqual(currencyDecimals(code))
      }),
      cases,
    )
  })
})

describe('currencies', () => {
  test('have the decimals of ISO 4217', () => {
    for (const [code, decimals] of Object.entries({
      USD: 2,
      EUR: 2,
      JPY: 0,
      KRW: 0,
      VND: 0,
      CLP: 0,
      ISK: 0,
      BHD: 3,
      KWD: 3,
      TND: 3,
      IQD: 3,
      HUF: 2,
      IDR: 2,
    }))
      expect([code, currencyDecimals(code)]).toEqual([code, decimals])
    expect(new Set(currencies).size).toBe(currencies.length)
  })
  test('nobody uses are refused', () => {
    for (const code of ['usd', 'ABC', '', 'US', 'XXX', 'constructor', 'DEM']) {
      refused(() => toMinor(1, code), 'invalid_currency')
      expect(Value.Check(Currency, code)).toBe(false)
    }
    expect(Value.Check(Currency, 'USD')).toBe(true)
  })
})

describe('sums and products', () => {
  test('are exact or refused', () => {
    fc.assert(
      fc.property(fc.array(amount, { maxLength: 20 }), amounts => {
        const exact = sum(amounts)
        if (exact > BigInt(max)) refused(() => sumOf(amounts))
        else expect(sumOf(amounts)).toBe(Number(exact))
      }),
      cases,
    )
    fc.assert(
      fc.property(amount, fc.nat(2 ** 31 - 1), (price, quantity) => {
        const exact = BigInt(price) * BigInt(quantity)
        if (exact > BigInt(max)) refused(() => times(price, quantity))
        else expect(times(price, quantity)).toBe(Number(exact))
      }),
      cases,
    )
  })
})

describe('sharing over lines', () => {
  const lines = fc.array(amount, { minLength: 1, maxLength: 30 })

  test('gives out the total, to the unit', () => {
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
  test('never takes more from a line than it is worth', () => {
    fc.assert(
      fc.property(lines, fc.nat(1_000_000), (weights, part) => {
        const total = Number((sum(weights) * BigInt(part)) / 1_000_000n)
        fc.pre(Number.isSafeInteger(total))
        for (const [line, share] of allocate(total, weights).entries()) expect(share).toBeLessThanOrEqual(weights[line]!)
      }),
      cases,
    )
  })
  test('is even over lines that are worth nothing, and needs a line', () => {
    expect(allocate(5, [0, 0])).toEqual([3, 2])
    expect(allocate(0, [])).toEqual([])
    expect(() => allocate(1, [])).toThrow(RangeError)
    refused(() => allocate(-1, [1]))
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
        // Put on again, it comes to the same price but for the one rounding.
        expect(Math.abs(taxOf(net, rate) - tax)).toBeLessThanOrEqual(1)
      }),
      cases,
    )
    expect(splitInclusive(11_900, 190_000)).toEqual({ net: 10_000, tax: 1900 })
  })
})

describe('partial refunds', () => {
  test('of any split sum to the whole', () => {
    fc.assert(
      fc.property(amount, fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 }), (paid, returns) => {
        const whole = returns.reduce((pieces, piece) => pieces + piece, 0)
        let part = 0
        let refunded = 0
        for (const pieces of returns) {
          part += pieces
          const now = refundOf({ amount: paid, part, whole, refunded })
          expect(now).toBeGreaterThanOrEqual(0)
          refunded += now
          expect(refunded).toBe(cumulativeShare(paid, part, whole))
        }
        expect(refunded).toBe(paid)
      }),
      cases,
    )
  })
  test('never ask back what was refunded too much before', () => {
    expect(refundOf({ amount: 1000, part: 1, whole: 2, refunded: 700 })).toBe(0)
    expect(refundOf({ amount: 1000, part: 2, whole: 2, refunded: 700 })).toBe(300)
    expect(() => cumulativeShare(1000, 3, 2)).toThrow(RangeError)
  })
})
