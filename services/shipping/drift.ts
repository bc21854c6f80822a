import type { ShippingSql } from './database'

const maxCounted = 10_000
const maxExamples = 20

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
    const examples = waiting.slice(0, maxExamples).map(({ id, order_id, status }) => `shipment ${id} of order ${order_id}: ${status}`)
    return { stuck: { count: waiting.length, examples } }
  }
export type ParcelDrift = ReturnType<typeof parcelDrift>
