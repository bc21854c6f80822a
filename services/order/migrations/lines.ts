import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { addOnce } from '#shared/sql'

/** Null in orders that an earlier release stored: their lines are in `order_items`, as those of all orders are. */
export const lines: Migration = {
  async up(db: Kysely<unknown>) {
    await addOnce(db.schema.alterTable('orders').addColumn('lines', sql`mediumtext`))
  },
}
