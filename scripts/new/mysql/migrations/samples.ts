import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { currentTime, plainText, timestamp } from '#shared/sql'

/** A row that was deleted and saved again has another id, so that its versions are never those of the row before. */
export const samples: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('samples')
      .ifNotExists()
      .addColumn('id', 'bigint', c => c.autoIncrement().primaryKey())
      .addColumn('user_id', 'bigint', c => c.notNull())
      .addColumn('product_id', 'char(24)', c => c.notNull())
      .addColumn('note', 'varchar(200)', c => c.notNull())
      .addColumn('version', 'integer', c => c.notNull())
      .addColumn('created_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addColumn('updated_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addUniqueConstraint('samples_user_product', ['user_id', 'product_id'])
      .addIndex('samples_product', ['product_id'])
      .modifyEnd(plainText)
      .execute()
  },
}
