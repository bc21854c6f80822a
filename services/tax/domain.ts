import { splitInclusive, sumOf, taxOf } from '#shared/money'

/** Besides a category of the shop, a rate may be for all goods of a place, or for the goods that many places tax less. */
export const standardCategory = 'standard'
export const reducedCategory = 'reduced'

export interface TaxRate {
  country: string
  /** Empty for the whole country. */
  region: string
  category: string
  rate_ppm: number
}

export interface TaxPlace {
  country: string
  region: string
}

/** Undefined for a free-text address, which is not taxed: it names no country. */
export const taxPlace = (address: string | { country: string; region?: string }): TaxPlace | undefined =>
  typeof address === 'string' ? undefined : { country: address.country.toUpperCase(), region: regionCode(address) }

/** `CA` for both `CA` and `US-CA`. */
const regionCode = ({ country, region = '' }: { country: string; region?: string }) =>
  region.trim().toUpperCase().replace(`${country.toUpperCase()}-`, '')

/** Categories of goods that most places tax at their reduced rate. */
const reducedGoods = new Set(['books', 'food', 'groceries', 'newspapers', 'magazines', 'medicine', 'baby food', 'water'])
export const categoryKey = (category: string) => category.normalize('NFKC').trim().toLowerCase()

/** A region's rates apply before its country's; among them the category's own, then the reduced one, then the standard one. */
export const rateFor = (rates: readonly TaxRate[], place: TaxPlace | undefined, category: string): TaxRate | undefined => {
  if (!place) return undefined
  const key = categoryKey(category)
  const categories = reducedGoods.has(key) ? [key, reducedCategory, standardCategory] : [key, standardCategory]
  const ofCountry = rates.filter(rate => rate.country === place.country)
  for (const region of place.region === '' ? [''] : [place.region, '']) {
    for (const name of categories) {
      const found = ofCountry.find(rate => rate.region === region && rate.category === name)
      if (found) return found
    }
  }
  return undefined
}

export interface TaxedLine {
  category: string
  rate_ppm: number
  net: number
  tax: number
}

/** Tax is rounded half up for each line, after discount. A tax-inclusive amount is split, so that net and tax add up to it. */
export const taxLine = (amount: number, category: string, rate: TaxRate | undefined, inclusive: boolean): TaxedLine => {
  const rate_ppm = rate?.rate_ppm ?? 0
  const { net, tax } = inclusive ? splitInclusive(amount, rate_ppm) : { net: amount, tax: taxOf(amount, rate_ppm) }
  return { category, rate_ppm, net, tax }
}

export interface TaxQuote {
  lines: TaxedLine[]
  shipping: TaxedLine
  tax: number
}

export const calculateTax = (
  rates: readonly TaxRate[],
  place: TaxPlace | undefined,
  amounts: { lines: readonly { amount: number; category: string }[]; shipping: number; inclusive: boolean },
): TaxQuote => {
  const { inclusive } = amounts
  const lines = amounts.lines.map(({ amount, category }) => taxLine(amount, category, rateFor(rates, place, category), inclusive))
  // Shipping has the standard rate where there is a value added tax; in the US it is not taxed here.
  const shippingRate = place?.country === 'US' ? undefined : rateFor(rates, place, standardCategory)
  const shipping = taxLine(amounts.shipping, 'shipping', shippingRate, inclusive)
  return { lines, shipping, tax: sumOf([...lines, shipping].map(({ tax }) => tax)) }
}
