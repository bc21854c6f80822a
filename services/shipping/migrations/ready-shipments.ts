import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { addOnce, timestamp } from '#shared/sql'

export const readyShipments: Migration = {
  async up(db: Kysely<unknown>) {
    await addOnce(db.schema.alterTable('shipments').addColumn('ready_at', timestamp))
  },
}
