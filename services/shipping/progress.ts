import { notFound } from '#shared/errors'
import type { ShipmentRow, ShippingSql } from './database'
import { type Reported, requireLegal, stepsTo } from './domain'
import type { Announce } from './live'
import { lockOrder, moveParcel } from './parcels'

/** How a parcel moves along, by hand or by its carrier's word. */
export const progress = ({ sql, announce }: { sql: ShippingSql; announce: Announce }) => {
  /** Takes turns with a void by the order's lock: what is void is never picked up, what is picked up is never void. */
  const move = async (shipmentId: number, stepsOf: (row: ShipmentRow) => readonly Reported[]): Promise<ShipmentRow> => {
    const known = await sql.db.selectFrom('shipments').select('order_id').where('id', '=', shipmentId).executeTakeFirst()
    if (!known) throw notFound('shipment')
    const rows = await sql.transaction(async (trx, publish) => {
      await lockOrder(trx, known.order_id)
      let row = await trx.selectFrom('shipments').selectAll().where('id', '=', shipmentId).forUpdate().executeTakeFirstOrThrow()
      const passed = [row]
      for (const status of stepsOf(row)) {
        row = await moveParcel(trx, publish, row, status)
        passed.push(row)
      }
      return passed
    })
    await announce(rows.slice(1).map(({ id, version }) => ({ shipment_id: id, version })))
    return rows.at(-1)!
  }

  return {
    /** Somebody says what happened next. */
    report: (shipmentId: number, status: Reported): Promise<ShipmentRow> =>
      move(shipmentId, row => {
        requireLegal(row.status, status)
        return [status]
      }),
    /** A carrier says where the parcel is: steps that it skipped are told as well, and old news is none. */
    catchUp: (shipmentId: number, reported: Reported): Promise<ShipmentRow> => move(shipmentId, row => stepsTo(row.status, reported)),
  }
}
export type Progress = ReturnType<typeof progress>
