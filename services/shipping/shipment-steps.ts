import { notFound } from '#shared/errors'
import type { Publish } from '#shared/event'
import { idempotently, type KeyedRequest } from '#shared/idempotency'
import type { NotifyStreams } from '#shared/live-streams'
import { lockOrMake } from '#shared/sql'
import { progressOf, type ShipmentRow, type ShippingSql, type Trx } from './database'
import { type CarrierStatus, requireCollectable, requireLegalStep, stepsUpTo } from './domain'
import { shipmentView } from './model'
import { changeStatus, markReady, noCarrier } from './shipments'

type Change = (trx: Trx, publish: Publish, before: ShipmentRow) => Promise<ShipmentRow>

/** Changes of a shipment on its way. They take the order's lock, as voiding does: no shipment is both picked up and voided. */
export const shipmentSteps = ({ sql, notify }: { sql: ShippingSql; notify: NotifyStreams }) => {
  const advance = async <T>(shipmentId: number, change: Change, finish: (trx: Trx, row: ShipmentRow) => Promise<T>): Promise<T> => {
    const found = await sql.db.selectFrom('shipments').select('order_id').where('id', '=', shipmentId).executeTakeFirst()
    if (!found) throw notFound('shipment')
    const { before, after, result } = await sql.transaction(async (trx, publish) => {
      await lockOrMake(trx, 'orders', { order_id: found.order_id })
      const before = await trx.selectFrom('shipments').selectAll().where('id', '=', shipmentId).forUpdate().executeTakeFirstOrThrow()
      const after = await change(trx, publish, before)
      return { before, after, result: await finish(trx, after) }
    })
    if (after.version > before.version) await notify([after])
    return result
  }
  const theRow = async (_trx: Trx, row: ShipmentRow) => row
  const legalStep =
    (status: CarrierStatus): Change =>
    async (trx, publish, before) => {
      requireLegalStep(progressOf(before), status)
      return changeStatus(trx, publish, before, status)
    }
  const allSteps =
    (reported: CarrierStatus): Change =>
    async (trx, publish, before) => {
      let after = before
      for (const status of stepsUpTo(progressOf(before), reported)) after = await changeStatus(trx, publish, after, status)
      return after
    }
  const becomeReady: Change = async (trx, publish, before) => {
    requireCollectable(progressOf(before), { isCollected: before.carrier === noCarrier })
    return before.ready_at === null ? markReady(trx, publish, before) : before
  }

  return {
    record: (shipmentId: number, status: CarrierStatus): Promise<ShipmentRow> => advance(shipmentId, legalStep(status), theRow),
    /** An admin records the next step, once for each idempotency key. */
    recordOnce: (keyed: Omit<KeyedRequest, 'body'>, shipmentId: number, status: CarrierStatus) =>
      idempotently(sql, { ...keyed, body: { status } }, save =>
        advance(shipmentId, legalStep(status), (trx, row) => save(trx, { status: 200, body: shipmentView(row) })),
      ),
    /** Records all steps up to the status that the carrier reports; an old report changes nothing. */
    catchUp: (shipmentId: number, reported: CarrierStatus): Promise<ShipmentRow> => advance(shipmentId, allSteps(reported), theRow),
    /** An admin has packed what its buyer collects. Said again, it changes nothing. */
    ready: (shipmentId: number): Promise<ShipmentRow> => advance(shipmentId, becomeReady, theRow),
  }
}
export type ShipmentSteps = ReturnType<typeof shipmentSteps>
