import type { Message } from '#shared/event'
import { lockOrMake } from '#shared/sql'
import type { CarrierContracts } from './carriers/contracts'
import type { ShippingClients } from './clients'
import { linesColumn, type ShippingSql } from './database'
import { mergeBySku } from './domain'
import type { NotifyStreams } from './shipment-streams'
import { addShipment, carrierFor } from './shipments'

interface Ports {
  sql: ShippingSql
  clients: ShippingClients
  carriers: CarrierContracts
  notify: NotifyStreams
}

/**
 * One shipment takes all lines of an order when its stock is committed, unless the order is cancelled. The order service is asked
 * before the transaction begins, since no call is made under a lock.
 */
export const shipOrder = ({ sql, clients, carriers, notify }: Ports) => {
  const isShippedOrVoided = async (orderId: number) => {
    const row = await sql.db.selectFrom('orders').select(['lines', 'voided']).where('order_id', '=', orderId).executeTakeFirst()
    return row !== undefined && (row.lines !== null || row.voided === 1)
  }

  return async (message: Message, orderId: number): Promise<void> => {
    if (await isShippedOrVoided(orderId)) return
    const order = await clients.orderToShip(orderId)
    if (order.status === 'cancelled') return
    const lines = mergeBySku(order.lines)
    const shipment = await sql.once(message, async (trx, publish) => {
      const known = await lockOrMake(trx, 'orders', { order_id: orderId }, {}, { likelyNew: true })
      if (known.voided || known.lines !== null) return undefined
      await trx
        .updateTable('orders')
        .set({ user_id: order.userId, lines: linesColumn.write(lines) })
        .where('order_id', '=', orderId)
        .execute()
      return addShipment(trx, publish, { ...order, orderId, carrier: carrierFor(carriers, order.option), lines })
    })
    if (shipment) await notify([shipment])
  }
}
export type ShipOrder = ReturnType<typeof shipOrder>
