import { defaultCurrency, toMinor } from '#shared/money'
import type { Static } from '#shared/schema'
import { calculateTax, taxPlace } from './domain'
import { type QuoteBody, quoteView } from './model'
import type { TaxRates } from './repository'

/** The tax on a request's lines and shipping, by the rates that are in force today at its address. */
export const quoteTax = (rates: Pick<TaxRates, 'inForce'>) => async (body: Static<typeof QuoteBody>) => {
  const { address, currency = defaultCurrency, shipping = 0, prices_include_tax: inclusive = false } = body
  const place = taxPlace(address)
  const lines = body.lines.map(line => ({ ...line, amount: toMinor(line.amount, currency) }))
  const amounts = { lines, shipping: toMinor(shipping, currency), inclusive }
  return quoteView(calculateTax(place ? await rates.inForce(place.country, new Date()) : [], place, amounts), place, currency)
}
export type QuoteTax = ReturnType<typeof quoteTax>
