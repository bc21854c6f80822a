import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { addOnce } from '#shared/sql'

/** A number keeps the request that drew it, so that a repetition claims the order under the same number. */
export const numbersOfRequests: Migration = {
  async up(db: Kysely<unknown>) {
    await addOnce(
      sql`alter table payment_numbers
      add column request_key char(64),
      add column created_at datetime(3) not null default current_timestamp(3),
      add unique key payment_numbers_request (request_key),
      add key payment_numbers_created (created_at)`.execute(db),
    )
  },
}

/** The default makes the sweep hold the orders of payments that an instance of the release before stores. */
export const holds: Migration = {
  async up(db: Kysely<unknown>) {
    await addOnce(
      sql`alter table payments
      add column hold_at datetime(3) default current_timestamp(3),
      add key payments_hold (hold_at)`.execute(db),
    )
    await sql`update payments set hold_at = null where status not in ('pending', 'requires_action')`.execute(db)
  },
}
