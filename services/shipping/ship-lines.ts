import { conflict } from '#shared/errors'
import { idempotently, type KeyedRequest } from '#shared/idempotency'
import { lockOrMake } from '#shared/sql'
import type { CarrierContracts } from './carriers/contracts'
import type { ShippingClients } from './clients'
import { linesColumn, type ShippingSql, type Trx } from './database'
import { type RequestedLine, remainingLines, selectLines } from './domain'
import { shipmentView } from './model'
import type { NotifyStreams } from './shipment-streams'
import { addShipment, carrierFor, lockShipments } from './shipments'

interface Ports {
  sql: ShippingSql
  clients: ShippingClients
  carriers: CarrierContracts
  notify: NotifyStreams
}
interface Request {
  order_id: number
  lines?: readonly RequestedLine[] | undefined
  carrier?: string | undefined
}

/** An admin ships some or all of the lines that are left, such as those of a failed shipment. */
export const shipLines =
  ({ sql, clients, carriers, notify }: Ports) =>
  async (keyed: Omit<KeyedRequest, 'body'>, request: Request) => {
    const orderId = request.order_id
    const answer = await idempotently(sql, { ...keyed, body: request }, async save => {
      const order = await clients.orderToShip(orderId)
      return sql.transaction(async (trx, publish) => {
        const known = await lockOrMake(trx, 'orders', { order_id: orderId })
        if (known.voided) throw conflict('order_cancelled', 'This order is cancelled and cannot be shipped any more.')
        if (known.lines === null)
          throw conflict('order_not_ready', 'The stock of this order is not committed yet; ship it once it is paid and packed.')
        const ordered = linesColumn.read(known.lines)
        const shipments = await lockShipments(trx, orderId)
        const remaining = remainingLines(
          ordered,
          shipments.map(({ status, lines }) => ({ status, lines: linesColumn.read(lines) })),
        )
        const lines = selectLines(ordered, remaining, request.lines)
        const row = await addShipment(trx, publish, {
          ...order,
          orderId,
          carrier: carrierFor(carriers, order.option, request.carrier),
          lines,
        })
        if (remainingLines(remaining, [{ status: 'created', lines }]).length === 0) await closeFailedShipments(trx, orderId)
        return save(trx, { status: 201, headers: { location: `/api/shipping/shipments/${row.id}` }, body: shipmentView(row) })
      })
    })
    if (!answer.replayed) await notify([{ id: answer.body.id, version: 1 }])
    return answer
  }
export type ShipLines = ReturnType<typeof shipLines>

/** All lines of the failed shipments are shipped again, so drift does not list those shipments any more. */
const closeFailedShipments = (trx: Trx, orderId: number) =>
  trx.updateTable('shipments').set({ waiting_since: null }).where('order_id', '=', orderId).where('status', '=', 'failed').execute()
