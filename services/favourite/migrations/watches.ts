import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { currentTime, plainText, timestamp } from '#shared/sql'

export const watches: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('watches')
      .ifNotExists()
      .addColumn('id', 'bigint', c => c.autoIncrement().notNull().unique())
      .addColumn('product_id', 'char(24)', c => c.notNull())
      .addColumn('kind', 'varchar(16)', c => c.notNull())
      .addColumn('user_id', 'bigint', c => c.notNull())
      .addColumn('price', 'bigint')
      .addColumn('currency', 'char(3)')
      .addColumn('from_change', 'bigint', c => c.notNull())
      .addColumn('told_at', timestamp)
      .addColumn('version', 'integer', c => c.notNull())
      .addColumn('created_at', timestamp, c => c.notNull().defaultTo(currentTime))
      // Those who are told of one change lie side by side.
      .addPrimaryKeyConstraint('watches_watchers', ['product_id', 'kind', 'user_id'])
      .addIndex('watches_user', ['user_id', 'product_id'])
      .addIndex('watches_created', ['created_at'])
      .modifyEnd(plainText)
      .execute()
    await db.schema
      .createTable('watched_products')
      .ifNotExists()
      .addColumn('id', 'bigint', c => c.autoIncrement().notNull().unique())
      .addColumn('product_id', 'char(24)', c => c.primaryKey())
      .addColumn('version', 'integer', c => c.notNull())
      .addColumn('price', 'bigint')
      .addColumn('currency', 'char(3)')
      .addColumn('skus', 'text', c => c.notNull())
      .addColumn('gone', 'boolean', c => c.notNull())
      .addColumn('changes', 'bigint', c => c.notNull())
      .modifyEnd(plainText)
      .execute()
    await db.schema
      .createTable('stock_levels')
      .ifNotExists()
      .addColumn('product_id', 'char(24)', c => c.notNull())
      .addColumn('sku', 'varchar(64)', c => c.notNull())
      .addColumn('available', 'integer', c => c.notNull())
      .addColumn('version', 'integer', c => c.notNull())
      .addPrimaryKeyConstraint('stock_levels_key', ['product_id', 'sku'])
      .addIndex('stock_levels_sku', ['sku'])
      .modifyEnd(plainText)
      .execute()
    await db.schema
      .createTable('fan_outs')
      .ifNotExists()
      .addColumn('id', 'bigint', c => c.autoIncrement().primaryKey())
      .addColumn('product_id', 'char(24)', c => c.notNull())
      .addColumn('number', 'bigint', c => c.notNull())
      .addColumn('kind', 'varchar(16)', c => c.notNull())
      .addColumn('amount', 'bigint', c => c.notNull())
      .addColumn('currency', 'char(3)')
      .addColumn('after_user', 'bigint', c => c.notNull().defaultTo(0))
      .addColumn('created_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addUniqueConstraint('fan_outs_of_product', ['product_id', 'number'])
      .addIndex('fan_outs_created', ['created_at'])
      .modifyEnd(plainText)
      .execute()
  },
}
