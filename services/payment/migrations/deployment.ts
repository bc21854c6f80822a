import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { addOnce, plainText, timestamp } from '#shared/sql'

/**
 * The name of this deployment, made once. Its payments have keys without a name for a quarter of an hour where there were payments
 * before: until then instances of the release before may still ask the providers about them.
 */
export const deployment: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('deployment')
      .ifNotExists()
      .addColumn('id', 'smallint', c => c.primaryKey())
      .addColumn('name', 'varchar(16)', c => c.notNull())
      .addColumn('since', timestamp, c => c.notNull())
      .modifyEnd(plainText)
      .execute()
    const name = crypto.randomUUID().replaceAll('-', '').slice(0, 12)
    await sql`insert ignore into deployment (id, name, since)
      select 1, ${name}, utc_timestamp(3) + interval if(exists(select 1 from payments), 15, 0) minute`.execute(db)
  },
}

/** The start of a payment's keys at its provider. Payments of the release before have none. */
export const keyPrefixes: Migration = {
  async up(db: Kysely<unknown>) {
    await addOnce(sql`alter table payments add column key_prefix varchar(20) not null default ''`.execute(db))
  },
}
