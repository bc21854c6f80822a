import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { currentTime, plainText, timestamp } from '#shared/sql'
import type { TaxDb } from '../database'
import { mistakenRate, publishedRates } from '../published-rates'

/** A rate is valid from one day until another, which is excluded. */
export const rates: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('rates')
      .ifNotExists()
      .addColumn('id', 'bigint', c => c.autoIncrement().primaryKey())
      .addColumn('country', 'char(2)', c => c.notNull())
      .addColumn('region', 'varchar(10)', c => c.notNull().defaultTo(''))
      .addColumn('category', 'varchar(100)', c => c.notNull())
      .addColumn('rate_ppm', sql`int unsigned`, c => c.notNull())
      .addColumn('valid_from', 'char(10)', c => c.notNull())
      .addColumn('valid_to', 'char(10)')
      .addColumn('source', 'varchar(200)')
      .addColumn('created_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addUniqueConstraint('rates_place', ['country', 'region', 'category', 'valid_from'])
      .modifyEnd(plainText)
      .execute()
  },
}

export const seed: Migration = {
  async up(db: Kysely<TaxDb>) {
    await db.insertInto('rates').ignore().values(publishedRates()).execute()
  },
}

/** Rates of each class. What an administrator added or changed stays. */
export const byClass: Migration = {
  async up(db: Kysely<TaxDb>) {
    const rows = publishedRates()
    await db.insertInto('rates').ignore().values(rows).execute()
    const { country, category, valid_from, rate_ppm, source } = mistakenRate
    const corrected = rows.find(row => row.country === country && row.category === category && row.valid_from === valid_from)
    if (!corrected) return
    await db
      .updateTable('rates')
      .set({ rate_ppm: corrected.rate_ppm, valid_to: corrected.valid_to, source: corrected.source })
      .where('country', '=', country)
      .where('category', '=', category)
      .where('valid_from', '=', valid_from)
      .where('rate_ppm', '=', rate_ppm)
      .where('source', '=', source)
      .execute()
  },
}
