import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { currentTime, plainText, timestamp } from '#shared/sql'

/** The in-app messages, and what is told later. */
export const messages: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('messages')
      .ifNotExists()
      .addColumn('id', 'bigint', c => c.autoIncrement().primaryKey())
      .addColumn('user_id', 'bigint', c => c.notNull())
      .addColumn('kind', 'varchar(32)', c => c.notNull())
      .addColumn('cause', 'varchar(64)', c => c.notNull())
      .addColumn('facts', 'text', c => c.notNull())
      .addColumn('created_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addColumn('seen_at', timestamp)
      .addColumn('read_at', timestamp)
      .addUniqueConstraint('messages_cause', ['cause', 'user_id', 'kind'])
      .addIndex('messages_user', ['user_id', 'id'])
      .addIndex('messages_unread', ['user_id', 'read_at', 'id'])
      .addIndex('messages_unseen', ['user_id', 'seen_at'])
      .addIndex('messages_created', ['created_at'])
      .modifyEnd(plainText)
      .execute()
    await db.schema
      .createTable('plans')
      .ifNotExists()
      .addColumn('id', 'bigint', c => c.autoIncrement().primaryKey())
      .addColumn('user_id', 'bigint', c => c.notNull())
      .addColumn('kind', 'varchar(32)', c => c.notNull())
      .addColumn('cause', 'varchar(64)', c => c.notNull())
      .addColumn('facts', 'text', c => c.notNull())
      .addColumn('due_at', timestamp, c => c.notNull())
      .addUniqueConstraint('plans_cause', ['cause', 'user_id', 'kind'])
      .addIndex('plans_due', ['due_at'])
      .addIndex('plans_user', ['user_id'])
      .modifyEnd(plainText)
      .execute()
  },
}
