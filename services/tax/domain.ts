import { splitInclusive, sumOf, taxOf } from '#shared/money'

/** What a rate is for: everything, a class of goods that many places tax less, or a category by its own name. */
export const standard = 'standard'
export const reduced = 'reduced'

export interface Rate {
  country: string
  /** Empty for all of the country. */
  region: string
  category: string
  rate_ppm: number
}

export interface Place {
  country: string
  region: string
}

/** A free-text address names no place that could be trusted: it lies in the default zone, without tax. */
export const placeOf = (address: string | { country: string; region?: string }): Place | undefined =>
  typeof address === 'string' ? undefined : { country: address.country.toUpperCase(), region: normalRegion(address) }

const normalRegion = ({ country, region = '' }: { country: string; region?: string }) =>
  region.trim().toUpperCase().replace(`${country.toUpperCase()}-`, '')

/** Goods that most places tax at a reduced rate, by the name of their category. */
const reducedGoods = new Set(['books', 'food', 'groceries', 'newspapers', 'magazines', 'medicine', 'baby food', 'water'])
export const categoryKey = (category: string) => category.normalize('NFKC').trim().toLowerCase()

/** The most particular rate wins: the region before the country, the category's own before its class, its class before the standard. */
export const rateFor = (rates: readonly Rate[], place: Place | undefined, category: string): Rate | undefined => {
  if (!place) return undefined
  const key = categoryKey(category)
  const wanted = reducedGoods.has(key) ? [key, reduced, standard] : [key, standard]
  const there = rates.filter(rate => rate.country === place.country && (rate.region === '' || rate.region === place.region))
  for (const region of place.region === '' ? [''] : [place.region, '']) {
    for (const name of wanted) {
      const found = there.find(rate => rate.region === region && rate.category === name)
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

/** Tax is rounded half up on each line, after discount; a price that has it inside is split, so that nothing is lost. */
export const taxLine = (amount: number, category: string, rate: Rate | undefined, inclusive: boolean): TaxedLine => {
  const rate_ppm = rate?.rate_ppm ?? 0
  const { net, tax } = inclusive ? splitInclusive(amount, rate_ppm) : { net: amount, tax: taxOf(amount, rate_ppm) }
  return { category, rate_ppm, net, tax }
}

export interface Quote {
  lines: TaxedLine[]
  shipping: TaxedLine
  tax: number
}

export const quote = (
  rates: readonly Rate[],
  place: Place | undefined,
  { lines, shipping, inclusive }: { lines: readonly { amount: number; category: string }[]; shipping: number; inclusive: boolean },
): Quote => {
  const taxed = lines.map(({ amount, category }) => taxLine(amount, category, rateFor(rates, place, category), inclusive))
  // Carriage follows the standard rate where there is a value added tax; no state of the US taxes it here.
  const carriage = taxLine(shipping, 'shipping', place?.country === 'US' ? undefined : rateFor(rates, place, standard), inclusive)
  return { lines: taxed, shipping: carriage, tax: sumOf([...taxed, carriage].map(({ tax }) => tax)) }
}
