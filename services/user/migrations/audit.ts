import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { currentTime, plainText, timestamp } from '#shared/sql'
import { auditSchemaOf } from '../database'

/** In a schema of its own: rights to change and delete cannot be taken back for single tables of a schema. */
export const separateAuditLog: Migration = {
  async up(db: Kysely<unknown>) {
    const schema = await auditSchemaOf(db)
    await sql`create database if not exists ${sql.id(schema)} character set utf8mb4`.execute(db)
    await db.schema
      .withSchema(schema)
      .createTable('audit_log')
      .ifNotExists()
      .addColumn('id', 'bigint', c => c.autoIncrement().primaryKey())
      .addColumn('at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addColumn('action', 'varchar(200)', c => c.notNull())
      .addColumn('actor_id', 'bigint')
      .addColumn('user_id', 'bigint')
      .addColumn('detail', 'varchar(1000)')
      .addColumn('request_id', 'varchar(128)', c => c.notNull())
      .addColumn('event_id', 'varchar(64)', c => c.unique())
      .addIndex('audit_log_user', ['user_id', 'id'])
      .addIndex('audit_log_actor', ['actor_id', 'id'])
      .modifyEnd(plainText)
      .execute()
  },
}
