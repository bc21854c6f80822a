import type { Log } from '#shared/log'
import { eachIsolated } from '#shared/sweep'
import { minute, second } from '#shared/time'
import type { CarrierContracts } from './carriers/contracts'
import type { ShippingClients } from './clients'
import { addressColumn, linesColumn, progressOf, type ShipmentRow, type ShippingSql } from './database'
import { isFinal, neverLeft } from './domain'
import { totalGrams } from './domain-quotes'
import type { ShipmentSteps } from './shipment-steps'
import { lookLeaseMs } from './shipments'
import { weightsOf } from './weights'

interface Ports {
  sql: ShippingSql
  clients: Pick<ShippingClients, 'recipientOf'>
  carriers: CarrierContracts
  steps: Pick<ShipmentSteps, 'catchUp' | 'record'>
  log: Pick<Log, 'warn'>
}

const mostRows = 200
const lanes = 4
const longestRetryMs = 10 * minute

const fromNow = (ms: number | undefined) => (ms === undefined ? null : new Date(Date.now() + ms))

/**
 * Sweeps over the shipments whose next look at the carrier is due: it requests labels, records the status that the carrier reports,
 * and cancels the labels of shipments that will not leave. A row is claimed before the call, so that several instances share the work.
 */
export const followUpShipments = ({ sql, clients, carriers, steps, log }: Ports) => {
  /** A status change during the call has set the time of the next look already. */
  const updateUnchanged = ({ id, version }: ShipmentRow) =>
    sql.db.updateTable('shipments').where('id', '=', id).where('version', '=', version)

  const claim = async ({ id, next_look_at }: ShipmentRow): Promise<boolean> => {
    const { numUpdatedRows } = await sql.db
      .updateTable('shipments')
      .set({ next_look_at: fromNow(lookLeaseMs) })
      .where('id', '=', id)
      .where('next_look_at', '=', next_look_at)
      .executeTakeFirst()
    return numUpdatedRows === 1n
  }

  const requestLabel = async (row: ShipmentRow) => {
    if (row.address === null) {
      log.warn({ shipment_id: row.id }, 'a shipment without a label failed, since its user is erased and with it the address')
      return steps.record(row.id, 'failed')
    }
    const carrier = carriers.carrierOf(row.carrier)
    const lines = linesColumn.read(row.lines)
    const sender = carriers.senderOf(lines[0]?.warehouse)
    const recipient = async () => {
      const known = await clients.recipientOf(row.user_id)
      return { name: known?.name || `Order ${row.order_id}`, phone: known?.phone ?? sender.phone }
    }
    const { reference } = await carrier.createLabel({
      shipmentId: row.id,
      trackingNumber: row.tracking_number,
      option: row.shipping_option,
      sender,
      recipient,
      address: addressColumn.read(row.address),
      pieces: lines.reduce((sum, { quantity }) => sum + quantity, 0),
      grams: totalGrams(lines, await weightsOf(sql.db, lines)),
    })
    await storeLabel(row, reference, carrier.pollMs)
  }

  /** Stores the label beside the status that the shipment has by now, which may have changed during the call. */
  const storeLabel = async (row: ShipmentRow, reference: string, pollMs: number | undefined) => {
    let current: ShipmentRow | undefined = row
    while (current) {
      const progress = progressOf(current)
      // The label of a shipment that was voided or failed during the call is cancelled at once.
      const next_look_at = neverLeft(progress) ? new Date() : isFinal(progress) ? null : fromNow(pollMs)
      const change = { carrier_reference: reference, next_look_at, failed_looks: 0 }
      const { numUpdatedRows } = await updateUnchanged(current).set(change).executeTakeFirst()
      if (numUpdatedRows > 0n) return
      current = await sql.db.selectFrom('shipments').selectAll().where('id', '=', row.id).executeTakeFirst()
    }
  }

  const lookAtCarrier = async (row: ShipmentRow) => {
    const carrier = carriers.carrierOf(row.carrier)
    const { id: shipmentId, carrier_reference: reference, status, updated_at: since } = row
    if (neverLeft(progressOf(row))) {
      await carrier.cancelLabel({ shipmentId, reference })
      // A failed one still waits for its lines to be shipped again.
      const waiting_since = status === 'voided' ? null : row.waiting_since
      await updateUnchanged(row).set({ next_look_at: null, waiting_since, failed_looks: 0 }).execute()
    } else if (reference === null) await requestLabel(row)
    else {
      const reported = await carrier.trackParcel({ shipmentId, reference, status, since })
      const current = reported ? await steps.catchUp(shipmentId, reported) : row
      if (!isFinal(progressOf(current)))
        await updateUnchanged(current)
          .set({ next_look_at: fromNow(carrier.pollMs), failed_looks: 0 })
          .execute()
    }
  }

  const followUp = async (row: ShipmentRow) => {
    if (!(await claim(row))) return
    try {
      await lookAtCarrier(row)
    } catch (error) {
      const failed_looks = row.failed_looks + 1
      log.warn(
        { err: error, shipment_id: row.id, carrier: row.carrier, failed_looks },
        'the call to the carrier failed; it is repeated later',
      )
      const next_look_at = fromNow(Math.min(longestRetryMs, second * 2 ** failed_looks))
      await updateUnchanged(row).set({ next_look_at, failed_looks }).execute()
    }
  }

  return async (now = new Date()): Promise<void> => {
    const due = sql.db.selectFrom('shipments').selectAll().where('next_look_at', '<=', now).orderBy('next_look_at').limit(mostRows)
    const onError = (error: unknown, { id }: ShipmentRow) =>
      log.warn({ err: error, shipment_id: id }, 'a shipment could not be followed up; it is claimed again later')
    await eachIsolated(await due.execute(), followUp, onError, lanes)
  }
}
export type FollowUpShipments = ReturnType<typeof followUpShipments>
