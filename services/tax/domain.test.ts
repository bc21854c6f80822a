import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { type TaxClass, taxClasses } from '#shared/tax-class'
import { calculateTax, isRegionCode, rateFor, reportedPlace, type TaxRate, taxPlace } from './domain'
import { dayAt } from './domain-days'

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
  test('is the standard one of the region before that of the class in the whole country', () => {
    const both = [rate('US', '', 'books', 5), rate('US', 'CA', 'standard', 7)]
    expect(rateFor(both, taxPlace({ country: 'US', region: 'CA' }), 'books')?.rate_ppm).toBe(70_000)
    expect(rateFor(both, taxPlace({ country: 'US' }), 'books')?.rate_ppm).toBe(50_000)
    expect(rateFor(both, taxPlace({ country: 'US' }), 'standard')).toBeUndefined()
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
    expect(['Groceries', 'magazines', 'Baby Food', 'Ｂｏｏｋｓ'].map(category => classOf({ category }))).toEqual([
      'food',
      'newspapers',
      'baby',
      'books',
    ])
    for (const name of taxClasses) expect(classOf({ category: name })).toBe(name)
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
    expect([taxPlace({ country: 'US', region: ' ca ' }).region, taxPlace({ country: 'US', region: 'ES-CN' }).region]).toEqual(['CA', ''])
    expect(['B', 'CA', 'NSW', '75', '', 'CALI', 'ca', 'C-A'].map(isRegionCode)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ])
  })
  test('is unknown to the report where its country is no code', () => {
    for (const country of ['GERMANY', 'D', 'DEU', 'de', '1A'])
      expect(reportedPlace({ country, region: 'BY' })).toEqual({ country: '', region: '' })
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
    ['US', 'NY', '2027-01-01T04:59:59Z', '2026-12-31'],
    ['US', 'NY', '2027-01-01T05:00:00Z', '2027-01-01'],
    ['US', 'IL', '2027-01-01T05:59:59Z', '2026-12-31'],
    ['US', 'CO', '2027-01-01T06:59:59Z', '2026-12-31'],
    ['US', 'CO', '2027-01-01T07:00:00Z', '2027-01-01'],
    ['US', 'AZ', '2026-07-01T06:59:59Z', '2026-06-30'],
    ['US', 'AK', '2027-01-01T08:59:59Z', '2026-12-31'],
    ['US', 'HI', '2027-01-01T09:59:59Z', '2026-12-31'],
    ['CA', 'ON', '2027-01-01T04:59:59Z', '2026-12-31'],
    ['CA', 'NS', '2027-01-01T03:59:59Z', '2026-12-31'],
    ['CA', 'SK', '2026-07-01T05:59:59Z', '2026-06-30'],
    ['CA', 'NL', '2027-01-01T03:29:59Z', '2026-12-31'],
    ['GR', '', '2026-06-30T21:00:00Z', '2026-07-01'],
    ['GB', '', '2026-06-30T23:00:00Z', '2026-07-01'],
    ['VN', '', '2026-12-31T17:00:00Z', '2027-01-01'],
    ['KR', '', '2026-12-31T15:00:00Z', '2027-01-01'],
    ['CN', '', '2026-12-31T16:00:00Z', '2027-01-01'],
    // A region that nobody knows has the day of its country.
    ['JP', '13', '2026-12-31T15:00:00Z', '2027-01-01'],
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
  test('taxes shipping at the standard rate, but in the US not at all', () => {
    const shippingIn = (country: string, tax_class: TaxClass) => {
      const place = taxPlace({ country })
      return calculateTax(rates, place, { lines: [{ amount: 1000, tax_class }], shipping: 1000, inclusive: false })
    }
    expect(shippingIn('DE', 'medicine')).toEqual({
      lines: [{ category: 'medicine', tax_class: 'medicine', rate_ppm: 0, net: 1000, tax: 0 }],
      shipping: { rate_ppm: 190_000, net: 1000, tax: 190 },
      tax: 190,
    })
    expect(shippingIn('US', 'standard')).toMatchObject({ shipping: { rate_ppm: 0, net: 1000, tax: 0 }, tax: 10 })
    expect(calculateTax(rates, undefined, { lines: [], shipping: 1000, inclusive: false }).tax).toBe(0)
  })
  test('keeps the category that the caller named', () => {
    const lines = [{ amount: 1, category: 'Novels', tax_class: 'books' as const }]
    expect(calculateTax(rates, germany, { lines, shipping: 0, inclusive: false }).lines[0]).toMatchObject({
      category: 'Novels',
      tax_class: 'books',
    })
  })
})
