import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { addOnce } from '#shared/sql'

/** Finds cancelled orders whose money was not refunded. */
export const keptMoney: Migration = {
  async up(db: Kysely<unknown>) {
    await addOnce(sql`alter table orders add key orders_kept (status, captured, refunded, updated_at)`.execute(db))
  },
}
