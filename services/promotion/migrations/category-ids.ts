import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { addOnce } from '#shared/sql'

/** Empty in rows that an earlier release writes; `categories` has the names then. */
export const categoryIds: Migration = {
  async up(db: Kysely<unknown>) {
    await addOnce(db.schema.alterTable('campaigns').addColumn('category_ids', 'text'))
  },
}
