import { conflict } from '#shared/errors'
import { sumOf, times } from '#shared/money'

/** What sending something costs: pure, over the rates of a place and the weight of what is sent. Amounts are minor units. */

export const options = ['standard', 'express', 'pickup'] as const
export type Option = (typeof options)[number]

export interface Rate {
  option: Option
  price: number
  /** Up to this weight the price is all; above it each started kilogram costs `per_kg`. */
  included_grams: number
  per_kg: number
  /** From this subtotal on it is free; null for never. */
  free_over: number | null
  days_min: number
  days_max: number
}
export interface ZoneRate extends Rate {
  /** Of the default zone, which also prices for a zone that has no rates in a currency. */
  is_default: boolean
}

/** A piece whose SKU has no weight of its own. */
export const defaultGrams = 500

export const weightOf = (items: readonly { sku?: string | undefined; quantity: number }[], gramsOf: ReadonlyMap<string, number>): number =>
  sumOf(items.map(({ sku, quantity }) => times((sku === undefined ? undefined : gramsOf.get(sku)) ?? defaultGrams, quantity)))

export const priceOf = (rate: Rate, grams: number, subtotal: number): number => {
  if (rate.free_over !== null && subtotal >= rate.free_over) return 0
  const extraKilograms = Math.ceil(Math.max(0, grams - rate.included_grams) / 1000)
  return sumOf([rate.price, times(rate.per_kg, extraKilograms)])
}

/** Text names no country, and a country that no zone names lies in the default zone. */
export const countryOf = (address: string | { country: string }): string | undefined =>
  typeof address === 'string' ? undefined : address.country.trim().toUpperCase()

export interface Priced {
  option: Option
  price: number
  free_over: number | null
  days_min: number
  days_max: number
}

/** The options at a place, in one order always. Prices are kept for each currency; nothing is converted. */
export const quote = (rates: readonly ZoneRate[], grams: number, subtotal: number): Priced[] => {
  const own = rates.filter(rate => !rate.is_default)
  const holding = own.length > 0 ? own : rates
  if (holding.length === 0) throw conflict('no_rate_for_currency', 'Shipping has no prices in this currency; order in another one.')
  return options.flatMap(option => {
    const rate = holding.find(candidate => candidate.option === option)
    if (!rate) return []
    const { free_over, days_min, days_max } = rate
    return [{ option, price: priceOf(rate, grams, subtotal), free_over, days_min, days_max }]
  })
}
