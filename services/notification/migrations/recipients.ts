import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { currentTime, plainText, timestamp } from '#shared/sql'

export const recipients: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('recipients')
      .ifNotExists()
      .addColumn('user_id', 'bigint', c => c.primaryKey())
      .addColumn('language', 'char(2)')
      .addColumn('account_language', 'varchar(35)')
      .addColumn('choices', 'varchar(4000)', c => c.notNull().defaultTo('{}'))
      .addColumn('quiet_hours', 'varchar(200)')
      .addColumn('device_count', 'integer', c => c.notNull().defaultTo(0))
      .addColumn('digest_id', 'bigint')
      .addColumn('digest_due_at', timestamp)
      .addColumn('erased_at', timestamp)
      .modifyEnd(plainText)
      .execute()
    await db.schema
      .createTable('devices')
      .ifNotExists()
      .addColumn('id', 'bigint', c => c.autoIncrement().primaryKey())
      .addColumn('user_id', 'bigint', c => c.notNull())
      .addColumn('token_hash', 'char(64)', c => c.notNull().unique())
      .addColumn('token', 'varchar(4096)', c => c.notNull())
      .addColumn('platform', 'varchar(16)', c => c.notNull())
      .addColumn('created_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addIndex('devices_user', ['user_id'])
      .modifyEnd(plainText)
      .execute()
  },
}
