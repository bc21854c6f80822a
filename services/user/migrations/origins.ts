import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { currentTime, plainText, timestamp } from '#shared/sql'

/** Hashes of the devices and addresses that a user has logged in from. */
export const knownOrigins: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('known_origins')
      .ifNotExists()
      .addColumn('user_id', 'bigint', c => c.notNull())
      .addColumn('hash', 'char(43)', c => c.notNull())
      .addColumn('seen_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addPrimaryKeyConstraint('known_origins_pk', ['user_id', 'hash'])
      .modifyEnd(plainText)
      .execute()
  },
}
