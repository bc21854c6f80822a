import { randomBytes } from 'node:crypto'
import type { Address } from '#shared/address'
import { shipmentCreated, shipmentDelivered, shipmentUpdated } from '#shared/catalog'
import type { Publish } from '#shared/event'
import { second } from '#shared/time'
import type { CarrierContracts } from './carriers/contracts'
import { addressColumn, linesColumn, type ShipmentRow, type Trx } from './database'
import { isFinal, type Line, type Status } from './domain'

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
}

export const addShipment = async (trx: Trx, publish: Publish, shipment: NewShipment): Promise<ShipmentRow> => {
  const at = new Date()
  const row = {
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
    picked_up_at: null,
    waiting_since: at,
    next_look_at: shipment.carrier === noCarrier ? null : at,
    failed_looks: 0,
    created_at: at,
    updated_at: at,
  }
  const { insertId } = await trx.insertInto('shipments').values(row).executeTakeFirstOrThrow()
  const stored = { ...row, id: Number(insertId) }
  await trx.insertInto('shipment_steps').values({ shipment_id: stored.id, version: 1, status: 'created', at }).execute()
  publish(shipmentCreated({ id: stored.id, version: 1 }, eventData(stored)))
  return stored
}

/** Call this under the order's lock, and only for a legal step. It returns the changed row. */
export const changeStatus = async (trx: Trx, publish: Publish, before: ShipmentRow, status: Status): Promise<ShipmentRow> => {
  const at = new Date()
  const hasCarrier = before.carrier !== noCarrier
  const row: ShipmentRow = {
    ...before,
    status,
    version: before.version + 1,
    picked_up_at: status === 'picked_up' ? at : before.picked_up_at,
    waiting_since: status === 'delivered' || (status === 'voided' && !hasCarrier) ? null : at,
    next_look_at: nextLookAt(before, status, at),
    failed_looks: 0,
    address: isFinal(status) && (await isErased(trx, before.user_id)) ? null : before.address,
    updated_at: at,
  }
  const { id, order_id, user_id, created_at, ...changed } = row
  await trx.updateTable('shipments').set(changed).where('id', '=', id).execute()
  await trx.insertInto('shipment_steps').values({ shipment_id: id, version: row.version, status, at }).execute()
  publish((status === 'delivered' ? shipmentDelivered : shipmentUpdated)({ id, version: row.version }, eventData(row)))
  return row
}

/** Longer than one look at the carrier may take. */
export const lookLeaseMs = 30 * second

const nextLookAt = ({ carrier, carrier_reference }: ShipmentRow, status: Status, at: Date): Date | null => {
  if (carrier === noCarrier || status === 'delivered' || status === 'failed') return null
  // Its label may be requested at this moment; after the lease the label is stored and can be cancelled.
  if (status === 'voided' && carrier_reference === null) return new Date(at.getTime() + lookLeaseMs)
  return at
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
