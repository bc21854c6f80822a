import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { addOnce } from '#shared/sql'

export const rejectReasons: Migration = {
  async up(db: Kysely<unknown>) {
    await addOnce(db.schema.alterTable('returns').addColumn('reject_reason', 'varchar(500)'))
  },
}
