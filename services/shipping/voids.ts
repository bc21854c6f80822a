import { conflict } from '#shared/errors'
import type { Message, Publish } from '#shared/event'
import type { ShippingSql, Trx } from './database'
import type { Announce } from './live'
import { type Change, lockOrder, moveParcel, parcelsOf } from './parcels'

/** Nothing (more) of an order leaves the house. The order's row stays as a tombstone, also of an order that was never heard of. */
const voidAll = async (trx: Trx, publish: Publish, orderId: number, { unlessPickedUp }: { unlessPickedUp: boolean }): Promise<Change[]> => {
  const order = await lockOrder(trx, orderId)
  const parcels = await parcelsOf(trx, orderId)
  if (unlessPickedUp && parcels.some(parcel => parcel.picked_up_at !== null))
    throw conflict('already_picked_up', 'A parcel of this order is on its way; it can be returned once it has arrived.')
  if (!order.voided) await trx.updateTable('orders').set({ voided: true }).where('order_id', '=', orderId).execute()
  // Nobody is to send these again.
  const failed = parcels.filter(parcel => parcel.status === 'failed' && parcel.waiting_since !== null)
  for (const { id } of failed) await trx.updateTable('shipments').set({ waiting_since: null }).where('id', '=', id).execute()
  const changes: Change[] = []
  for (const parcel of parcels.filter(({ status }) => status === 'created')) {
    const { id, version } = await moveParcel(trx, publish, parcel, 'voided')
    changes.push({ shipment_id: id, version })
  }
  return changes
}

export const voids = ({ sql, announce }: { sql: ShippingSql; announce: Announce }) => ({
  /** Order's question before it cancels: takes turns with pick-up, and exactly one of the two wins. Asked again, the same answer. */
  async request(orderId: number): Promise<void> {
    await announce(await sql.transaction((trx, publish) => voidAll(trx, publish, orderId, { unlessPickedUp: true })))
  },
  /** Order has cancelled: what was not picked up never will be. */
  async cancelled(message: Message, orderId: number): Promise<void> {
    const changes = await sql.once(message, (trx, publish) => voidAll(trx, publish, orderId, { unlessPickedUp: false }))
    await announce(changes ?? [])
  },
})
export type Voids = ReturnType<typeof voids>
