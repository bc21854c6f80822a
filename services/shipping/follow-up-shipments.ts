import { chunks } from '#shared/chunks'
import type { Log } from '#shared/log'
import { defer } from '#shared/sql'
import { eachIsolated } from '#shared/sweep'
import { minute, second } from '#shared/time'
import type { CarrierContracts } from './carriers/contracts'
import type { ShippingClients } from './clients'
import { linesColumn, progressOf, type ShipmentRow, type ShippingSql } from './database'
import { isFinal, neverLeft } from './domain'
import { fromNow, requestLabel } from './request-label'
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
/** So many carriers are called side by side. Their rows are claimed together, at the moment of the calls: a claim outlives one look. */
const lanes = 8
const longestRetryMs = 10 * minute

/**
 * Sweeps over the shipments whose next look at the carrier is due: it requests labels, records the status that the carrier reports,
 * and cancels the labels of shipments that will not leave. Rows are claimed before the calls, so that several instances share the work.
 */
export const followUpShipments = ({ sql, clients, carriers, steps, log }: Ports) => {
  /** A status change during the call has set the time of the next look already. */
  const updateUnchanged = ({ id, version }: ShipmentRow) =>
    sql.db.updateTable('shipments').where('id', '=', id).where('version', '=', version)

  const claim = (ids: readonly number[], now: Date): Promise<ShipmentRow[]> =>
    sql.transaction(async trx => {
      const due = trx.selectFrom('shipments').selectAll().where('id', 'in', ids).where('next_look_at', '<=', now)
      const rows = await due.forUpdate().skipLocked().execute()
      const claimed = rows.map(({ id }) => id)
      if (rows.length > 0)
        await defer(
          trx
            .updateTable('shipments')
            .set({ next_look_at: fromNow(lookLeaseMs) })
            .where('id', 'in', claimed),
        )
      return rows
    })

  const request = requestLabel({ sql, clients, carriers, steps, log })

  const lookAtCarrier = async (row: ShipmentRow, weights: ReadonlyMap<string, number>) => {
    const carrier = carriers.carrierOf(row.carrier)
    const { id: shipmentId, carrier_reference: reference, status, updated_at: since } = row
    if (neverLeft(progressOf(row))) {
      await carrier.cancelLabel({ shipmentId, reference })
      // A failed one still waits for its lines to be shipped again.
      const waiting_since = status === 'voided' ? null : row.waiting_since
      await updateUnchanged(row).set({ next_look_at: null, waiting_since, failed_looks: 0 }).execute()
    } else if (reference === null) await request(row, weights)
    else {
      const reported = await carrier.trackParcel({ shipmentId, reference, status, since })
      const current = reported ? await steps.catchUp(shipmentId, reported) : row
      if (!isFinal(progressOf(current)))
        await updateUnchanged(current)
          .set({ next_look_at: fromNow(carrier.pollMs), failed_looks: 0 })
          .execute()
    }
  }

  const followUp = async (row: ShipmentRow, weights: ReadonlyMap<string, number>) => {
    try {
      await lookAtCarrier(row, weights)
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
    const due = sql.db.selectFrom('shipments').select('id').where('next_look_at', '<=', now).orderBy('next_look_at').limit(mostRows)
    const ids = (await due.execute()).map(({ id }) => id)
    const onError = (error: unknown, { id }: ShipmentRow) =>
      log.warn({ err: error, shipment_id: id }, 'a shipment could not be followed up; it is claimed again later')
    for (const some of chunks(ids, lanes)) {
      const rows = await claim(some, now)
      const unlabelled = rows.filter(row => row.carrier_reference === null)
      const weights = await weightsOf(
        sql.db,
        unlabelled.flatMap(({ lines }) => linesColumn.read(lines)),
      )
      await eachIsolated(rows, row => followUp(row, weights), onError, lanes)
    }
  }
}
export type FollowUpShipments = ReturnType<typeof followUpShipments>
