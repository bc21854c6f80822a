import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { addOnce } from '#shared/sql'

/** Payments whose provider reports another amount. */
export const mismatches: Migration = {
  async up(db: Kysely<unknown>) {
    await addOnce(sql`alter table payments add column mismatch_at datetime(3), add key payments_mismatch (mismatch_at)`.execute(db))
  },
}
