import type { Message, Publish } from '#shared/event'
import type { LiveSubject, NotifyStreams } from '#shared/live-streams'
import { lockOrMake } from '#shared/sql'
import { progressOf, type ShippingSql, type Trx } from './database'
import { parcelsToVoid } from './domain-orders'
import { changeStatus, lockShipments } from './shipments'

interface Ports {
  sql: ShippingSql
  notify: NotifyStreams
}

/** The order service asks for this before it cancels an order. It voids all shipments, or none and refuses when one is picked up. */
export const voidOrder =
  ({ sql, notify }: Ports) =>
  async (orderId: number): Promise<void> => {
    await notify(await sql.transaction((trx, publish) => voidShipments(trx, publish, orderId, { refusePickedUp: true })))
  }
export type VoidOrder = ReturnType<typeof voidOrder>

/** Once an order is cancelled, the shipments that are not picked up yet are voided. */
export const voidCancelledOrder =
  ({ sql, notify }: Ports) =>
  async (message: Message, orderId: number): Promise<void> => {
    const voided = await sql.once(message, (trx, publish) => voidShipments(trx, publish, orderId, { refusePickedUp: false }))
    await notify(voided ?? [])
  }
export type VoidCancelledOrder = ReturnType<typeof voidCancelledOrder>

/** The order's row is made if there is none: it keeps an order that is voided before its stock is committed from being shipped. */
const voidShipments = async (
  trx: Trx,
  publish: Publish,
  orderId: number,
  { refusePickedUp }: { refusePickedUp: boolean },
): Promise<LiveSubject[]> => {
  const order = await lockOrMake(trx, 'orders', { order_id: orderId })
  const shipments = await lockShipments(trx, orderId)
  const toVoid = parcelsToVoid(
    shipments.map(row => ({ row, ...progressOf(row) })),
    { refusePickedUp },
  )
  if (!order.voided) await trx.updateTable('orders').set({ voided: true }).where('order_id', '=', orderId).execute()
  // Nothing more is expected of failed shipments, so drift does not list them any more.
  const failed = shipments.filter(({ status, waiting_since }) => status === 'failed' && waiting_since !== null)
  for (const { id } of failed) await trx.updateTable('shipments').set({ waiting_since: null }).where('id', '=', id).execute()
  const voided: LiveSubject[] = []
  for (const { row } of toVoid) voided.push(await changeStatus(trx, publish, row, 'voided'))
  return voided
}
