import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { plainText, timestamp } from '#shared/sql'

/** What is known of an order's tax. The order is in the report from the day on which it is paid. */
export const orders: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('orders')
      .ifNotExists()
      .addColumn('order_id', 'bigint', c => c.primaryKey())
      .addColumn('currency', 'char(3)')
      .addColumn('total', 'bigint')
      .addColumn('lines', 'text')
      .addColumn('paid_at', timestamp)
      .addColumn('version', 'integer', c => c.notNull().defaultTo(0))
      .modifyEnd(plainText)
      .execute()
  },
}

/** One row for each refund, with the amount of that refund alone. */
export const refunds: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('refunds')
      .ifNotExists()
      .addColumn('order_id', 'bigint', c => c.notNull())
      .addColumn('refund_id', 'bigint', c => c.notNull())
      .addColumn('amount', 'bigint', c => c.notNull())
      .addColumn('refunded_at', timestamp, c => c.notNull())
      .addPrimaryKeyConstraint('refunds_pk', ['order_id', 'refund_id'])
      .modifyEnd(plainText)
      .execute()
  },
}

/** The report's rows: sales and refunds by place and rate. Those of an order are replaced whenever more is known of it. */
export const entries: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('entries')
      .ifNotExists()
      .addColumn('order_id', 'bigint', c => c.notNull())
      .addColumn('entry', 'integer', c => c.notNull())
      .addColumn('kind', 'varchar(8)', c => c.notNull())
      .addColumn('at', timestamp, c => c.notNull())
      .addColumn('country', 'char(2)', c => c.notNull())
      .addColumn('region', 'varchar(10)', c => c.notNull())
      .addColumn('rate_ppm', sql`int unsigned`, c => c.notNull())
      .addColumn('currency', 'char(3)', c => c.notNull())
      .addColumn('net', 'bigint', c => c.notNull())
      .addColumn('tax', 'bigint', c => c.notNull())
      .addPrimaryKeyConstraint('entries_pk', ['order_id', 'entry'])
      .addIndex('entries_report', ['at', 'country'])
      .modifyEnd(plainText)
      .execute()
  },
}

export const unsold: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable('orders')
      .addColumn('unsold', 'boolean', c => c.notNull().defaultTo(false))
      .execute()
  },
}
