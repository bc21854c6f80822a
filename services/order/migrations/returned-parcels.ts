import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { addOnce } from '#shared/sql'

/** The goods of a parcel are returned once. */
export const returnedParcels: Migration = {
  async up(db: Kysely<unknown>) {
    await addOnce(sql`alter table returns add column shipment_id bigint, add unique key returns_shipment (shipment_id)`.execute(db))
  },
}
