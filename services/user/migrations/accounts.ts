import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { currentTime, plainText, timestamp } from '#shared/sql'

/** Erasing an account empties every column that identifies the user. The row stays, because other services refer to its id. */
export const users: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('users')
      .ifNotExists()
      .addColumn('id', 'bigint', c => c.autoIncrement().primaryKey())
      .addColumn('email', 'varchar(254)', c => c.unique())
      .addColumn('username', 'varchar(64)')
      .addColumn('username_key', 'varchar(128)', c => c.unique())
      .addColumn('password_hash', 'varchar(255)')
      .addColumn('full_name', 'varchar(200)')
      .addColumn('phone', 'varchar(500)')
      .addColumn('address', 'text')
      .addColumn('language', 'varchar(10)', c => c.notNull().defaultTo('en'))
      .addColumn('role', 'varchar(10)', c => c.notNull().defaultTo('customer'))
      .addColumn('blocked', 'boolean', c => c.notNull().defaultTo(false))
      .addColumn('email_verified', 'boolean', c => c.notNull().defaultTo(false))
      .addColumn('mfa_secret', 'varchar(500)')
      .addColumn('mfa_enabled', 'boolean', c => c.notNull().defaultTo(false))
      .addColumn('mfa_last_step', 'bigint', c => c.notNull().defaultTo(0))
      .addColumn('version', 'integer', c => c.notNull().defaultTo(1))
      .addColumn('created_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addColumn('updated_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addColumn('erased_at', timestamp)
      .addIndex('users_role', ['role'])
      .addIndex('users_present', ['erased_at', 'id'])
      .modifyEnd(plainText)
      .execute()
  },
}

export const addresses: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('addresses')
      .ifNotExists()
      .addColumn('id', 'bigint', c => c.autoIncrement().primaryKey())
      .addColumn('user_id', 'bigint', c => c.notNull())
      .addColumn('value', 'text', c => c.notNull())
      .addColumn('is_default', 'boolean', c => c.notNull().defaultTo(false))
      .addColumn('created_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addIndex('addresses_user', ['user_id'])
      .modifyEnd(plainText)
      .execute()
  },
}

/** Kept for ever, so it holds ids and no names. */
export const auditLog: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('audit_log')
      .ifNotExists()
      .addColumn('id', 'bigint', c => c.autoIncrement().primaryKey())
      .addColumn('at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addColumn('action', 'varchar(50)', c => c.notNull())
      .addColumn('actor_id', 'bigint')
      .addColumn('user_id', 'bigint', c => c.notNull())
      .addColumn('detail', 'varchar(200)')
      .addColumn('request_id', 'varchar(128)', c => c.notNull())
      .addIndex('audit_log_user', ['user_id', 'id'])
      .modifyEnd(plainText)
      .execute()
  },
}
