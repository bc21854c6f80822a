import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { currentTime, plainText, timestamp } from '#shared/sql'

/** Templates that an administrator changed, and the key of the unsubscribe links, which the first start makes. */
export const texts: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('templates')
      .ifNotExists()
      .addColumn('kind', 'varchar(32)', c => c.notNull())
      .addColumn('language', 'char(2)', c => c.notNull())
      .addColumn('content', sql`mediumtext`, c => c.notNull())
      .addColumn('updated_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addPrimaryKeyConstraint('templates_pk', ['kind', 'language'])
      .modifyEnd(plainText)
      .execute()
    await db.schema
      .createTable('link_key')
      .ifNotExists()
      .addColumn('id', 'integer', c => c.primaryKey())
      .addColumn('value', 'char(64)', c => c.notNull())
      .modifyEnd(plainText)
      .execute()
    await sql`insert ignore into link_key (id, value) values (1, ${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('hex')})`.execute(
      db,
    )
  },
}
