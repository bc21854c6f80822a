import { notFound } from '#shared/errors'
import { idempotently, type KeyedRequest } from '#shared/idempotency'
import type { NotifyStreams } from '#shared/live-streams'
import { lockOrMake } from '#shared/sql'
import { progressOf, type ShipmentRow, type ShippingSql, type Trx } from './database'
import { type CarrierStatus, requireLegalStep, stepsUpTo } from './domain'
import { shipmentView } from './model'
import { changeStatus } from './shipments'

/** Status changes of a shipment. They take the order's lock, as voiding does: no shipment is both picked up and voided. */
export const shipmentSteps = ({ sql, notify }: { sql: ShippingSql; notify: NotifyStreams }) => {
  const advance = async <T>(
    shipmentId: number,
    stepsFrom: (row: ShipmentRow) => readonly CarrierStatus[],
    finish: (trx: Trx, row: ShipmentRow) => Promise<T>,
  ): Promise<T> => {
    const found = await sql.db.selectFrom('shipments').select('order_id').where('id', '=', shipmentId).executeTakeFirst()
    if (!found) throw notFound('shipment')
    const { before, after, result } = await sql.transaction(async (trx, publish) => {
      await lockOrMake(trx, 'orders', { order_id: found.order_id })
      const before = await trx.selectFrom('shipments').selectAll().where('id', '=', shipmentId).forUpdate().executeTakeFirstOrThrow()
      let after = before
      for (const status of stepsFrom(before)) after = await changeStatus(trx, publish, after, status)
      return { before, after, result: await finish(trx, after) }
    })
    if (after.version > before.version) await notify([after])
    return result
  }
  const theRow = async (_trx: Trx, row: ShipmentRow) => row
  const legalStep = (status: CarrierStatus) => (row: ShipmentRow) => {
    requireLegalStep(progressOf(row), status)
    return [status]
  }

  return {
    record: (shipmentId: number, status: CarrierStatus): Promise<ShipmentRow> => advance(shipmentId, legalStep(status), theRow),
    /** An admin records the next step, once for each idempotency key. */
    recordOnce: (keyed: Omit<KeyedRequest, 'body'>, shipmentId: number, status: CarrierStatus) =>
      idempotently(sql, { ...keyed, body: { status } }, save =>
        advance(shipmentId, legalStep(status), (trx, row) => save(trx, { status: 200, body: shipmentView(row) })),
      ),
    /** Records all steps up to the status that the carrier reports; an old report changes nothing. */
    catchUp: (shipmentId: number, reported: CarrierStatus): Promise<ShipmentRow> =>
      advance(shipmentId, row => stepsUpTo(progressOf(row), reported), theRow),
  }
}
export type ShipmentSteps = ReturnType<typeof shipmentSteps>
