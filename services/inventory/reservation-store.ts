import type { ReservationRow } from './database'
import { type Line, nothingHeard, type OrderFacts, type Portion, type ReservationState } from './domain'
import type { Trx } from './shelves'

/** An order's stock as it stands, and what was heard of the order. */
export interface Reservation {
  orderId: number
  state: ReservationState
  version: number
  heardFirst: Date
  facts: OrderFacts
}

const fromRow = (row: ReservationRow): Reservation => ({
  orderId: row.order_id,
  state: row.state,
  version: row.version,
  heardFirst: row.created_at,
  facts: {
    lines: row.items === null ? [] : JSON.parse(row.items),
    placed: row.placed === 1,
    wanted: row.wanted === 1,
    cancelled: row.cancelled === 1,
    expiry: row.expires_at ? { at: row.expires_at, version: row.expiry_version } : undefined,
  },
})

/** Made if need be, and locked until the end: what is told of one order is taken in one after the other. */
export const lockReservation = async (trx: Trx, orderId: number): Promise<Reservation> => {
  const lock = () => trx.selectFrom('reservations').selectAll().where('order_id', '=', orderId).forUpdate().executeTakeFirst()
  const known = await lock()
  if (known) return fromRow(known)
  const heardFirst = new Date()
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('reservations')
    .ignore()
    .values({ order_id: orderId, created_at: heardFirst })
    .executeTakeFirst()
  const madeMeanwhile = numInsertedOrUpdatedRows === 0n ? await lock() : undefined
  return madeMeanwhile ? fromRow(madeMeanwhile) : { orderId, state: 'new', version: 0, heardFirst, facts: nothingHeard }
}

export const saveReservation = async (trx: Trx, { orderId, state, version, facts }: Reservation) => {
  const { lines, placed, wanted, cancelled, expiry } = facts
  const items =
    lines.length === 0 ? null : JSON.stringify(lines.map(({ product_id, sku, quantity }): Line => ({ product_id, sku, quantity })))
  await trx
    .updateTable('reservations')
    .set({
      state,
      items,
      placed,
      wanted,
      cancelled,
      expires_at: expiry?.at ?? null,
      expiry_version: expiry?.version ?? 0,
      version,
      updated_at: new Date(),
    })
    .where('order_id', '=', orderId)
    .execute()
}

export const portionsOf = (trx: Trx, orderId: number): Promise<Portion[]> =>
  trx.selectFrom('reservation_lines').select(['sku', 'warehouse', 'quantity']).where('order_id', '=', orderId).orderBy('sku').execute()

export const savePortions = async (trx: Trx, { orderId, state }: Reservation, portions: readonly Portion[]) => {
  // What an expired reservation had held lay elsewhere.
  if (state === 'expired') await trx.deleteFrom('reservation_lines').where('order_id', '=', orderId).execute()
  await trx
    .insertInto('reservation_lines')
    .values(portions.map(portion => ({ order_id: orderId, ...portion })))
    .execute()
}
