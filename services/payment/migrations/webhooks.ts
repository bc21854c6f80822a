import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { currentTime, plainText, timestamp } from '#shared/sql'

/** The unique key lets each event of a provider in only once. */
export const webhookEvents: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('webhook_events')
      .ifNotExists()
      .addColumn('id', 'bigint', c => c.autoIncrement().primaryKey())
      .addColumn('provider', 'varchar(16)', c => c.notNull())
      .addColumn('event_id', 'varchar(100)', c => c.notNull())
      .addColumn('body', 'text', c => c.notNull())
      .addColumn('state', 'varchar(8)', c => c.notNull().defaultTo('waiting'))
      .addColumn('try_at', timestamp)
      .addColumn('received_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addUniqueConstraint('webhook_event', ['provider', 'event_id'])
      .addIndex('webhook_waiting', ['try_at'])
      .addIndex('webhook_state', ['state', 'received_at'])
      .modifyEnd(plainText)
      .execute()
  },
}
