import { conflict } from '#shared/errors'
import { defaultCurrency, sumOf, times } from '#shared/money'

/** Shipping prices from the rates of a zone and the weight of the items. Amounts are in minor units. */

export const shippingOptions = ['standard', 'express', 'pickup'] as const
export type ShippingOption = (typeof shippingOptions)[number]

export interface ShippingRate {
  option: ShippingOption
  price: number
  /** The price covers this weight; each started kilogram above it costs `per_kg`. */
  included_grams: number
  per_kg: number
  /** Shipping is free from this subtotal on; null for never. */
  free_over: number | null
  days_min: number
  days_max: number
}
export interface ZoneRate extends ShippingRate {
  /** Rates of the default zone also apply to a zone that has none in the currency. */
  is_default: boolean
}

/** The weight of a piece whose SKU has none of its own. */
export const defaultGrams = 500

export const totalGrams = (
  items: readonly { sku?: string | undefined; quantity: number }[],
  gramsOf: ReadonlyMap<string, number>,
): number => sumOf(items.map(({ sku, quantity }) => times((sku === undefined ? undefined : gramsOf.get(sku)) ?? defaultGrams, quantity)))

export const shippingPrice = (rate: ShippingRate, grams: number, subtotal: number): number => {
  if (rate.free_over !== null && subtotal >= rate.free_over) return 0
  const extraKilograms = Math.ceil(Math.max(0, grams - rate.included_grams) / 1000)
  return sumOf([rate.price, times(rate.per_kg, extraKilograms)])
}

/** What the catalog says of a product. */
export interface CatalogPrice {
  currency: string
  price: number
  variants: readonly { sku: string; price: number }[]
}

/**
 * What items cost at the catalog's prices: in the currency that is asked for, else in their own. There is no subtotal if one of them has another
 * currency, since nothing is converted. A product that is not sold costs nothing.
 */
export const worthOf = (
  items: readonly { product_id: string; sku?: string | undefined; quantity: number }[],
  catalog: ReadonlyMap<string, CatalogPrice>,
  asked: string | undefined,
): { currency: string; subtotal: number | undefined } => {
  const sold = items.flatMap(({ product_id, sku, quantity }) => {
    const product = catalog.get(product_id)
    const price = product?.variants.find(variant => variant.sku === sku)?.price ?? product?.price
    return product && price !== undefined ? [{ currency: product.currency, amount: times(price, quantity) }] : []
  })
  const currency = asked ?? sold[0]?.currency ?? defaultCurrency
  const isComparable = sold.every(each => each.currency === currency)
  return { currency, subtotal: isComparable ? sumOf(sold.map(({ amount }) => amount)) : undefined }
}

export interface PricedOption {
  option: ShippingOption
  price: number
  free_over: number | null
  days_min: number
  days_max: number
}

/** The options at a place, always in the same order. Prices are stored for each currency; nothing is converted. */
export const priceOptions = (rates: readonly ZoneRate[], grams: number, subtotal: number): PricedOption[] => {
  const zoneRates = rates.filter(rate => !rate.is_default)
  const applicable = zoneRates.length > 0 ? zoneRates : rates
  if (applicable.length === 0) throw conflict('no_rate_for_currency', 'Shipping has no prices in this currency; choose another currency.')
  return shippingOptions.flatMap(option => {
    const rate = applicable.find(candidate => candidate.option === option)
    if (!rate) return []
    const { free_over, days_min, days_max } = rate
    return [{ option, price: shippingPrice(rate, grams, subtotal), free_over, days_min, days_max }]
  })
}
