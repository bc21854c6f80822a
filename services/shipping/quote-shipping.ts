import { placeOfAddress } from '#shared/address'
import { defaultCurrency, toMinor } from '#shared/money'
import type { Static } from '#shared/schema'
import type { ShippingSql } from './database'
import { priceOptions, totalGrams, type ZoneRate } from './domain-quotes'
import { type InternalQuoteBody, quoteView } from './tariff-model'
import { weightsOf } from './weights'

type Db = ShippingSql['db']

/** The options and prices of shipping items to an address, by the rates of its zone. */
export const quoteShipping =
  ({ db }: Pick<ShippingSql, 'db'>) =>
  async ({ address, items, subtotal = 0, currency = defaultCurrency }: Static<typeof InternalQuoteBody>) => {
    const minorSubtotal = toMinor(subtotal, currency)
    const [rates, gramsOf] = await Promise.all([ratesFor(db, placeOfAddress(address).country, currency), weightsOf(db, items)])
    return quoteView(priceOptions(rates, totalGrams(items, gramsOf), minorSubtotal), currency)
  }
export type QuoteShipping = ReturnType<typeof quoteShipping>

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
