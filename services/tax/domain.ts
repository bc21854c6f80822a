import { splitInclusive, sumOf, taxOf } from '#shared/money'
import { standardClass, type TaxClass, taxClasses } from '#shared/tax-class'

export interface TaxRate {
  country: string
  /** Empty for the whole country. */
  region: string
  tax_class: string
  rate_ppm: number
}

export interface TaxPlace {
  country: string
  region: string
}

/** A region's code of ISO 3166-2. What else an address says in its place is its owner's own text, and is neither matched nor kept. */
export const isRegionCode = (region: string) => /^[A-Z0-9]{1,3}$/.test(region)

/** A region is its code alone, `CN` for `ES-CN`: the kernel knows the names of regions only where all taxes depend on them. */
export const taxPlace = ({ country, region = '' }: { country: string; region?: string | undefined }): TaxPlace => {
  const code = region.trim().toUpperCase().replace(`${country}-`, '')
  return { country, region: isRegionCode(code) ? code : '' }
}

/** The place in the report: what is no country's code is reported as unknown, so that no order is left out for its address. */
export const reportedPlace = ({ country = '', region }: { country?: string | undefined; region?: string | undefined }): TaxPlace =>
  /^[A-Z]{2}$/.test(country) ? taxPlace({ country, region }) : { country: '', region: '' }

/** The class of goods that an older caller, which sends no class, names by their category. */
const classesByName: ReadonlyMap<string, TaxClass> = new Map([
  ...taxClasses.map(name => [name, name] as const),
  ['groceries', 'food'],
  ['magazines', 'newspapers'],
  ['baby food', 'baby'],
])
const classOf = (line: Omit<QuotedLine, 'amount'>): TaxClass =>
  line.tax_class ?? classesByName.get(line.category?.normalize('NFKC').trim().toLowerCase() ?? '') ?? standardClass

/** A region's rates apply before its country's; among them that of the class, then the standard one. */
export const rateFor = (rates: readonly TaxRate[], place: TaxPlace | undefined, taxClass: TaxClass): TaxRate | undefined => {
  if (!place || taxClass === 'exempt') return undefined
  const ofCountry = rates.filter(rate => rate.country === place.country)
  for (const region of place.region === '' ? [''] : [place.region, '']) {
    for (const name of [taxClass, standardClass]) {
      const found = ofCountry.find(rate => rate.region === region && rate.tax_class === name)
      if (found) return found
    }
  }
  return undefined
}

/** A line of a quote: an older caller names its category alone. */
export interface QuotedLine {
  amount: number
  category?: string
  tax_class?: TaxClass
}

export interface TaxedLine {
  category: string
  tax_class: TaxClass
  rate_ppm: number
  net: number
  tax: number
}

/** Tax is rounded half up for each line, after discount. A tax-inclusive amount is split, so that net and tax add up to it. */
const taxAmount = (amount: number, rate: TaxRate | undefined, inclusive: boolean) => {
  const rate_ppm = rate?.rate_ppm ?? 0
  return { rate_ppm, ...(inclusive ? splitInclusive(amount, rate_ppm) : { net: amount, tax: taxOf(amount, rate_ppm) }) }
}

export interface TaxQuote {
  lines: TaxedLine[]
  shipping: Pick<TaxedLine, 'rate_ppm' | 'net' | 'tax'>
  tax: number
}

export const calculateTax = (
  rates: readonly TaxRate[],
  place: TaxPlace | undefined,
  amounts: { lines: readonly QuotedLine[]; shipping: number; inclusive: boolean },
): TaxQuote => {
  const { inclusive } = amounts
  const lines = amounts.lines.map(({ amount, ...line }) => {
    const tax_class = classOf(line)
    return { category: line.category ?? tax_class, tax_class, ...taxAmount(amount, rateFor(rates, place, tax_class), inclusive) }
  })
  // Shipping has the standard rate where there is a value added tax; in the US it is not taxed here.
  const shippingRate = place?.country === 'US' ? undefined : rateFor(rates, place, standardClass)
  const shipping = taxAmount(amounts.shipping, shippingRate, inclusive)
  return { lines, shipping, tax: sumOf([...lines, shipping].map(({ tax }) => tax)) }
}
