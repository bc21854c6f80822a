import { sql as raw } from 'kysely'
import { driftOf } from '#shared/drift'
import type { Sql } from '#shared/sql'
import type { InventoryDb, Trx } from './database'

const maxSkus = 5000
const skusAtOnce = 100

/** With so many movements since its checkpoint, a SKU gets the next one. */
const defaultCheckpointAfter = 1000

interface Ports {
  sql: Pick<Sql<InventoryDb>, 'db'>
  checkpointAfter?: number | undefined
}

interface Checked {
  sku: string
  movement_id: number | null
  checked: string | number | null
}

/**
 * The SKUs that changed in a window: how much of each is available, and which SKUs have totals that differ from their movements, stock rows or
 * reservations. All of it is read from one snapshot. Movements are made under the lock of their SKU, so none comes later with a lower id, and
 * they are summed from the SKU's last checkpoint on.
 */
export const inventoryDrift =
  ({ sql: { db }, checkpointAfter = defaultCheckpointAfter }: Ports) =>
  async (since: Date, until: Date) => {
    const { rows, sums } = await db
      .transaction()
      .setIsolationLevel('repeatable read')
      .execute(async trx => {
        const rows = await changedSkus(trx, since, until).execute()
        return { rows, sums: await movementSums(trx, rows) }
      })

    type Row = (typeof rows)[number]
    const differing = (differs: (row: Row) => boolean) => driftOf(rows.filter(differs).map(({ sku }) => sku))
    const moved = ({ sku }: Row) => sums.get(sku)?.quantity ?? 0
    for (const { sku, quantity } of rows) {
      const sum = sums.get(sku)
      if (!sum?.last || sum.count < checkpointAfter || sum.quantity !== quantity) continue
      const checkpoint = { movement_id: sum.last, quantity }
      await db
        .insertInto('movement_checkpoints')
        .values({ sku, ...checkpoint })
        .onDuplicateKeyUpdate(checkpoint)
        .execute()
    }
    return {
      movements: differing(row => moved(row) !== row.quantity),
      shelves: differing(row => Number(row.rows_quantity) !== row.quantity || Number(row.rows_reserved) !== row.reserved),
      reserved: differing(row => Number(row.held) !== row.reserved),
      stock: Object.fromEntries(rows.map(({ sku, quantity, reserved }) => [sku, quantity - reserved])),
    }
  }

const changedSkus = (trx: Trx, since: Date, until: Date) => {
  const held = trx
    .selectFrom('reservations')
    .innerJoin('reservation_lines as line', 'line.order_id', 'reservations.order_id')
    .where('reservations.state', '=', 'reserved')
    .groupBy('line.sku')
    .select(['line.sku', raw<string>`sum(line.quantity)`.as('pieces')])
  const changed = trx
    .selectFrom('skus')
    .select(['sku', 'quantity', 'reserved'])
    .where('updated_at', '>=', since)
    .where('updated_at', '<', until)
    .orderBy('updated_at')
    .limit(maxSkus)
  return trx
    .selectFrom(changed.as('changed'))
    .leftJoin(held.as('held'), 'held.sku', 'changed.sku')
    .leftJoin('movement_checkpoints as checkpoint', 'checkpoint.sku', 'changed.sku')
    .select(['changed.sku', 'changed.quantity', 'changed.reserved', 'held.pieces as held'])
    .select(['checkpoint.movement_id', 'checkpoint.quantity as checked'])
    .select(raw<string | null>`(select sum(quantity) from stock where stock.sku = changed.sku)`.as('rows_quantity'))
    .select(raw<string | null>`(select sum(reserved) from stock where stock.sku = changed.sku)`.as('rows_reserved'))
}

/** A select for each SKU, with its checkpoint as a constant: a join would read the whole history of the SKU by its index. */
const movementSums = async (trx: Trx, skus: readonly Checked[]) => {
  const sums = new Map<string, { quantity: number; count: number; last: number | null }>()
  for (let from = 0; from < skus.length; from += skusAtOnce) {
    const each = skus.slice(from, from + skusAtOnce).map(
      ({ sku, movement_id, checked }) => raw`select ${sku} as sku, ${checked ?? 0} + coalesce(sum(delta), 0) as quantity,
        count(*) as count, max(id) as last from movements where sku = ${sku} and id > ${movement_id ?? 0}`,
    )
    const found = raw<{ sku: string; quantity: string; count: number; last: number | null }>`${raw.join(each, raw` union all `)}`
    for (const { sku, quantity, count, last } of (await found.execute(trx)).rows)
      sums.set(sku, { quantity: Number(quantity), count: Number(count), last })
  }
  return sums
}

/** The reservation state of each order; an order without a reservation is left out. */
export const reservationStates =
  ({ db }: Pick<Sql<InventoryDb>, 'db'>) =>
  async (orderIds: readonly number[]): Promise<Record<string, string>> => {
    if (orderIds.length === 0) return {}
    const rows = await db.selectFrom('reservations').select(['order_id', 'state']).where('order_id', 'in', orderIds).execute()
    return Object.fromEntries(rows.map(({ order_id, state }) => [String(order_id), state]))
  }
