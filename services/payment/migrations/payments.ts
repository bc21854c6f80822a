import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { currentTime, plainText, timestamp } from '#shared/sql'

export const orders: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('orders')
      .ifNotExists()
      .addColumn('order_id', 'bigint', c => c.primaryKey())
      .addColumn('cancelled', 'boolean', c => c.notNull().defaultTo(false))
      .addColumn('delivered', 'boolean', c => c.notNull().defaultTo(false))
      .addColumn('paid_by', 'bigint')
      .modifyEnd(plainText)
      .execute()
  },
}

/** The unique key on `live_order_id` limits an order to one live payment. */
export const payments: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('payments')
      .ifNotExists()
      .addColumn('id', 'bigint', c => c.primaryKey())
      .addColumn('order_id', 'bigint', c => c.notNull())
      .addColumn('user_id', 'bigint', c => c.notNull())
      .addColumn('live_order_id', 'bigint')
      .addColumn('provider', 'varchar(16)', c => c.notNull())
      .addColumn('payment_method', 'varchar(20)', c => c.notNull())
      .addColumn('amount', 'bigint', c => c.notNull())
      .addColumn('currency', 'char(3)', c => c.notNull())
      .addColumn('status', 'varchar(20)', c => c.notNull().defaultTo('pending'))
      .addColumn('transaction_id', 'varchar(100)')
      .addColumn('next_action', 'text')
      .addColumn('reason', 'varchar(100)')
      .addColumn('captured', 'bigint', c => c.notNull().defaultTo(0))
      .addColumn('captured_at', timestamp)
      .addColumn('refunded', 'bigint', c => c.notNull().defaultTo(0))
      .addColumn('refunding', 'bigint', c => c.notNull().defaultTo(0))
      .addColumn('doing', 'varchar(8)')
      .addColumn('ask_at', timestamp)
      .addColumn('expires_at', timestamp)
      .addColumn('request_key', 'char(64)')
      .addColumn('version', 'integer', c => c.notNull().defaultTo(0))
      .addColumn('created_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addColumn('updated_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addUniqueConstraint('payments_live', ['live_order_id'])
      .addCheckConstraint('payments_refunded', sql`refunded >= 0 and refunding >= 0 and refunded + refunding <= captured`)
      .addIndex('payments_order', ['order_id', 'id'])
      .addIndex('payments_user', ['user_id', 'id'])
      .addIndex('payments_user_status', ['user_id', 'status', 'id'])
      .addIndex('payments_status', ['status', 'id'])
      .addIndex('payments_transaction', ['provider', 'transaction_id'])
      .addIndex('payments_request', ['request_key'])
      .addIndex('payments_ask', ['ask_at'])
      .addIndex('payments_expiry', ['expires_at'])
      .addIndex('payments_updated', ['updated_at'])
      .modifyEnd(plainText)
      .execute()
  },
}

export const paymentNumbers: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('payment_numbers')
      .ifNotExists()
      .addColumn('id', 'bigint', c => c.autoIncrement().primaryKey())
      .addColumn('order_id', 'bigint', c => c.notNull())
      .modifyEnd(plainText)
      .execute()
  },
}

export const refunds: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('refunds')
      .ifNotExists()
      .addColumn('id', 'bigint', c => c.autoIncrement().primaryKey())
      .addColumn('payment_id', 'bigint', c => c.notNull())
      .addColumn('amount', 'bigint', c => c.notNull())
      .addColumn('reason', 'varchar(200)')
      .addColumn('state', 'varchar(12)', c => c.notNull().defaultTo('pending'))
      .addColumn('cause', 'varchar(40)')
      .addColumn('reference', 'varchar(100)')
      .addColumn('request_key', 'char(64)')
      .addColumn('ask_at', timestamp)
      .addColumn('created_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addColumn('updated_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addUniqueConstraint('refunds_cause', ['cause'])
      .addIndex('refunds_payment', ['payment_id', 'id'])
      .addIndex('refunds_request', ['request_key'])
      .addIndex('refunds_ask', ['ask_at'])
      .addIndex('refunds_state', ['state', 'created_at'])
      .modifyEnd(plainText)
      .execute()
  },
}

export const returns: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('returns')
      .ifNotExists()
      .addColumn('return_id', 'bigint', c => c.primaryKey())
      .addColumn('order_id', 'bigint', c => c.notNull())
      .addColumn('amount', 'varchar(40)', c => c.notNull())
      .addColumn('settled', 'boolean', c => c.notNull().defaultTo(false))
      .addIndex('returns_order', ['order_id', 'settled'])
      .modifyEnd(plainText)
      .execute()
  },
}
