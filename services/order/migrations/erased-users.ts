import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { currentTime, plainText, timestamp } from '#shared/sql'

export const erasedUsers: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('erased_users')
      .ifNotExists()
      .addColumn('user_id', 'bigint', c => c.primaryKey())
      .addColumn('erased_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addIndex('erased_users_erased_at', ['erased_at'])
      .modifyEnd(plainText)
      .execute()
  },
}
