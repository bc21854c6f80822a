import { randomBytes } from 'node:crypto'
import { shipmentCreated, shipmentDelivered, shipmentUpdated } from '#shared/catalog'
import type { Publish } from '#shared/event'
import type { Address } from '#shared/schema'
import type { OrderRow, ShipmentRow, Trx } from './database'
import { isEnded, type Line, type Status } from './domain'

/** What changed, for whoever watches the parcel live. */
export interface Change {
  shipment_id: number
  version: number
}

/** Made if need be, and locked until the end: what becomes of an order's parcels is decided one after the other. */
export const lockOrder = async (trx: Trx, orderId: number): Promise<OrderRow> => {
  await trx.insertInto('orders').values({ order_id: orderId }).onDuplicateKeyUpdate({ order_id: orderId }).execute()
  return trx.selectFrom('orders').selectAll().where('order_id', '=', orderId).forUpdate().executeTakeFirstOrThrow()
}

/** Read under the order's lock, they don't change until the transaction ends; their own keep them from being erased just then. */
export const parcelsOf = (trx: Trx, orderId: number): Promise<ShipmentRow[]> =>
  trx.selectFrom('shipments').selectAll().where('order_id', '=', orderId).orderBy('id').forUpdate().execute()

export const linesOf = ({ lines }: { lines: string | null }): Line[] => (lines === null ? [] : JSON.parse(lines))

interface NewParcel {
  orderId: number
  userId: number
  carrier: string
  option: string
  address: Address
  lines: readonly Line[]
}

/** `pickup` is collected from us: no carrier is asked. */
export const noCarrier = 'pickup'

export const addParcel = async (trx: Trx, publish: Publish, parcel: NewParcel): Promise<ShipmentRow> => {
  const at = new Date()
  const row = {
    order_id: parcel.orderId,
    user_id: parcel.userId,
    // 128 random bits: who knows the number may see the parcel, and nobody guesses it.
    tracking_number: randomBytes(16).toString('hex'),
    carrier: parcel.carrier,
    carrier_reference: null,
    shipping_option: parcel.option,
    status: 'created' as const,
    version: 1,
    address: JSON.stringify(parcel.address),
    lines: JSON.stringify(parcel.lines),
    picked_up_at: null,
    waiting_since: at,
    next_look_at: parcel.carrier === noCarrier ? null : at,
    failed_looks: 0,
    created_at: at,
    updated_at: at,
  }
  const { insertId } = await trx.insertInto('shipments').values(row).executeTakeFirstOrThrow()
  const stored = { ...row, id: Number(insertId) }
  await trx.insertInto('shipment_steps').values({ shipment_id: stored.id, version: 1, status: 'created', at }).execute()
  publish(shipmentCreated({ id: stored.id, version: 1 }, told(stored)))
  return stored
}

/** Under the order's lock, and only where the step is legal. Gives the row as it is now. */
export const moveParcel = async (trx: Trx, publish: Publish, before: ShipmentRow, status: Status): Promise<ShipmentRow> => {
  const at = new Date()
  const asksCarrier = before.carrier !== noCarrier
  const row: ShipmentRow = {
    ...before,
    status,
    version: before.version + 1,
    picked_up_at: status === 'picked_up' ? at : before.picked_up_at,
    waiting_since: status === 'delivered' || (status === 'voided' && !asksCarrier) ? null : at,
    next_look_at: lookAfter(before, status, at),
    failed_looks: 0,
    address: isEnded(status) && (await isErased(trx, before.user_id)) ? null : before.address,
    updated_at: at,
  }
  const { id, order_id, user_id, created_at, ...changed } = row
  await trx.updateTable('shipments').set(changed).where('id', '=', id).execute()
  await trx.insertInto('shipment_steps').values({ shipment_id: id, version: row.version, status, at }).execute()
  publish((status === 'delivered' ? shipmentDelivered : shipmentUpdated)({ id, version: row.version }, told(row)))
  return row
}

/** Longer than a call to a carrier may take: one that is under way is over by then. */
export const lookLeaseMs = 30_000

/** A parcel that goes on is looked at soon, its label is taken back when it is void, and one that has arrived or failed is left alone. */
const lookAfter = ({ carrier, carrier_reference }: ShipmentRow, status: Status, at: Date): Date | null => {
  if (carrier === noCarrier || status === 'delivered' || status === 'failed') return null
  // Its label may just be in the making.
  if (status === 'voided' && carrier_reference === null) return new Date(at.getTime() + lookLeaseMs)
  return at
}

const isErased = async (trx: Trx, userId: number) =>
  (await trx.selectFrom('erased_users').select('user_id').where('user_id', '=', userId).executeTakeFirst()) !== undefined

/** Facts only: no address ever leaves by an event. */
const told = (row: ShipmentRow) => ({
  shipment_id: row.id,
  order_id: row.order_id,
  user_id: row.user_id,
  tracking_number: row.tracking_number,
  carrier: row.carrier,
  status: row.status,
  lines: linesOf(row),
})
