import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { addOnce } from '#shared/sql'

/** Who asked for an order to be cancelled: the sweep that finishes the request must know it. */
export const cancellers: Migration = {
  async up(db: Kysely<unknown>) {
    await addOnce(db.schema.alterTable('orders').addColumn('cancel_requested_by', 'varchar(16)'))
  },
}
