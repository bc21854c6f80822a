import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { addOnce, timestamp } from '#shared/sql'

/** So that ending the retention of contents reads only those that end. */
export const contentRetention: Migration = {
  async up(db: Kysely<unknown>) {
    await addOnce(db.schema.alterTable('deliveries').addColumn('content_until', timestamp))
    await addOnce(db.schema.createIndex('deliveries_content_until').on('deliveries').column('content_until'))
  },
}
