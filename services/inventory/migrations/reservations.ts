import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { addOnce, currentTime, plainText, timestamp } from '#shared/sql'

/** One row per order: what is known of the order, and the state of its stock. */
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

/** The warehouse that each line is allocated from. The rows stay after the goods have left: returned goods go back there. */
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

/** The returns that were received: each is restocked once, however many events name it. */
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

/** How many pieces of an allocation came back from the customer: later ones go back to the order's other warehouses. */
export const returnedPieces: Migration = {
  async up(db: Kysely<unknown>) {
    await addOnce(db.schema.alterTable('reservation_lines').addColumn('returned', sql`int unsigned`, c => c.notNull().defaultTo(0)))
  },
}
