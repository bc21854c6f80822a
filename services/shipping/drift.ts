import { driftOf } from '#shared/drift'
import type { ShippingSql } from './database'

const mostCounted = 10_000

/** Shipments that have waited too long: for a label, for a report of the carrier, or, failed, for their lines to be shipped again. */
export const shipmentDrift =
  ({ sql: { db }, stuckAfterMs }: { sql: Pick<ShippingSql, 'db'>; stuckAfterMs: number }) =>
  async (until: Date) => {
    const waiting = await db
      .selectFrom('shipments')
      .select(['id', 'order_id', 'status'])
      .where('waiting_since', '<', new Date(until.getTime() - stuckAfterMs))
      .orderBy('waiting_since')
      .limit(mostCounted)
      .execute()
    return { stuck: driftOf(waiting.map(({ id, order_id, status }) => `shipment ${id} of order ${order_id}: ${status}`)) }
  }
export type ShipmentDrift = ReturnType<typeof shipmentDrift>
