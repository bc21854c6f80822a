import { lockOrMake } from '#shared/sql'
import { type ReservationRow, reservationItems, type Trx } from './database'
import type { Allocation, LeftAllocation, OrderFacts, ReservationState } from './domain'

/** The state of an order's stock, and what is known of the order. */
export interface Reservation {
  orderId: number
  state: ReservationState
  version: number
  createdAt: Date
  facts: OrderFacts
}

const fromRow = (row: ReservationRow): Reservation => ({
  orderId: row.order_id,
  state: row.state,
  version: row.version,
  createdAt: row.created_at,
  facts: {
    lines: row.items === null ? [] : reservationItems.read(row.items),
    placed: row.placed === 1,
    fulfillable: row.wanted === 1,
    cancelled: row.cancelled === 1,
    expiry: row.expires_at ? { at: row.expires_at, version: row.expiry_version } : undefined,
  },
})

/** Locked until the transaction ends, so the events of one order are handled one after the other. */
export const lockReservation = async (trx: Trx, orderId: number, { likelyNew = false } = {}): Promise<Reservation> =>
  fromRow(await lockOrMake(trx, 'reservations', { order_id: orderId }, { created_at: new Date() }, { likelyNew }))

export const saveReservation = async (trx: Trx, { orderId, state, version, facts }: Reservation) => {
  const { lines, placed, fulfillable, cancelled, expiry } = facts
  // An event's lines carry more than these fields.
  const items = lines.map(({ product_id, sku, quantity }) => ({ product_id, sku, quantity }))
  await trx
    .updateTable('reservations')
    .set({
      state,
      items: items.length === 0 ? null : reservationItems.write(items),
      placed,
      wanted: fulfillable,
      cancelled,
      expires_at: expiry?.at ?? null,
      expiry_version: expiry?.version ?? 0,
      version,
      updated_at: new Date(),
    })
    .where('order_id', '=', orderId)
    .execute()
}

export const allocationsOf = (trx: Trx, orderId: number): Promise<LeftAllocation[]> => {
  const rows = trx.selectFrom('reservation_lines').select(['sku', 'warehouse', 'quantity', 'returned']).where('order_id', '=', orderId)
  return rows.orderBy('sku').orderBy('warehouse').execute()
}

export const saveAllocations = async (trx: Trx, { orderId, state }: Reservation, allocations: readonly Allocation[]) => {
  // An expired reservation still has its old allocations, possibly in other warehouses.
  if (state === 'expired') await trx.deleteFrom('reservation_lines').where('order_id', '=', orderId).execute()
  await trx
    .insertInto('reservation_lines')
    .values(allocations.map(allocation => ({ order_id: orderId, ...allocation })))
    .execute()
}

export const addReturned = async (trx: Trx, orderId: number, received: readonly Allocation[]) => {
  for (const { sku, warehouse, quantity } of received)
    await trx
      .updateTable('reservation_lines')
      .set(row => ({ returned: row('returned', '+', quantity) }))
      .where('order_id', '=', orderId)
      .where('sku', '=', sku)
      .where('warehouse', '=', warehouse)
      .execute()
}
