import type { Log } from '#shared/log'
import type { Carriers } from './carriers/carrier'
import type { ShipmentRow, ShippingSql } from './database'
import { isEnded } from './domain'
import { linesOf, lockOrder, lookLeaseMs } from './parcels'
import type { Progress } from './progress'

interface Deps {
  sql: ShippingSql
  carriers: Carriers
  progress: Progress
  log: Pick<Log, 'warn'>
}

const sweepLimit = 200
const atOnce = 4
const longestPauseMs = 600_000

/** Looks after the parcels that are due: makes their labels, asks where they are, takes labels back. Each is claimed first, so instances share the work. */
export const tracking = ({ sql, carriers, progress, log }: Deps) => {
  const later = (ms: number | undefined) => (ms === undefined ? null : new Date(Date.now() + ms))
  /** A parcel that changed meanwhile has its own next look already. */
  const unchanged = ({ id, version }: ShipmentRow) => sql.db.updateTable('shipments').where('id', '=', id).where('version', '=', version)

  const claim = async ({ id, next_look_at }: ShipmentRow): Promise<boolean> => {
    const { numUpdatedRows } = await sql.db
      .updateTable('shipments')
      .set({ next_look_at: later(lookLeaseMs) })
      .where('id', '=', id)
      .where('next_look_at', '=', next_look_at)
      .executeTakeFirst()
    return numUpdatedRows === 1n
  }

  const label = async (row: ShipmentRow) => {
    if (row.address === null) throw new Error('the address of this parcel is forgotten')
    const carrier = carriers.of(row.carrier)
    const { reference } = await carrier.createLabel({
      shipmentId: row.id,
      trackingNumber: row.tracking_number,
      option: row.shipping_option,
      address: JSON.parse(row.address),
      lines: linesOf(row),
    })
    await sql.transaction(async trx => {
      await lockOrder(trx, row.order_id)
      const { status } = await trx.selectFrom('shipments').select('status').where('id', '=', row.id).executeTakeFirstOrThrow()
      // Voided while the label was made: that one is taken back at once.
      const next_look_at = status === 'voided' ? new Date() : isEnded(status) ? null : later(carrier.askAgainMs)
      await trx
        .updateTable('shipments')
        .set({ carrier_reference: reference, next_look_at, failed_looks: 0 })
        .where('id', '=', row.id)
        .execute()
    })
  }

  const look = async (row: ShipmentRow) => {
    const carrier = carriers.of(row.carrier)
    const { id: shipmentId, carrier_reference: reference, status, updated_at: since } = row
    if (status === 'voided') {
      await carrier.cancelLabel({ shipmentId, reference })
      await unchanged(row).set({ next_look_at: null, waiting_since: null, failed_looks: 0 }).execute()
    } else if (reference === null) await label(row)
    else {
      const reported = await carrier.whereabouts({ shipmentId, reference, status, since })
      const now = reported ? await progress.catchUp(shipmentId, reported) : row
      if (!isEnded(now.status))
        await unchanged(now)
          .set({ next_look_at: later(carrier.askAgainMs), failed_looks: 0 })
          .execute()
    }
  }

  const lookAfter = async (row: ShipmentRow) => {
    if (!(await claim(row))) return
    try {
      await look(row)
    } catch (error) {
      const failed_looks = row.failed_looks + 1
      log.warn({ err: error, shipment_id: row.id, carrier: row.carrier, failed_looks }, 'the carrier could not be asked; it is tried again')
      const next_look_at = later(Math.min(longestPauseMs, 1000 * 2 ** failed_looks))
      await unchanged(row).set({ next_look_at, failed_looks }).execute()
    }
  }

  return {
    async lookAfterDue(now = new Date(), limit = sweepLimit): Promise<void> {
      const due = sql.db.selectFrom('shipments').selectAll().where('next_look_at', '<=', now).orderBy('next_look_at').limit(limit)
      const rows = await due.execute()
      const worker = async () => {
        for (let row = rows.shift(); row; row = rows.shift()) await lookAfter(row)
      }
      await Promise.all(Array.from({ length: atOnce }, worker))
    },
  }
}
export type Tracking = ReturnType<typeof tracking>
