import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { currentTime, plainText, timestamp } from '#shared/sql'

/** One row for each order. It stays when the order is voided, so that a late message does not ship the order. */
export const orders: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('orders')
      .ifNotExists()
      .addColumn('order_id', 'bigint', c => c.primaryKey())
      .addColumn('user_id', 'bigint')
      .addColumn('lines', 'text')
      .addColumn('voided', 'boolean', c => c.notNull().defaultTo(false))
      .addColumn('created_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .modifyEnd(plainText)
      .execute()
  },
}

export const shipments: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('shipments')
      .ifNotExists()
      .addColumn('id', 'bigint', c => c.autoIncrement().primaryKey())
      .addColumn('order_id', 'bigint', c => c.notNull())
      .addColumn('user_id', 'bigint', c => c.notNull())
      .addColumn('tracking_number', sql`char(32)`, c => c.notNull())
      .addColumn('carrier', 'varchar(16)', c => c.notNull())
      .addColumn('carrier_reference', 'varchar(100)')
      .addColumn('shipping_option', 'varchar(16)', c => c.notNull())
      .addColumn('status', 'varchar(16)', c => c.notNull())
      .addColumn('version', 'integer', c => c.notNull())
      .addColumn('address', 'text')
      .addColumn('lines', 'text', c => c.notNull())
      .addColumn('picked_up_at', timestamp)
      .addColumn('waiting_since', timestamp)
      .addColumn('next_look_at', timestamp)
      .addColumn('failed_looks', 'integer', c => c.notNull().defaultTo(0))
      .addColumn('created_at', timestamp, c => c.notNull())
      .addColumn('updated_at', timestamp, c => c.notNull())
      .addUniqueConstraint('shipments_tracking', ['tracking_number'])
      .addIndex('shipments_order', ['order_id', 'id'])
      .addIndex('shipments_user', ['user_id', 'id'])
      .addIndex('shipments_user_status', ['user_id', 'status', 'id'])
      .addIndex('shipments_status', ['status', 'id'])
      .addIndex('shipments_looks', ['next_look_at'])
      .addIndex('shipments_waiting', ['waiting_since'])
      .modifyEnd(plainText)
      .execute()
  },
}

export const shipmentSteps: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('shipment_steps')
      .ifNotExists()
      .addColumn('shipment_id', 'bigint', c => c.notNull())
      .addColumn('version', 'integer', c => c.notNull())
      .addColumn('status', 'varchar(16)', c => c.notNull())
      .addColumn('at', timestamp, c => c.notNull())
      .addPrimaryKeyConstraint('shipment_steps_pk', ['shipment_id', 'version'])
      .modifyEnd(plainText)
      .execute()
  },
}

export const erasedUsers: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('erased_users')
      .ifNotExists()
      .addColumn('user_id', 'bigint', c => c.primaryKey())
      .modifyEnd(plainText)
      .execute()
  },
}
