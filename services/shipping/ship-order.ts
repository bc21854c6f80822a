import type { inventoryCommitted } from '#shared/catalog'
import type { Message } from '#shared/event'
import type { Static } from '#shared/schema'
import { defer, lockOrMakeAll, newValues } from '#shared/sql'
import type { CarrierContracts } from './carriers/contracts'
import type { OrderToShip, ShippingClients } from './clients'
import { knownOrder, linesColumn, type ShippingSql } from './database'
import type { Line } from './domain-lines'
import { firstParcels, isPackedOrVoided } from './domain-orders'
import { addShipments, carrierFor } from './shipments'

interface Ports {
  sql: ShippingSql
  clients: ShippingClients
  carriers: CarrierContracts
  /** How far apart groups of orders begin: their orders are asked for, and packed, together. */
  groupIntervalMs?: number | undefined
}

interface Question {
  orderId: number
  /** Whether its parcels are packed or voided, so that the order service need not be asked. */
  isDone: boolean
}
interface ToShip {
  orderId: number
  committed: readonly Line[]
  order: OrderToShip
}

/**
 * When the stock of an order is committed, each warehouse packs what leaves from it in one parcel, unless the order is cancelled. The order
 * service is asked before the transaction begins, since no call is made under a lock.
 */
export const shipOrder = ({ sql, clients, carriers, groupIntervalMs = 0 }: Ports) => {
  const findDone = sql.many<Question>(
    async questions => {
      const ids = questions.map(({ orderId }) => orderId)
      const rows = await sql.db.selectFrom('orders').select(['order_id', 'lines', 'voided']).where('order_id', 'in', ids).execute()
      const done = new Set(rows.filter(row => isPackedOrVoided(knownOrder(row))).map(row => row.order_id))
      for (const question of questions) question.isDone = done.has(question.orderId)
    },
    { groupIntervalMs },
  )

  // Orders whose questions were answered together arrive at the same moment, and are packed together.
  const packAll = sql.onceMany<ToShip>(async (trx, arrivals) => {
    const ids = arrivals.map(({ item }) => item.orderId)
    await lockOrMakeAll(trx, 'orders', 'order_id', ids)
    const rows = await trx.selectFrom('orders').selectAll().where('order_id', 'in', ids).execute()
    const known = new Map(rows.map(row => [row.order_id, knownOrder(row)]))
    const packed = arrivals.flatMap(({ item: { orderId, committed, order }, publish }) => {
      const before = known.get(orderId)
      const first = before && firstParcels(before, committed)
      if (!first) return []
      // A second message about the same order may be in the group.
      known.set(orderId, { lines: first.lines, voided: false })
      return [{ ...order, orderId, ...first, publish }]
    })
    if (packed.length === 0) return
    const rowsAfter = packed.map(({ orderId: order_id, userId: user_id, lines }) => ({
      order_id,
      user_id,
      lines: linesColumn.write(lines),
    }))
    await defer(trx.insertInto('orders').values(rowsAfter).onDuplicateKeyUpdate(newValues('user_id', 'lines')))
    const shipments = packed.flatMap(({ parcels, ...order }) =>
      parcels.map(lines => ({ ...order, carrier: carrierFor(carriers, order.option), lines })),
    )
    // No live stream has to be notified: nobody can follow a shipment that is not there yet.
    await addShipments(trx, shipments)
  })

  return async (message: Message<Static<typeof inventoryCommitted.schema>>): Promise<void> => {
    const { order_id: orderId, lines: committed } = message.data
    const question: Question = { orderId, isDone: false }
    await findDone(question)
    if (question.isDone) return
    const order = await clients.orderToShip(orderId)
    if (order.status !== 'cancelled') await packAll(message, { orderId, committed, order })
  }
}
export type ShipOrder = ReturnType<typeof shipOrder>
