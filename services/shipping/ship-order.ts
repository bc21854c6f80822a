import type { inventoryCommitted } from '#shared/catalog'
import type { Message } from '#shared/event'
import type { NotifyStreams } from '#shared/live-streams'
import type { Static } from '#shared/schema'
import { lockOrMake } from '#shared/sql'
import type { CarrierContracts } from './carriers/contracts'
import type { ShippingClients } from './clients'
import { knownOrder, linesColumn, type ShipmentRow, type ShippingSql } from './database'
import { firstParcels, isPackedOrVoided } from './domain-orders'
import { addShipment, carrierFor } from './shipments'

interface Ports {
  sql: ShippingSql
  clients: ShippingClients
  carriers: CarrierContracts
  notify: NotifyStreams
}

/**
 * When the stock of an order is committed, each warehouse packs what leaves from it in one parcel, unless the order is cancelled. The order
 * service is asked before the transaction begins, since no call is made under a lock.
 */
export const shipOrder = ({ sql, clients, carriers, notify }: Ports) => {
  const isDone = async (orderId: number) => {
    const row = await sql.db.selectFrom('orders').select(['lines', 'voided']).where('order_id', '=', orderId).executeTakeFirst()
    return row !== undefined && isPackedOrVoided(knownOrder(row))
  }

  return async (message: Message<Static<typeof inventoryCommitted.schema>>): Promise<void> => {
    const orderId = message.data.order_id
    if (await isDone(orderId)) return
    const order = await clients.orderToShip(orderId)
    if (order.status === 'cancelled') return
    const shipments = await sql.once(message, async (trx, publish) => {
      const known = await lockOrMake(trx, 'orders', { order_id: orderId }, {}, { likelyNew: true })
      const packed = firstParcels(knownOrder(known), message.data.lines)
      if (!packed) return []
      await trx
        .updateTable('orders')
        .set({ user_id: order.userId, lines: linesColumn.write(packed.lines) })
        .where('order_id', '=', orderId)
        .execute()
      const parcel = { ...order, orderId, carrier: carrierFor(carriers, order.option) }
      const added: ShipmentRow[] = []
      for (const lines of packed.parcels) added.push(await addShipment(trx, publish, { ...parcel, lines }))
      return added
    })
    await notify(shipments ?? [])
  }
}
export type ShipOrder = ReturnType<typeof shipOrder>
