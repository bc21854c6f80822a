import type { Log } from '#shared/log'
import { defer, newValues } from '#shared/sql'
import type { CarrierContracts } from './carriers/contracts'
import type { ShippingClients } from './clients'
import { addressColumn, linesColumn, progressOf, type ShipmentRow, type ShippingSql } from './database'
import { isFinal, neverLeft } from './domain'
import { totalGrams } from './domain-quotes'
import type { ShipmentSteps } from './shipment-steps'

interface Ports {
  sql: ShippingSql
  clients: Pick<ShippingClients, 'recipientOf'>
  carriers: CarrierContracts
  steps: Pick<ShipmentSteps, 'record'>
  log: Pick<Log, 'warn'>
}

/** The labels that are requested side by side are stored together. */
const groupIntervalMs = 10

interface Label {
  /** Of its shipment. */
  id: number
  reference: string
  pollMs: number | undefined
}

export const fromNow = (ms: number | undefined) => (ms === undefined ? null : new Date(Date.now() + ms))

/** Requests the label of a shipment from its carrier, and stores it. */
export const requestLabel = ({ sql, clients, carriers, steps, log }: Ports) => {
  /** Stores labels beside the status that each shipment has by now, which may have changed during the call. */
  const storeLabel = sql.many<Label>(
    async labels => {
      const ofShipment = new Map(labels.map(label => [label.id, label]))
      await sql.transaction(async trx => {
        const locked = trx
          .selectFrom('shipments')
          .selectAll()
          .where('id', 'in', [...ofShipment.keys()])
          .orderBy('id')
          .forUpdate()
        const labelled = (await locked.execute()).map(row => {
          const { reference: carrier_reference = null, pollMs } = ofShipment.get(row.id) ?? {}
          const progress = progressOf(row)
          // The label of a shipment that was voided or failed during the call is cancelled at once.
          const next_look_at = neverLeft(progress) ? new Date() : isFinal(progress) ? null : fromNow(pollMs)
          return { ...row, carrier_reference, next_look_at, failed_looks: 0 }
        })
        if (labelled.length > 0)
          await defer(
            trx
              .insertInto('shipments')
              .values(labelled)
              .onDuplicateKeyUpdate(newValues('carrier_reference', 'next_look_at', 'failed_looks')),
          )
      })
    },
    { groupIntervalMs },
  )

  return async (row: ShipmentRow, weights: ReadonlyMap<string, number>): Promise<void> => {
    if (row.address === null) {
      log.warn({ shipment_id: row.id }, 'a shipment without a label failed, since its user is erased and with it the address')
      await steps.record(row.id, 'failed')
      return
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
      grams: totalGrams(lines, weights),
    })
    await storeLabel({ id: row.id, reference, pollMs: carrier.pollMs })
  }
}
