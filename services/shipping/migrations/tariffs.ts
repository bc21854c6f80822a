import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { currentTime, plainText, timestamp } from '#shared/sql'

const count = sql`int unsigned`

/** A country is in one zone at most; all others are in the default zone. */
export const zones: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('zones')
      .ifNotExists()
      .addColumn('id', 'bigint', c => c.autoIncrement().primaryKey())
      .addColumn('name', 'varchar(100)', c => c.notNull())
      .addColumn('is_default', 'boolean', c => c.notNull().defaultTo(false))
      .addColumn('created_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .modifyEnd(plainText)
      .execute()
    await db.schema
      .createTable('zone_countries')
      .ifNotExists()
      .addColumn('country', sql`char(2)`, c => c.primaryKey())
      .addColumn('zone_id', 'bigint', c => c.notNull())
      .addIndex('zone_countries_zone', ['zone_id'])
      .modifyEnd(plainText)
      .execute()
  },
}

/** Prices are in minor units of their currency. */
export const rates: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('rates')
      .ifNotExists()
      .addColumn('id', 'bigint', c => c.autoIncrement().primaryKey())
      .addColumn('zone_id', 'bigint', c => c.notNull())
      .addColumn('shipping_option', 'varchar(16)', c => c.notNull())
      .addColumn('currency', sql`char(3)`, c => c.notNull())
      .addColumn('price', 'bigint', c => c.notNull())
      .addColumn('included_grams', count, c => c.notNull())
      .addColumn('per_kg', 'bigint', c => c.notNull())
      .addColumn('free_over', 'bigint')
      .addColumn('days_min', count, c => c.notNull())
      .addColumn('days_max', count, c => c.notNull())
      .addUniqueConstraint('rates_key', ['zone_id', 'currency', 'shipping_option'])
      .modifyEnd(plainText)
      .execute()
  },
}

export const weights: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('weights')
      .ifNotExists()
      .addColumn('sku', 'varchar(64)', c => c.primaryKey())
      .addColumn('grams', count, c => c.notNull())
      .modifyEnd(plainText)
      .execute()
  },
}
