import { driftOf } from '#shared/drift'
import type { ShippingSql } from './database'

const maxCounted = 10_000

/** Parcels that have waited too long: for a label, for their carrier's next word, or for somebody to send again what failed. */
export const parcelDrift =
  ({ sql: { db }, stuckAfterMs }: { sql: Pick<ShippingSql, 'db'>; stuckAfterMs: number }) =>
  async (until: Date) => {
    const waiting = await db
      .selectFrom('shipments')
      .select(['id', 'order_id', 'status'])
      .where('waiting_since', '<', new Date(until.getTime() - stuckAfterMs))
      .orderBy('waiting_since')
      .limit(maxCounted)
      .execute()
    return { stuck: driftOf(waiting.map(({ id, order_id, status }) => `shipment ${id} of order ${order_id}: ${status}`)) }
  }
export type ParcelDrift = ReturnType<typeof parcelDrift>
