import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { currentTime, plainText, timestamp } from '#shared/sql'

/** One row for each person that messages go to. Its lock orders their messages, so that numbers become visible in their order. */
export const recipients: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('recipients')
      .ifNotExists()
      .addColumn('user_id', 'bigint', c => c.primaryKey())
      .addColumn('last_number', 'bigint', c => c.notNull())
      .addColumn('language', 'char(2)')
      .addColumn('choices', 'text', c => c.notNull())
      .addColumn('quiet_hours', 'varchar(200)')
      .addColumn('erased_at', timestamp)
      .addColumn('updated_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .modifyEnd(plainText)
      .execute()
  },
}
