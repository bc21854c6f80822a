import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { addOnce } from '#shared/sql'

/** A refund says why it was made, and a failed one is followed by another. */
export const retriedRefunds: Migration = {
  async up(db: Kysely<unknown>) {
    await addOnce(
      sql`alter table refunds
      add column refund_cause varchar(20),
      add column attempt integer not null default 1,
      add column retry_of bigint,
      add unique key refunds_retry_of (retry_of)`.execute(db),
    )
  },
}

/** What an order costs of which more was captured. */
export const dueOfOrders: Migration = {
  async up(db: Kysely<unknown>) {
    await addOnce(sql`alter table orders add column due varchar(40)`.execute(db))
  },
}
