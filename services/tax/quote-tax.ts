import { placeOfAddress } from '#shared/address'
import { defaultCurrency, toMinor } from '#shared/money'
import type { Static } from '#shared/schema'
import { calculateTax, taxPlace } from './domain'
import { type QuoteBody, quoteView } from './model'
import type { TaxRates } from './repository'

/** The tax on a request's lines and shipping, by the rates that are in force now at its address; free text names no place and is not taxed. */
export const quoteTax = (rates: Pick<TaxRates, 'inForce'>, now: () => Date) => async (body: Static<typeof QuoteBody>) => {
  const { address, currency = defaultCurrency, shipping = 0, prices_include_tax: inclusive = false } = body
  const { country, region } = placeOfAddress(address)
  const place = country === undefined ? undefined : taxPlace({ country, region })
  const lines = body.lines.map(line => ({ ...line, amount: toMinor(line.amount, currency) }))
  const amounts = { lines, shipping: toMinor(shipping, currency), inclusive }
  return quoteView(calculateTax(place ? await rates.inForce(place, now()) : [], place, amounts), place, currency)
}
export type QuoteTax = ReturnType<typeof quoteTax>
