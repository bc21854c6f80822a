import { notFound } from '#shared/errors'
import { lockOrMake } from '#shared/sql'
import { progressOf, type ShipmentRow, type ShippingSql } from './database'
import { type CarrierStatus, requireLegalStep, stepsUpTo } from './domain'
import type { NotifyStreams } from './shipment-streams'
import { changeStatus } from './shipments'

/** Status changes of a shipment. They take the order's lock, as voiding does: no shipment is both picked up and voided. */
export const shipmentSteps = ({ sql, notify }: { sql: ShippingSql; notify: NotifyStreams }) => {
  const advance = async (shipmentId: number, stepsFrom: (row: ShipmentRow) => readonly CarrierStatus[]): Promise<ShipmentRow> => {
    const found = await sql.db.selectFrom('shipments').select('order_id').where('id', '=', shipmentId).executeTakeFirst()
    if (!found) throw notFound('shipment')
    const { before, after } = await sql.transaction(async (trx, publish) => {
      await lockOrMake(trx, 'orders', { order_id: found.order_id })
      const before = await trx.selectFrom('shipments').selectAll().where('id', '=', shipmentId).forUpdate().executeTakeFirstOrThrow()
      let after = before
      for (const status of stepsFrom(before)) after = await changeStatus(trx, publish, after, status)
      return { before, after }
    })
    if (after.version > before.version) await notify([after])
    return after
  }

  return {
    /** An admin records the next step. */
    record: (shipmentId: number, status: CarrierStatus): Promise<ShipmentRow> =>
      advance(shipmentId, row => {
        requireLegalStep(progressOf(row), status)
        return [status]
      }),
    /** Records all steps up to the status that the carrier reports; an old report changes nothing. */
    catchUp: (shipmentId: number, reported: CarrierStatus): Promise<ShipmentRow> =>
      advance(shipmentId, row => stepsUpTo(progressOf(row), reported)),
  }
}
export type ShipmentSteps = ReturnType<typeof shipmentSteps>
