import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { addOnce } from '#shared/sql'

/** Finds the returns that wait for an answer. */
export const listedReturns: Migration = {
  async up(db: Kysely<unknown>) {
    await addOnce(sql`alter table returns add key returns_status (status, id)`.execute(db))
  },
}
