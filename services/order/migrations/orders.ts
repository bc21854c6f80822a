import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { plainText, timestamp } from '#shared/sql'

export const orders: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('orders')
      .ifNotExists()
      .addColumn('id', 'bigint', c => c.autoIncrement().primaryKey())
      .addColumn('user_id', 'bigint', c => c.notNull())
      .addColumn('status', 'varchar(20)', c => c.notNull())
      .addColumn('payment_status', 'varchar(20)', c => c.notNull())
      .addColumn('currency', 'char(3)', c => c.notNull())
      .addColumn('subtotal', 'bigint', c => c.notNull())
      .addColumn('discount', 'bigint', c => c.notNull())
      .addColumn('tax', 'bigint', c => c.notNull())
      .addColumn('shipping', 'bigint', c => c.notNull())
      .addColumn('total', 'bigint', c => c.notNull())
      .addColumn('free_shipping', 'boolean', c => c.notNull().defaultTo(false))
      .addColumn('coupon_code', 'varchar(64)')
      .addColumn('promised', 'boolean', c => c.notNull().defaultTo(false))
      .addColumn('shipping_option', 'varchar(32)', c => c.notNull())
      .addColumn('shipping_address', 'text', c => c.notNull())
      .addColumn('cancel_reason', 'varchar(32)')
      .addColumn('facts', sql`mediumtext`, c => c.notNull())
      .addColumn('captured', 'bigint', c => c.notNull().defaultTo(0))
      .addColumn('refunded', 'bigint', c => c.notNull().defaultTo(0))
      .addColumn('version', 'integer', c => c.notNull())
      .addColumn('payment_due_at', timestamp, c => c.notNull())
      .addColumn('reservation_expires_at', timestamp, c => c.notNull())
      .addColumn('claim_payment_id', 'bigint')
      .addColumn('claim_until', timestamp)
      .addColumn('cancel_requested_at', timestamp)
      .addColumn('user_erased', 'boolean', c => c.notNull().defaultTo(false))
      .addColumn('created_at', timestamp, c => c.notNull())
      .addColumn('updated_at', timestamp, c => c.notNull())
      .addCheckConstraint('orders_total', sql`total = subtotal - discount + tax + shipping`)
      .addIndex('orders_user', ['user_id', 'created_at'])
      .addIndex('orders_status', ['status', 'created_at'])
      // Lists newest first; and has every column that the statistics need.
      .addIndex('orders_created', ['created_at', 'id', 'currency', 'status', 'captured', 'refunded'])
      .addIndex('orders_due', ['status', 'payment_due_at'])
      .addIndex('orders_updated', ['updated_at'])
      .addIndex('orders_cancelling', ['cancel_requested_at'])
      .modifyEnd(plainText)
      .execute()
  },
}

export const items: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('order_items')
      .ifNotExists()
      .addColumn('order_id', 'bigint', c => c.notNull())
      .addColumn('line', 'smallint', c => c.notNull())
      .addColumn('product_id', 'char(24)', c => c.notNull())
      .addColumn('sku', 'varchar(64)', c => c.notNull())
      .addColumn('name', 'varchar(200)', c => c.notNull())
      .addColumn('category', 'varchar(100)', c => c.notNull())
      .addColumn('quantity', 'integer', c => c.notNull())
      .addColumn('price', 'bigint', c => c.notNull())
      .addColumn('discount', 'bigint', c => c.notNull())
      .addColumn('tax', 'bigint', c => c.notNull())
      .addPrimaryKeyConstraint('order_items_pk', ['order_id', 'line'])
      .modifyEnd(plainText)
      .execute()
  },
}

export const timeline: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('timeline')
      .ifNotExists()
      .addColumn('id', 'bigint', c => c.autoIncrement().primaryKey())
      .addColumn('order_id', 'bigint', c => c.notNull())
      .addColumn('event_id', 'varchar(64)', c => c.notNull())
      .addColumn('type', 'varchar(64)', c => c.notNull())
      .addColumn('service', 'varchar(32)', c => c.notNull())
      .addColumn('at', timestamp, c => c.notNull())
      .addColumn('data', 'text', c => c.notNull())
      .addUniqueConstraint('timeline_event', ['order_id', 'event_id'])
      .modifyEnd(plainText)
      .execute()
  },
}

export const returns: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('returns')
      .ifNotExists()
      .addColumn('id', 'bigint', c => c.autoIncrement().primaryKey())
      .addColumn('order_id', 'bigint', c => c.notNull())
      .addColumn('user_id', 'bigint', c => c.notNull())
      .addColumn('status', 'varchar(16)', c => c.notNull())
      .addColumn('reason', 'varchar(500)', c => c.notNull())
      .addColumn('lines', 'text', c => c.notNull())
      .addColumn('refund_amount', 'bigint')
      .addColumn('created_at', timestamp, c => c.notNull())
      .addColumn('updated_at', timestamp, c => c.notNull())
      .addIndex('returns_order', ['order_id', 'id'])
      .addIndex('returns_user', ['user_id'])
      .modifyEnd(plainText)
      .execute()
  },
}
