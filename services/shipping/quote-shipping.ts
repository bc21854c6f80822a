import { placeOfAddress } from '#shared/address'
import { AppError } from '#shared/errors'
import { defaultCurrency, toMajor, toMinor } from '#shared/money'
import type { Static } from '#shared/schema'
import type { ShippingClients } from './clients'
import type { ShippingSql } from './database'
import { priceOptions, totalGrams, worthOf, type ZoneRate } from './domain-quotes'
import { type InternalQuoteBody, type QuoteBody, quoteView } from './tariff-model'
import { weightsOf } from './weights'

type Db = ShippingSql['db']

/** The options and prices of shipping items to an address, by the rates of its zone. */
export const quoteShipping =
  ({ db }: Pick<ShippingSql, 'db'>) =>
  async ({ address, items, subtotal, currency = defaultCurrency }: Static<typeof InternalQuoteBody>) => {
    const minorSubtotal = toMinor(subtotal ?? 0, currency)
    const [rates, gramsOf] = await Promise.all([ratesFor(db, placeOfAddress(address).country, currency), weightsOf(db, items)])
    return quoteView(priceOptions(rates, totalGrams(items, gramsOf), minorSubtotal), currency, subtotal)
  }
export type QuoteShipping = ReturnType<typeof quoteShipping>

/**
 * The same for a client, who may leave the subtotal out: then it is what the catalog asks for the items. While the catalog does not answer,
 * there is a quote all the same, in which nothing is free for its subtotal. Order and cart ask for the quote itself, since they leave the subtotal out on purpose.
 */
export const quoteItems = (quote: QuoteShipping, { catalogPrices }: Pick<ShippingClients, 'catalogPrices'>) => {
  const worthNow = async ({ items, currency }: Static<typeof QuoteBody>) => {
    const catalog = await catalogPrices(items.map(({ product_id }) => product_id)).catch(error => {
      if (error instanceof AppError) return undefined
      throw error
    })
    if (!catalog) return {}
    const { subtotal, ...worth } = worthOf(items, catalog, currency)
    return subtotal !== undefined ? { ...worth, subtotal: toMajor(subtotal, worth.currency) } : worth
  }
  return async (body: Static<typeof QuoteBody>) => quote(body.subtotal === undefined ? { ...body, ...(await worthNow(body)) } : body)
}
export type QuoteItems = ReturnType<typeof quoteItems>

/** The rates of the default zone, and those of the country's own zone if it has one. */
const ratesFor = async (db: Db, country: string | undefined, currency: string): Promise<ZoneRate[]> => {
  const rows = await db
    .selectFrom('rates')
    .innerJoin('zones', 'zones.id', 'rates.zone_id')
    .selectAll('rates')
    .select('zones.is_default')
    .where('rates.currency', '=', currency)
    .where(row => {
      const inDefaultZone = row('zones.is_default', '=', 1)
      if (country === undefined) return inDefaultZone
      const zoneOfCountry = row.selectFrom('zone_countries').select('zone_id').where('country', '=', country)
      return row.or([inDefaultZone, row('zones.id', '=', zoneOfCountry)])
    })
    .execute()
  return rows.map(({ shipping_option: option, is_default, ...rate }) => ({ ...rate, option, is_default: is_default === 1 }))
}
