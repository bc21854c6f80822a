import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { currentTime, plainText, timestamp } from '#shared/sql'

export const favourites: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('owners')
      .ifNotExists()
      .addColumn('user_id', 'bigint', c => c.primaryKey())
      .addColumn('favourites', 'integer', c => c.notNull())
      .addColumn('erased', 'boolean', c => c.notNull())
      .addColumn('updated_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addIndex('owners_updated', ['updated_at'])
      .modifyEnd(plainText)
      .execute()
    await db.schema
      .createTable('favourites')
      .ifNotExists()
      .addColumn('id', 'bigint', c => c.autoIncrement().primaryKey())
      .addColumn('user_id', 'bigint', c => c.notNull())
      .addColumn('product_id', 'char(24)', c => c.notNull())
      .addColumn('created_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addUniqueConstraint('favourites_once', ['product_id', 'user_id'])
      .addIndex('favourites_newest', ['user_id', 'id'])
      .modifyEnd(plainText)
      .execute()
    await db.schema
      .createTable('shares')
      .ifNotExists()
      .addColumn('user_id', 'bigint', c => c.primaryKey())
      .addColumn('nonce', 'varchar(64)', c => c.notNull())
      .addColumn('token_hash', 'varchar(64)', c => c.notNull())
      .addColumn('created_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addUniqueConstraint('shares_token', ['token_hash'])
      .modifyEnd(plainText)
      .execute()
  },
}
