import type { TaxApi } from '../../services/tax/app'
import type { Address } from '../address'
import { ask, type Clients } from '../client'
import { AppError } from '../errors'
import { sumOf, taxOf, toMajor } from '../money'
import { rememberAnswers } from '../remember'
import type { TaxClass } from '../tax-class'
import { keyAt, mostAnswers, type OfferOptions } from './memory'

/** A basket whose tax is asked for: `net` is what a line costs after its discount. */
interface Taxable<Line> {
  currency: string
  address: Address
  lines: readonly Line[]
}

/** What decides the tax rate of goods. */
interface Kind {
  category: string
  tax_class?: TaxClass | null
}
interface TaxRate {
  category: string
  tax_class?: TaxClass
  rate_ppm: number
  country?: string
  region?: string
}
/** The tax on one line, as the events of an order carry it: amounts in major units. */
export interface TaxLine extends TaxRate {
  net: number
  tax: number
}

/** The tax on all, and on each line. */
export const taxesOn = (client: Clients, { rememberMs, ...options }: OfferOptions) => {
  const { internal } = client<TaxApi>('tax', options)
  /** The tax rate of each kind of goods at an address, and that of the carriage. */
  const taxRates = rememberAnswers(
    async ({ currency, address, kinds }: { currency: string; address: Address; kinds: readonly Kind[] }) => {
      const lines = kinds.map(({ category, tax_class }) => ({ category, ...(tax_class && { tax_class }), amount: 0 }))
      const answer = await ask('tax', internal.quotes.post({ address, currency, lines }))
      if (answer.lines.length !== kinds.length)
        throw new AppError('bad_gateway', 'bad_answer', 'The tax service left a line out of its answer; try again later.')
      return { ofKinds: answer.lines.map(rateOf), ofCarriage: answer.shipping_rate_ppm }
    },
    { keyOf: ({ address, kinds }) => keyAt(address, kinds.map(kindKey)), ms: rememberMs, most: mostAnswers },
  )

  return async <Line extends Kind & { net: number }>({ currency, address, lines }: Taxable<Line>, carriage: number) => {
    const kinds = [...new Map(lines.map(line => [kindKey(line), line])).values()]
    const { ofKinds, ofCarriage } = await taxRates({ currency, address, kinds })
    const rates = new Map(kinds.map((kind, index) => [kindKey(kind), ofKinds[index]]))
    const taxed = lines.map(line => {
      const rate = rates.get(kindKey(line))
      if (!rate) throw new Error('every kind of goods has a rate')
      return { line, rate, tax: taxOf(line.net, rate.rate_ppm) }
    })
    const onCarriage = taxOf(carriage, ofCarriage)
    const inMajor = (net: number, tax: number) => ({ net: toMajor(net, currency), tax: toMajor(tax, currency) })
    const taxLines = taxed.map(({ line, rate, tax }): TaxLine => ({ ...rate, ...inMajor(line.net, tax) }))
    if (carriage > 0)
      taxLines.push({ category: 'shipping', rate_ppm: ofCarriage, ...placeOf(ofKinds[0]), ...inMajor(carriage, onCarriage) })
    return {
      tax: sumOf([...taxed.map(({ tax }) => tax), onCarriage]),
      lines: taxed.map(({ line, tax }) => ({ ...line, tax })),
      taxLines,
    }
  }
}

const kindKey = ({ category, tax_class }: Kind) => `${tax_class ?? ''} ${category}`

// Field by field: what another release of tax adds to its answer does not get into an event.
const placeOf = ({ country, region }: Pick<TaxLine, 'country' | 'region'> = {}) => ({
  ...(country !== undefined && { country }),
  ...(region !== undefined && { region }),
})
const rateOf = (line: TaxRate): TaxRate => ({
  category: line.category,
  ...(line.tax_class && { tax_class: line.tax_class }),
  rate_ppm: line.rate_ppm,
  ...placeOf(line),
})
