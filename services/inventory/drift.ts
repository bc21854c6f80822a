import { sql as raw } from 'kysely'
import { driftOf } from '#shared/drift'
import type { Sql } from '#shared/sql'
import type { InventoryDb } from './database'

const maxSkus = 5000

/**
 * The SKUs that changed in a window: how much of each is available, and which SKUs have totals that differ from their movements,
 * stock rows or reservations. One statement reads all of it, so the figures are from the same moment.
 */
export const inventoryDrift =
  ({ db }: Pick<Sql<InventoryDb>, 'db'>) =>
  async (since: Date, until: Date) => {
    const held = db
      .selectFrom('reservations')
      .innerJoin('reservation_lines as line', 'line.order_id', 'reservations.order_id')
      .where('reservations.state', '=', 'reserved')
      .groupBy('line.sku')
      .select(['line.sku', raw<string>`sum(line.quantity)`.as('pieces')])
    const rows = await db
      .selectFrom(
        db
          .selectFrom('skus')
          .select(['sku', 'quantity', 'reserved'])
          .where('updated_at', '>=', since)
          .where('updated_at', '<', until)
          .orderBy('updated_at')
          .limit(maxSkus)
          .as('changed'),
      )
      .leftJoin(held.as('held'), 'held.sku', 'changed.sku')
      .select(['changed.sku', 'changed.quantity', 'changed.reserved', 'held.pieces as held'])
      .select(raw<string | null>`(select sum(delta) from movements where movements.sku = changed.sku)`.as('moved'))
      .select(raw<string | null>`(select sum(quantity) from stock where stock.sku = changed.sku)`.as('rows_quantity'))
      .select(raw<string | null>`(select sum(reserved) from stock where stock.sku = changed.sku)`.as('rows_reserved'))
      .execute()

    type Row = (typeof rows)[number]
    const differing = (differs: (row: Row) => boolean) => driftOf(rows.filter(differs).map(({ sku }) => sku))
    return {
      movements: differing(({ moved, quantity }) => Number(moved) !== quantity),
      shelves: differing(row => Number(row.rows_quantity) !== row.quantity || Number(row.rows_reserved) !== row.reserved),
      reserved: differing(row => Number(row.held) !== row.reserved),
      stock: Object.fromEntries(rows.map(({ sku, quantity, reserved }) => [sku, quantity - reserved])),
    }
  }

/** The reservation state of each order; an order without a reservation is left out. */
export const reservationStates =
  ({ db }: Pick<Sql<InventoryDb>, 'db'>) =>
  async (orderIds: readonly number[]): Promise<Record<string, string>> => {
    if (orderIds.length === 0) return {}
    const rows = await db.selectFrom('reservations').select(['order_id', 'state']).where('order_id', 'in', orderIds).execute()
    return Object.fromEntries(rows.map(({ order_id, state }) => [String(order_id), state]))
  }
