import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { ShippingDb } from '../database'

/** What a shop begins with; everything but the default zone itself can be changed and deleted. */

/** In minor units: standard, express, each further kilogram, and from where on standard is free. */
const atHome: Record<string, [standard: number, express: number, perKg: number, freeFrom: number]> = {
  USD: [500, 1500, 100, 5000],
  EUR: [500, 1500, 100, 5000],
  GBP: [450, 1300, 90, 4500],
  VND: [120_000, 350_000, 25_000, 1_250_000],
  KRW: [6500, 20_000, 1400, 65_000],
  JPY: [750, 2200, 150, 7500],
  CNY: [3500, 10_500, 700, 35_000],
}
const zones = [
  { id: 1, name: 'everywhere else', is_default: true, dearer: 1, countries: '', standardDays: [3, 7], expressDays: [1, 2] },
  {
    id: 2,
    name: 'Europe',
    is_default: false,
    dearer: 2,
    countries: 'AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK',
    standardDays: [5, 10],
    expressDays: [2, 4],
  },
  { id: 3, name: 'East Asia', is_default: false, dearer: 3, countries: 'CN HK JP KR SG TW VN', standardDays: [7, 14], expressDays: [3, 5] },
] as const

const heavyFromGrams = 5000

export const defaultRates: Migration = {
  async up(db: Kysely<ShippingDb>) {
    // Numbers of their own: begun again after a crash, nothing is there twice.
    for (const { id: zone_id, name, is_default, dearer, countries, standardDays, expressDays } of zones) {
      await db.insertInto('zones').ignore().values({ id: zone_id, name, is_default }).execute()
      const listed = countries.split(' ').filter(Boolean)
      if (listed.length > 0)
        await db
          .insertInto('zone_countries')
          .ignore()
          .values(listed.map(country => ({ country, zone_id })))
          .execute()
      const rates = Object.entries(atHome).flatMap(([currency, [standard, express, perKg, freeFrom]]) => {
        const carried = { zone_id, currency, included_grams: heavyFromGrams, per_kg: perKg * dearer }
        const [days_min, days_max] = standardDays
        const [fastest, latest] = expressDays
        return [
          { ...carried, shipping_option: 'standard' as const, price: standard * dearer, free_over: freeFrom * dearer, days_min, days_max },
          {
            ...carried,
            shipping_option: 'express' as const,
            price: express * dearer,
            free_over: null,
            days_min: fastest,
            days_max: latest,
          },
          { ...carried, shipping_option: 'pickup' as const, price: 0, per_kg: 0, free_over: null, days_min: 1, days_max: 2 },
        ]
      })
      await db.insertInto('rates').ignore().values(rates).execute()
    }
  },
}
