import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { currentTime, plainText, timestamp } from '#shared/sql'

/** `announce_due` is set when a session ends, and cleared when its end has been published. */
export const sessions: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('sessions')
      .ifNotExists()
      .addColumn('id', 'char(32)', c => c.primaryKey())
      .addColumn('user_id', 'bigint', c => c.notNull())
      .addColumn('family_hash', 'char(43)', c => c.notNull().unique())
      .addColumn('refresh_hash', 'char(43)', c => c.notNull())
      .addColumn('user_agent', 'varchar(200)')
      .addColumn('client_address', 'varchar(45)')
      .addColumn('created_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addColumn('last_used_at', timestamp, c => c.notNull())
      .addColumn('expires_at', timestamp, c => c.notNull())
      .addColumn('ended_at', timestamp)
      .addColumn('announce_due', timestamp)
      .addIndex('sessions_user', ['user_id', 'created_at'])
      .addIndex('sessions_announce', ['announce_due'])
      .addIndex('sessions_expiry', ['expires_at'])
      .modifyEnd(plainText)
      .execute()
  },
}

/** Generations are unique, so that of several instances which add the next key at the same time one succeeds. */
export const signingKeys: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('signing_keys')
      .ifNotExists()
      .addColumn('kid', 'char(22)', c => c.primaryKey())
      .addColumn('generation', 'integer', c => c.notNull().unique())
      .addColumn('public_key', 'varchar(500)', c => c.notNull())
      .addColumn('private_key', 'text', c => c.notNull())
      .addColumn('signs_from', timestamp, c => c.notNull())
      .addColumn('created_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .modifyEnd(plainText)
      .execute()
  },
}
