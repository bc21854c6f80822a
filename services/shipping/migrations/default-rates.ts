import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { ShippingDb } from '../database'

/** The zones and rates of a new shop. An admin may change and delete all of them except the default zone. */

/** Prices of the default zone in minor units; the other zones multiply them by their `factor`. */
const defaultZonePrices: Record<string, [standard: number, express: number, perKg: number, freeOver: number]> = {
  USD: [500, 1500, 100, 5000],
  EUR: [500, 1500, 100, 5000],
  GBP: [450, 1300, 90, 4500],
  VND: [120_000, 350_000, 25_000, 1_250_000],
  KRW: [6500, 20_000, 1400, 65_000],
  JPY: [750, 2200, 150, 7500],
  CNY: [3500, 10_500, 700, 35_000],
}
const zones = [
  { id: 1, name: 'everywhere else', is_default: true, factor: 1, countries: '', standardDays: [3, 7], expressDays: [1, 2] },
  {
    id: 2,
    name: 'Europe',
    is_default: false,
    factor: 2,
    countries: 'AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK',
    standardDays: [5, 10],
    expressDays: [2, 4],
  },
  { id: 3, name: 'East Asia', is_default: false, factor: 3, countries: 'CN HK JP KR SG TW VN', standardDays: [7, 14], expressDays: [3, 5] },
] as const

const includedGrams = 5000

export const defaultRates: Migration = {
  async up(db: Kysely<ShippingDb>) {
    // The ids are fixed, so that a migration that is repeated after a crash inserts nothing twice.
    for (const { id: zone_id, name, is_default, factor, countries, standardDays, expressDays } of zones) {
      await db.insertInto('zones').ignore().values({ id: zone_id, name, is_default }).execute()
      const listed = countries.split(' ').filter(Boolean)
      if (listed.length > 0)
        await db
          .insertInto('zone_countries')
          .ignore()
          .values(listed.map(country => ({ country, zone_id })))
          .execute()
      const rates = Object.entries(defaultZonePrices).flatMap(([currency, [standard, express, perKg, freeOver]]) => {
        const common = { zone_id, currency, included_grams: includedGrams, per_kg: perKg * factor }
        const [days_min, days_max] = standardDays
        const [fastest, latest] = expressDays
        return [
          { ...common, shipping_option: 'standard' as const, price: standard * factor, free_over: freeOver * factor, days_min, days_max },
          {
            ...common,
            shipping_option: 'express' as const,
            price: express * factor,
            free_over: null,
            days_min: fastest,
            days_max: latest,
          },
          { ...common, shipping_option: 'pickup' as const, price: 0, per_kg: 0, free_over: null, days_min: 1, days_max: 2 },
        ]
      })
      await db.insertInto('rates').ignore().values(rates).execute()
    }
  },
}
