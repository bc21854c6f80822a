import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { currentTime, plainText, timestamp } from '#shared/sql'

/** The sandbox's own books, as if they were on another company's server: our side reads them only through the port. */
export const sandboxCharges: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('sandbox_charges')
      .ifNotExists()
      .addColumn('id', 'varchar(40)', c => c.primaryKey())
      .addColumn('idempotency_key', 'varchar(60)', c => c.notNull())
      .addColumn('payment_id', 'bigint', c => c.notNull())
      .addColumn('amount', 'bigint', c => c.notNull())
      .addColumn('currency', 'char(3)', c => c.notNull())
      .addColumn('state', 'varchar(20)', c => c.notNull())
      .addColumn('reason', 'varchar(60)')
      .addColumn('settles_at', timestamp)
      .addColumn('captured_at', timestamp)
      .addColumn('created_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addUniqueConstraint('sandbox_charge_key', ['idempotency_key'])
      .addIndex('sandbox_captured', ['captured_at'])
      .modifyEnd(plainText)
      .execute()
  },
}

export const sandboxRefunds: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('sandbox_refunds')
      .ifNotExists()
      .addColumn('id', 'varchar(40)', c => c.primaryKey())
      .addColumn('idempotency_key', 'varchar(60)', c => c.notNull())
      .addColumn('charge_id', 'varchar(40)', c => c.notNull())
      .addColumn('amount', 'bigint', c => c.notNull())
      .addColumn('created_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addUniqueConstraint('sandbox_refund_key', ['idempotency_key'])
      .addIndex('sandbox_refund_charge', ['charge_id'])
      .addIndex('sandbox_refunded', ['created_at'])
      .modifyEnd(plainText)
      .execute()
  },
}

export const sandboxWebhooks: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('sandbox_webhooks')
      .ifNotExists()
      .addColumn('id', 'bigint', c => c.autoIncrement().primaryKey())
      .addColumn('body', 'text', c => c.notNull())
      .addColumn('due_at', timestamp, c => c.notNull())
      .addIndex('sandbox_webhook_due', ['due_at'])
      .modifyEnd(plainText)
      .execute()
  },
}
