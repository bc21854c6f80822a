import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { addOnce, plainText, timestamp } from '#shared/sql'
import { soldLinesColumn, type TaxDb } from '../database'
import { reportedPlace } from '../domain'

const batch = 1000

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
    await addOnce(db.schema.alterTable('orders').addColumn('unsold', 'boolean', c => c.notNull().defaultTo(false)))
  },
}

/** A refund of returned goods is reported at the rates of those goods. */
export const returns: Migration = {
  async up(db: Kysely<unknown>) {
    await addOnce(db.schema.alterTable('refunds').addColumn('of_goods', 'boolean', c => c.notNull().defaultTo(false)))
    await db.schema
      .createTable('returns')
      .ifNotExists()
      .addColumn('order_id', 'bigint', c => c.notNull())
      .addColumn('return_id', 'bigint', c => c.notNull())
      .addColumn('line_refunds', 'text', c => c.notNull())
      .addPrimaryKeyConstraint('returns_pk', ['order_id', 'return_id'])
      .modifyEnd(plainText)
      .execute()
  },
}

/** The report reads this index alone. */
export const summed: Migration = {
  async up(db: Kysely<unknown>) {
    const columns = ['at', 'country', 'region', 'rate_ppm', 'currency', 'kind', 'net', 'tax']
    await addOnce(db.schema.createIndex('entries_sums').on('entries').columns(columns))
  },
}

/** Regions that are no codes were typed by the owner of an address. No report is by them, so they are not kept. */
export const withoutTypedRegions: Migration = {
  async up(db: Kysely<TaxDb>) {
    await db.updateTable('entries').set({ region: '' }).where(sql<boolean>`region not regexp '^[A-Z0-9]{0,3}$'`).execute()
    for (let last = 0, full = true; full; ) {
      const rows = await db
        .selectFrom('orders')
        .select(['order_id', 'lines'])
        .where('order_id', '>', last)
        .orderBy('order_id')
        .limit(batch)
        .execute()
      for (const { order_id, lines } of rows) {
        last = order_id
        if (lines === null) continue
        const known = soldLinesColumn.write(soldLinesColumn.read(lines).map(line => ({ ...line, ...reportedPlace(line) })))
        if (known !== lines) await db.updateTable('orders').set({ lines: known }).where('order_id', '=', order_id).execute()
      }
      full = rows.length === batch
    }
  },
}
