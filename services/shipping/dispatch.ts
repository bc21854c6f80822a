import { conflict } from '#shared/errors'
import type { Message } from '#shared/event'
import { idempotently, type KeyedRequest } from '#shared/idempotency'
import type { Carriers } from './carriers/carrier'
import type { OrderToShip, ShippingClients } from './clients'
import type { ShippingSql, Trx } from './database'
import { bySku, chooseLines, linesLeft, type WantedLine } from './domain'
import type { Announce } from './live'
import { shipmentView } from './model'
import { addParcel, linesOf, lockOrder, noCarrier, parcelsOf } from './parcels'

interface Deps {
  sql: ShippingSql
  clients: ShippingClients
  carriers: Carriers
  announce: Announce
}
interface Wanted {
  order_id: number
  lines?: readonly WantedLine[] | undefined
  carrier?: string | undefined
}

/** How a parcel comes to be: by itself when the order's stock is committed, or by hand for what is left to send. */
export const dispatch = ({ sql, clients, carriers, announce }: Deps) => {
  const carrierFor = ({ option }: OrderToShip, asked?: string) => (option === 'pickup' ? noCarrier : carriers.nameOf(asked))

  /** A parcel that goes out for one that failed: nothing waits for that one any more. */
  const settleFailed = (trx: Trx, orderId: number) =>
    trx.updateTable('shipments').set({ waiting_since: null }).where('order_id', '=', orderId).where('status', '=', 'failed').execute()

  const isSettled = async (orderId: number) => {
    const row = await sql.db.selectFrom('orders').select(['lines', 'voided']).where('order_id', '=', orderId).executeTakeFirst()
    return row !== undefined && (row.lines !== null || row.voided === 1)
  }

  return {
    /** One parcel with every line, once an order, unless the order was cancelled. Order is asked first: no call is made under a lock. */
    async committed(message: Message, orderId: number): Promise<void> {
      if (await isSettled(orderId)) return
      const order = await clients.orderToShip(orderId)
      if (order.status === 'cancelled') return
      const lines = bySku(order.lines)
      const change = await sql.once(message, async (trx, publish) => {
        const known = await lockOrder(trx, orderId)
        if (known.voided || known.lines !== null) return undefined
        await trx
          .updateTable('orders')
          .set({ user_id: order.userId, lines: JSON.stringify(lines) })
          .where('order_id', '=', orderId)
          .execute()
        const { id, version } = await addParcel(trx, publish, { ...order, orderId, carrier: carrierFor(order), lines })
        return { shipment_id: id, version }
      })
      if (change) await announce([change])
    },

    /** By hand: some or all of what is left. */
    async byHand(request: Omit<KeyedRequest, 'body'>, wanted: Wanted) {
      const answer = await idempotently(sql, { ...request, body: wanted }, async save => {
        const order = await clients.orderToShip(wanted.order_id)
        return sql.transaction(async (trx, publish) => {
          const known = await lockOrder(trx, wanted.order_id)
          if (known.voided) throw conflict('order_cancelled', 'This order is cancelled; nothing of it is sent any more.')
          if (known.lines === null)
            throw conflict('order_not_ready', 'The stock of this order is not committed yet: it is not paid, or just being packed.')
          const ordered = linesOf(known)
          const left = linesLeft(
            ordered,
            (await parcelsOf(trx, wanted.order_id)).map(row => ({ status: row.status, lines: linesOf(row) })),
          )
          const lines = chooseLines(ordered, left, wanted.lines)
          const parcel = { ...order, orderId: wanted.order_id, carrier: carrierFor(order, wanted.carrier), lines }
          const row = await addParcel(trx, publish, parcel)
          if (linesLeft(left, [{ status: 'created', lines }]).length === 0) await settleFailed(trx, wanted.order_id)
          return save(trx, { status: 201, headers: { location: `/api/shipping/shipments/${row.id}` }, body: shipmentView(row) })
        })
      })
      if (!answer.replayed) await announce([{ shipment_id: answer.body.id, version: 1 }])
      return answer
    },
  }
}
export type Dispatch = ReturnType<typeof dispatch>
