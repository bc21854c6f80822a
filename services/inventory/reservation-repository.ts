import { sql as raw } from 'kysely'
import { defer, insertOnce, lockOrMakeAll, newValues } from '#shared/sql'
import { type ReservationRow, reservationItems, type Trx } from './database'
import type { Allocation, LeftAllocation, OrderFacts, ReservationState } from './domain'

/** The state of an order's stock, what is known of the order, and what it was allocated. */
export interface Reservation {
  orderId: number
  state: ReservationState
  version: number
  createdAt: Date
  facts: OrderFacts
  allocations: readonly LeftAllocation[]
}

/** A reservation of nothing joins no line. */
type NoLine = { [column in keyof LeftAllocation]: null }

const fromRow = (row: ReservationRow, allocations: readonly LeftAllocation[]): Reservation => ({
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
  allocations,
})

const toRow = ({ orderId, state, version, createdAt, facts }: Reservation) => {
  const { lines, placed, fulfillable, cancelled, expiry } = facts
  // An event's lines carry more than these fields.
  const items = lines.map(({ product_id, sku, quantity }) => ({ product_id, sku, quantity }))
  return {
    order_id: orderId,
    state,
    items: items.length === 0 ? null : reservationItems.write(items),
    placed,
    wanted: fulfillable,
    cancelled,
    expires_at: expiry?.at ?? null,
    expiry_version: expiry?.version ?? 0,
    version,
    created_at: createdAt,
    updated_at: new Date(),
  }
}

const byOrder = (a: Reservation, b: Reservation) => a.orderId - b.orderId

/**
 * The orders' reservations in the order of their ids, locked until the transaction ends: the events of one order are handled one after the
 * other. Those that are missing are inserted.
 */
export const lockReservations = async (trx: Trx, orderIds: readonly number[]): Promise<Reservation[]> => {
  if (orderIds.length === 0) return []
  const ids = raw.join(orderIds)
  // The indexes are named, since a scan of a small table would lock the rows of other orders, too.
  const locked = raw<(ReservationRow & NoLine) | (ReservationRow & LeftAllocation)>`
    select reservations.*, line.sku, line.warehouse, line.quantity, line.returned
    from reservations force index (primary) left join reservation_lines as line force index (primary) on line.order_id = reservations.order_id
    where reservations.order_id in (${ids}) order by reservations.order_id, line.sku, line.warehouse for update`
  const read = async () => Map.groupBy((await locked.execute(trx)).rows, ({ order_id }) => order_id)
  let rows = await read()
  const missing = orderIds.filter(id => !rows.has(id))
  if (missing.length > 0) {
    await lockOrMakeAll(trx, 'reservations', 'order_id', missing)
    rows = await read()
  }
  return [...rows.values()].flatMap(([row, ...others]) => {
    if (!row) return []
    const allocations = [row, ...others].flatMap(({ sku, warehouse, quantity, returned }) =>
      sku === null ? [] : [{ sku, warehouse, quantity, returned }],
    )
    return [fromRow(row, allocations)]
  })
}

export const lockReservation = async (trx: Trx, orderId: number): Promise<Reservation> => {
  const [reservation] = await lockReservations(trx, [orderId])
  if (!reservation) throw new Error(`the reservation of order ${orderId} was deleted while it was locked`)
  return reservation
}

/** Inserts reservations, which locks them; none of them, and false, if one is there already. */
export const insertReservations = async (trx: Trx, reservations: readonly Reservation[]): Promise<boolean> =>
  reservations.length === 0 || insertOnce(trx.insertInto('reservations').values(reservations.toSorted(byOrder).map(toRow)))

/** Writes reservations that are locked. */
export const saveReservations = async (trx: Trx, reservations: readonly Reservation[]) => {
  if (reservations.length === 0) return
  const columns = ['state', 'items', 'placed', 'wanted', 'cancelled', 'expires_at', 'expiry_version', 'version', 'updated_at'] as const
  await defer(
    trx
      .insertInto('reservations')
      .values(reservations.toSorted(byOrder).map(toRow))
      .onDuplicateKeyUpdate(newValues(...columns)),
  )
}

/** `replaced` are the orders that had other allocations before. */
export const saveAllocations = async (
  trx: Trx,
  allocations: readonly (Allocation & { orderId: number })[],
  replaced: readonly number[],
): Promise<void> => {
  if (replaced.length > 0) await defer(trx.deleteFrom('reservation_lines').where('order_id', 'in', replaced))
  if (allocations.length === 0) return
  const rows = allocations.map(({ orderId, sku, warehouse, quantity }) => ({ order_id: orderId, sku, warehouse, quantity }))
  await defer(trx.insertInto('reservation_lines').values(rows))
}

/** All pieces of these orders are back. */
export const returnAllAllocations = async (trx: Trx, orderIds: readonly number[]) => {
  if (orderIds.length === 0) return
  const ofOrders = trx.updateTable('reservation_lines').where('order_id', 'in', orderIds)
  await defer(ofOrders.set(row => ({ returned: row.ref('quantity') })))
}

export const addReturned = async (trx: Trx, orderId: number, received: readonly Allocation[]) => {
  for (const { sku, warehouse, quantity } of received)
    await defer(
      trx
        .updateTable('reservation_lines')
        .set(row => ({ returned: row('returned', '+', quantity) }))
        .where('order_id', '=', orderId)
        .where('sku', '=', sku)
        .where('warehouse', '=', warehouse),
    )
}
