import { randomBytes } from 'node:crypto'
import type { Address } from '#shared/address'
import { shipmentCreated, shipmentDelivered, shipmentReady, shipmentUpdated } from '#shared/catalog'
import type { Publish } from '#shared/event'
import { defer } from '#shared/sql'
import { second } from '#shared/time'
import type { CarrierContracts } from './carriers/contracts'
import { addressColumn, linesColumn, progressOf, type ShipmentRow, type Trx } from './database'
import { isFinal, neverLeft, type Progress, type Status } from './domain'
import type { Line } from './domain-lines'

/** Call this under the order's lock. It locks the shipments as well, since an erasure changes them without the order's lock. */
export const lockShipments = (trx: Trx, orderId: number): Promise<ShipmentRow[]> =>
  trx.selectFrom('shipments').selectAll().where('order_id', '=', orderId).orderBy('id').forUpdate().execute()

/** Stored in place of a carrier when the buyer collects the order: no carrier is called. */
export const noCarrier = 'pickup'
export const carrierFor = (carriers: CarrierContracts, option: string, name?: string): string =>
  option === 'pickup' ? noCarrier : carriers.choose(name)

interface NewShipment {
  orderId: number
  userId: number
  carrier: string
  option: string
  address: Address
  lines: Line[]
  publish: Publish
}

const newRow = (shipment: NewShipment, at: Date) => ({
  order_id: shipment.orderId,
  user_id: shipment.userId,
  // 128 random bits: the number alone gives access to the public tracking page.
  tracking_number: randomBytes(16).toString('hex'),
  carrier: shipment.carrier,
  carrier_reference: null,
  shipping_option: shipment.option,
  status: 'created' as const,
  version: 1,
  address: addressColumn.write(shipment.address),
  lines: linesColumn.write(shipment.lines),
  ready_at: null,
  picked_up_at: null,
  waiting_since: at,
  next_look_at: shipment.carrier === noCarrier ? null : at,
  failed_looks: 0,
  created_at: at,
  updated_at: at,
})

/** Call this under the locks of their orders. */
export const addShipments = async (trx: Trx, shipments: readonly NewShipment[]): Promise<ShipmentRow[]> => {
  const at = new Date()
  const rows = shipments.map(shipment => newRow(shipment, at))
  const { insertId } = await trx.insertInto('shipments').values(rows).executeTakeFirstOrThrow()
  const stored = rows.map((row, i) => ({ ...row, id: Number(insertId) + i }))
  const steps = stored.map(({ id: shipment_id, version, status }) => ({ shipment_id, version, status, at }))
  await defer(trx.insertInto('shipment_steps').values(steps))
  for (const [i, row] of stored.entries()) shipments[i]?.publish(shipmentCreated({ id: row.id, version: 1 }, eventData(row)))
  return stored
}

/** Call this under the order's lock, and only for a legal step. It returns the changed row. */
export const changeStatus = async (trx: Trx, publish: Publish, before: ShipmentRow, status: Status): Promise<ShipmentRow> => {
  const at = new Date()
  const picked_up_at = status === 'picked_up' ? at : before.picked_up_at
  const progress = progressOf({ status, picked_up_at })
  const isOver = status === 'delivered' || status === 'returned' || (status === 'voided' && before.carrier === noCarrier)
  return saveVersion(trx, publish, before, {
    status,
    picked_up_at,
    waiting_since: isOver ? null : at,
    next_look_at: nextLookAt(before, progress, at),
    failed_looks: 0,
    address: isFinal(progress) && (await isErased(trx, before.user_id)) ? null : before.address,
    updated_at: at,
  })
}

/**
 * Call this under the order's lock, for a parcel that has not left: its other lines move to a new parcel. Its label stays valid, since the weight
 * that was declared is now more than enough.
 */
export const changeLines = (trx: Trx, publish: Publish, before: ShipmentRow, lines: readonly Line[]): Promise<ShipmentRow> =>
  saveVersion(trx, publish, before, { lines: linesColumn.write([...lines]), updated_at: new Date() })

/** Call this under the order's lock, for a parcel that its buyer collects. From now on it waits for them. */
export const markReady = (trx: Trx, publish: Publish, before: ShipmentRow): Promise<ShipmentRow> => {
  const at = new Date()
  return saveVersion(trx, publish, before, { ready_at: at, waiting_since: at, updated_at: at }, shipmentReady)
}

const saveVersion = async (
  trx: Trx,
  publish: Publish,
  before: ShipmentRow,
  change: Partial<Omit<ShipmentRow, 'id' | 'order_id' | 'user_id' | 'created_at' | 'version'>> & { updated_at: Date },
  event = change.status === 'delivered' ? shipmentDelivered : shipmentUpdated,
): Promise<ShipmentRow> => {
  const row: ShipmentRow = { ...before, ...change, version: before.version + 1 }
  const { id, version, status } = row
  const shipment = trx.updateTable('shipments').where('id', '=', id)
  await defer(shipment.set({ ...change, version }))
  await defer(trx.insertInto('shipment_steps').values({ shipment_id: id, version, status, at: change.updated_at }))
  publish(event({ id, version }, eventData(row)))
  return row
}

/** Longer than one look at the carrier may take. */
export const lookLeaseMs = 30 * second

const nextLookAt = ({ carrier, carrier_reference }: ShipmentRow, progress: Progress, at: Date): Date | null => {
  if (carrier === noCarrier) return null
  // Its label may be requested at this moment; after the lease the label is stored and can be cancelled.
  if (neverLeft(progress)) return carrier_reference === null ? new Date(at.getTime() + lookLeaseMs) : at
  return isFinal(progress) || (progress.status === 'failed' && carrier_reference === null) ? null : at
}

const isErased = async (trx: Trx, userId: number) =>
  (await trx.selectFrom('erased_users').select('user_id').where('user_id', '=', userId).executeTakeFirst()) !== undefined

/** The data of every shipment event; it has no address. */
const eventData = (row: ShipmentRow) => ({
  shipment_id: row.id,
  order_id: row.order_id,
  user_id: row.user_id,
  tracking_number: row.tracking_number,
  carrier: row.carrier,
  status: row.status,
  lines: linesColumn.read(row.lines),
})
