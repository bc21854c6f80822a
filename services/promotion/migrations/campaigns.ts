import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { currentTime, plainText, timestamp } from '#shared/sql'

/** A deleted campaign stays, because orders hold it. */
export const campaigns: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('campaigns')
      .ifNotExists()
      .addColumn('id', 'bigint', c => c.autoIncrement().primaryKey())
      .addColumn('name', 'varchar(200)', c => c.notNull())
      .addColumn('kind', 'varchar(16)', c => c.notNull())
      .addColumn('value', 'bigint', c => c.notNull())
      .addColumn('buy_quantity', 'integer', c => c.notNull())
      .addColumn('get_quantity', 'integer', c => c.notNull())
      .addColumn('currency', 'char(3)', c => c.notNull())
      .addColumn('minimum', 'bigint', c => c.notNull())
      .addColumn('code', 'varchar(64)')
      .addColumn('automatic', 'boolean', c => c.notNull())
      .addColumn('public', 'boolean', c => c.notNull())
      .addColumn('starts_at', timestamp)
      .addColumn('ends_at', timestamp)
      .addColumn('categories', 'text', c => c.notNull())
      .addColumn('product_ids', 'text', c => c.notNull())
      .addColumn('total_limit', 'integer')
      .addColumn('per_user_limit', 'integer')
      .addColumn('used', sql`int unsigned`, c => c.notNull().defaultTo(0))
      .addColumn('used_at', timestamp)
      .addColumn('created_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addColumn('updated_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addColumn('deleted_at', timestamp)
      .addIndex('campaigns_automatic', ['automatic', 'deleted_at'])
      .addIndex('campaigns_public', ['public', 'deleted_at', 'id'])
      .addIndex('campaigns_used_at', ['used_at'])
      .modifyEnd(plainText)
      .execute()
  },
}

/** All codes share one key, in upper case, so that no two are the same. */
export const codes: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('codes')
      .ifNotExists()
      .addColumn('code', 'varchar(64)', c => c.primaryKey())
      .addColumn('campaign_id', 'bigint', c => c.notNull())
      .addColumn('single_use', 'boolean', c => c.notNull())
      .addColumn('order_id', 'bigint')
      .addIndex('codes_campaign', ['campaign_id', 'single_use', 'code'])
      .modifyEnd(plainText)
      .execute()
  },
}
