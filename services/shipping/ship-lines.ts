import { idempotently, type KeyedRequest } from '#shared/idempotency'
import type { LiveSubject, NotifyStreams } from '#shared/live-streams'
import { lockOrMake } from '#shared/sql'
import type { CarrierContracts } from './carriers/contracts'
import type { ShippingClients } from './clients'
import { knownOrder, linesColumn, progressOf, type ShippingSql, type Trx } from './database'
import { packLines, type RequestedLine, remainingLines } from './domain-lines'
import { linesToPack } from './domain-orders'
import { shipmentView } from './model'
import { addShipments, carrierFor, changeLines, changeStatus, lockShipments } from './shipments'

interface Ports {
  sql: ShippingSql
  clients: ShippingClients
  carriers: CarrierContracts
  notify: NotifyStreams
}
interface Request {
  order_id: number
  lines?: readonly RequestedLine[] | undefined
  warehouse?: string | undefined
  carrier?: string | undefined
}

/** An admin packs a parcel: of lines that are in none, such as those of one that failed before pick-up, or out of parcels that have not left. */
export const shipLines =
  ({ sql, clients, carriers, notify }: Ports) =>
  async (keyed: Omit<KeyedRequest, 'body'>, request: Request) => {
    const orderId = request.order_id
    const repacked: LiveSubject[] = []
    const answer = await idempotently(sql, { ...keyed, body: request }, async save => {
      const order = await clients.orderToShip(orderId)
      return sql.transaction(async (trx, publish) => {
        repacked.length = 0
        const ordered = linesToPack(knownOrder(await lockOrMake(trx, 'orders', { order_id: orderId })))
        const parcels = (await lockShipments(trx, orderId)).map(row => ({ row, ...progressOf(row), lines: linesColumn.read(row.lines) }))
        const packed = packLines(ordered, parcels, request)
        for (const { parcel, lines } of packed.repacked)
          repacked.push(
            await (lines.length > 0 ? changeLines(trx, publish, parcel.row, lines) : changeStatus(trx, publish, parcel.row, 'voided')),
          )
        const carrier = carrierFor(carriers, order.option, request.carrier)
        const [row] = await addShipments(trx, [{ ...order, orderId, carrier, lines: packed.lines, publish }])
        if (!row) throw new Error('the shipment was not stored')
        const stillFree = remainingLines(ordered, [...parcels, { status: 'created', pickedUp: false, lines: packed.lines }])
        if (stillFree.length === 0) await closeFailedShipments(trx, orderId)
        return save(trx, { status: 201, headers: { location: `/api/shipping/shipments/${row.id}` }, body: shipmentView(row) })
      })
    })
    if (!answer.replayed) await notify([...repacked, { id: answer.body.id, version: 1 }])
    return answer
  }
export type ShipLines = ReturnType<typeof shipLines>

/** All lines that failed before pick-up are shipped again, so drift does not list their shipments any more. */
const closeFailedShipments = (trx: Trx, orderId: number) => {
  const failed = trx
    .updateTable('shipments')
    .where('order_id', '=', orderId)
    .where('status', '=', 'failed')
    .where('picked_up_at', 'is', null)
  return failed.set({ waiting_since: null }).execute()
}
