import { describe, expect, test } from 'bun:test'
import { Value } from '@sinclair/typebox/value'
import fc from 'fast-check'
import { Amount, Currency, currencies, currencyDecimals, defaultCurrency, sumOf, times, toMajor, toMinor } from './money'

const cases = { numRuns: 3000 }
const max = Number.MAX_SAFE_INTEGER
const amount = fc.oneof(fc.nat(200_000), fc.nat({ max }))
const currency = fc.constantFrom(...currencies)
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
  test('are written with the decimals of their currency', () => {
    expect([toMajor(5, 'USD'), toMajor(-5, 'USD'), toMajor(1999, 'USD'), toMajor(1, 'BHD'), toMajor(7, 'JPY'), toMajor(-7, 'JPY')]).toEqual(
      [0.05, -0.05, 19.99, 0.001, 7, -7],
    )
  })
  test('of nothing are written without a sign', () => {
    expect(['USD', 'JPY', 'BHD'].map(code => Object.is(toMajor(0, code), 0))).toEqual([true, true, true])
  })
  test('in a request are from nothing up to what a number holds exactly', () => {
    expect([0, 19.99, max, -0.01, max + 1, '5'].map(value => Value.Check(Amount, value))).toEqual([true, true, true, false, false, false])
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
  test('above 2^53 - 1 minor units, or not finite, are refused', () => {
    for (const value of [90_071_992_547_410, 1e15, 1e21, 1.7976931348623157e308, Number.NaN, Number.POSITIVE_INFINITY, -1e21])
      refused(() => toMinor(value, 'USD'))
    expect(toMinor(max, 'JPY')).toBe(max)
    refused(() => toMinor(max + 1, 'JPY'))
    refused(() => toMajor(max + 1, 'USD'))
    refused(() => toMajor(0.5, 'USD'))
    refused(() => toMajor(0.5, 'JPY'))
    expect([toMinor(max, 'JPY'), toMinor(-max, 'JPY')]).toEqual([max, -max])
    expect([sumOf([max]), sumOf([-max]), sumOf([])]).toEqual([max, -max, 0])
    refused(() => sumOf([-max, -1]))
    refused(() => times(-max, 2))
  })
  test('are read as they were written, in every currency', () => {
    // Up to where adjacent doubles are closer together than the smallest unit of any currency.
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 52), max: 2 ** 52 }), currency, (minor, code) => {
        expect(toMinor(toMajor(minor, code), code)).toBe(minor === 0 ? 0 : minor)
      }),
      cases,
    )
  })
  test('of any size are written as the number that was read', () => {
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
    expect([currencies.length, defaultCurrency]).toEqual([155, 'USD'])
    const having = (decimals: number) => currencies.filter(code => currencyDecimals(code) === decimals).join(' ')
    expect(having(0)).toBe('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF')
    expect(having(3)).toBe('BHD IQD JOD KWD LYD OMR TND')
  })
  test('that are not in use are refused', () => {
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
