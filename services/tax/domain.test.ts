import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { TaxClass } from '#shared/tax-class'
import { calculateTax, rateFor, reportedPlace, type TaxRate, taxPlace } from './domain'
import { dayAt } from './domain-days'
import { reportEntries } from './domain-report'

const rate = (country: string, region: string, tax_class: string, percent: number): TaxRate => ({
  country,
  region,
  tax_class,
  rate_ppm: percent * 10_000,
})
const rates = [
  rate('DE', '', 'standard', 19),
  rate('DE', '', 'reduced', 7),
  rate('DE', '', 'medicine', 0),
  rate('US', 'CA', 'standard', 7.25),
  rate('US', '', 'standard', 1),
]
const germany = taxPlace({ country: 'DE' })

describe('the rate of a line', () => {
  test('is none without a place', () => {
    expect(rateFor(rates, undefined, 'standard')).toBeUndefined()
  })
  test('is that of its class, or else the standard one', () => {
    expect(rateFor(rates, germany, 'medicine')?.rate_ppm).toBe(0)
    expect(rateFor(rates, germany, 'standard')?.rate_ppm).toBe(190_000)
  })
  test('is none for exempt goods', () => {
    expect(rateFor(rates, germany, 'exempt')).toBeUndefined()
  })
  test('is that of the region before that of the country', () => {
    expect(rateFor(rates, taxPlace({ country: 'US', region: 'CA' }), 'books')?.rate_ppm).toBe(72_500)
    expect(rateFor(rates, taxPlace({ country: 'US', region: 'NV' }), 'books')?.rate_ppm).toBe(10_000)
  })
  test('is none in a country without rates', () => {
    expect(rateFor(rates, taxPlace({ country: 'CH' }), 'books')).toBeUndefined()
  })
})

describe('the class of a line', () => {
  const classOf = (line: { category?: string; tax_class?: TaxClass }) =>
    calculateTax([], undefined, { lines: [{ amount: 1, ...line }], shipping: 0, inclusive: false }).lines[0]?.tax_class
  test('is the one that it names, whatever its category is called', () => {
    expect(classOf({ tax_class: 'books', category: 'Medicine' })).toBe('books')
  })
  test('follows from its category where an older caller names no class', () => {
    expect(classOf({ category: ' BOOKS ' })).toBe('books')
    expect(classOf({ category: 'Groceries' })).toBe('food')
    expect(classOf({ category: 'Electronics' })).toBe('standard')
    expect(classOf({})).toBe('standard')
  })
})

const lines = fc.array(fc.record({ amount: fc.nat(10 ** 9), category: fc.constantFrom('Books', 'Electronics') }), {
  minLength: 1,
  maxLength: 20,
})

describe('a place', () => {
  test('has a region only by its code', () => {
    expect(taxPlace({ country: 'ES', region: 'es-cn' })).toEqual({ country: 'ES', region: 'CN' })
    expect(taxPlace({ country: 'DE', region: 'Bavaria' })).toEqual({ country: 'DE', region: '' })
  })
  test('is unknown to the report where its country is no code', () => {
    expect(reportedPlace({ country: 'GERMANY', region: 'BY' })).toEqual({ country: '', region: '' })
    expect(reportedPlace({})).toEqual({ country: '', region: '' })
    expect(reportedPlace({ country: 'US', region: 'MASSACHUSETTS' })).toEqual({ country: 'US', region: '' })
    expect(reportedPlace({ country: 'US', region: 'MA' })).toEqual({ country: 'US', region: 'MA' })
  })
  test.each([
    ['JP', '', '2026-12-31T14:59:59Z', '2026-12-31'],
    ['JP', '', '2026-12-31T15:00:00Z', '2027-01-01'],
    ['US', 'CA', '2027-01-01T07:59:59Z', '2026-12-31'],
    ['US', 'CA', '2027-01-01T08:00:00Z', '2027-01-01'],
    ['DE', '', '2026-06-30T22:00:00Z', '2026-07-01'],
    ['CH', '', '2026-06-30T21:59:59Z', '2026-06-30'],
    ['BR', '', '2026-06-30T23:59:59Z', '2026-06-30'],
  ])('in %s %s begins its day at its own midnight: %s is %s', (country, region, at, day) => {
    expect(dayAt({ country, region }, new Date(at))).toBe(day)
  })
})

describe('the tax of a quote', () => {
  test('is the sum over its lines and shipping, each rounded on its own', () => {
    fc.assert(
      fc.property(lines, fc.nat(10_000), fc.boolean(), (asked, shipping, inclusive) => {
        const found = calculateTax(rates, germany, { lines: asked, shipping, inclusive })
        expect(found.tax).toBe(found.lines.reduce((sum, line) => sum + line.tax, 0) + found.shipping.tax)
        found.lines.forEach((line, index) => {
          const { amount } = asked[index]!
          if (inclusive) expect(line.net + line.tax).toBe(amount)
          else expect(Math.abs(line.tax - (amount * line.rate_ppm) / 1_000_000)).toBeLessThanOrEqual(0.5)
        })
      }),
    )
  })
})

describe('the entries of the report', () => {
  const sold = fc.array(fc.record({ net: fc.nat(10 ** 7), tax: fc.nat(10 ** 6) }), { minLength: 1, maxLength: 10 })
  test('add up to zero after a full refund in any parts and in any order', () => {
    fc.assert(
      fc.property(sold, fc.array(fc.integer({ min: 1, max: 99 }), { maxLength: 5 }), (lines, cuts) => {
        const total = lines.reduce((sum, { net, tax }) => sum + net + tax, 0)
        const marks = [...cuts.map(cut => Math.floor((total * cut) / 100)), 0, total].sort((a, b) => a - b)
        const refunds = marks.slice(1).map((mark, index) => ({ amount: mark - marks[index]!, at: new Date(index * 1000) }))
        const order = {
          order_id: 1,
          currency: 'EUR',
          total,
          paid_at: new Date(0),
          lines: lines.map(line => ({ ...line, country: 'DE', region: '', rate_ppm: 1 })),
        }
        const entries = reportEntries(order, refunds.toReversed())
        expect(entries.reduce((sum, { net }) => sum + net, 0)).toBe(0)
        expect(entries.reduce((sum, { tax }) => sum + tax, 0)).toBe(0)
      }),
    )
  })
})
