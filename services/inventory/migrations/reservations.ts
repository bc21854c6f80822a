import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { currentTime, plainText, timestamp } from '#shared/sql'

/** One row an order: what was heard of it, and how far its stock has come. */
export const reservations: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('reservations')
      .ifNotExists()
      .addColumn('order_id', 'bigint', c => c.primaryKey())
      .addColumn('state', 'varchar(16)', c => c.notNull().defaultTo('new'))
      .addColumn('items', 'text')
      .addColumn('placed', 'boolean', c => c.notNull().defaultTo(false))
      .addColumn('wanted', 'boolean', c => c.notNull().defaultTo(false))
      .addColumn('cancelled', 'boolean', c => c.notNull().defaultTo(false))
      .addColumn('expires_at', timestamp)
      .addColumn('expiry_version', 'integer', c => c.notNull().defaultTo(0))
      .addColumn('version', 'integer', c => c.notNull().defaultTo(0))
      .addColumn('created_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addColumn('updated_at', timestamp, c => c.notNull().defaultTo(currentTime))
      .addIndex('reservations_due', ['state', 'expires_at'])
      .addIndex('reservations_waiting', ['state', 'updated_at'])
      .modifyEnd(plainText)
      .execute()
  },
}

/** On which shelf each line lies, or lay before it left: what comes back goes there. */
export const reservationLines: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('reservation_lines')
      .ifNotExists()
      .addColumn('order_id', 'bigint', c => c.notNull())
      .addColumn('sku', 'varchar(64)', c => c.notNull())
      .addColumn('warehouse', 'varchar(32)', c => c.notNull())
      .addColumn('quantity', sql`int unsigned`, c => c.notNull())
      .addPrimaryKeyConstraint('reservation_lines_pk', ['order_id', 'sku', 'warehouse'])
      .modifyEnd(plainText)
      .execute()
  },
}

/** A return is put back once, however often it is told. */
export const returns: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('returns')
      .ifNotExists()
      .addColumn('return_id', 'bigint', c => c.primaryKey())
      .addColumn('order_id', 'bigint', c => c.notNull())
      .modifyEnd(plainText)
      .execute()
  },
}
