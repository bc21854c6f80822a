import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { addOnce } from '#shared/sql'

/** A line keeps its class, so that another address is taxed at the same kind of rate. */
export const taxClasses: Migration = {
  async up(db: Kysely<unknown>) {
    await addOnce(db.schema.alterTable('order_items').addColumn('tax_class', 'varchar(16)'))
  },
}
