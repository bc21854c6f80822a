import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { currentTime, plainText, timestamp } from '#shared/sql'

/** The names of the data keys that instances have had, and no key. */
export const dataKeys: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('data_keys')
      .ifNotExists()
      .addColumn('id', 'varchar(32)', c => c.primaryKey())
      .addColumn('seen_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .modifyEnd(plainText)
      .execute()
  },
}
