import { defaultCurrency, toMinor } from '#shared/money'
import type { Static } from '#shared/schema'
import type { ShippingSql } from './database'
import { countryOf, quote, weightOf, type ZoneRate } from './domain-quotes'
import { type QuoteBody, quoteView } from './tariff-model'

/** The options and prices of sending items to an address: by the rates of its zone, of the default zone where none is named. */
export const quotes =
  ({ db }: Pick<ShippingSql, 'db'>) =>
  async ({ address, items, subtotal = 0, currency = defaultCurrency }: Static<typeof QuoteBody>) => {
    const minor = toMinor(subtotal, currency)
    const [rates, gramsOf] = await Promise.all([ratesAt(db, countryOf(address), currency), weightsOf(db, items)])
    return quoteView(quote(rates, weightOf(items, gramsOf), minor), currency)
  }
export type Quotes = ReturnType<typeof quotes>

const ratesAt = async (db: ShippingSql['db'], country: string | undefined, currency: string): Promise<ZoneRate[]> => {
  const rows = await db
    .selectFrom('rates')
    .innerJoin('zones', 'zones.id', 'rates.zone_id')
    .selectAll('rates')
    .select('zones.is_default')
    .where('rates.currency', '=', currency)
    .where(row => {
      const usual = row('zones.is_default', '=', 1)
      if (country === undefined) return usual
      const own = row('zones.id', '=', row.selectFrom('zone_countries').select('zone_id').where('country', '=', country))
      return row.or([usual, own])
    })
    .execute()
  return rows.map(({ shipping_option: option, is_default, ...rate }) => ({ ...rate, option, is_default: is_default === 1 }))
}

const weightsOf = async (db: ShippingSql['db'], items: readonly { sku?: string | undefined }[]): Promise<Map<string, number>> => {
  const skus = [...new Set(items.flatMap(({ sku }) => (sku === undefined ? [] : [sku])))]
  if (skus.length === 0) return new Map()
  const rows = await db.selectFrom('weights').selectAll().where('sku', 'in', skus).execute()
  return new Map(rows.map(({ sku, grams }) => [sku, grams]))
}
