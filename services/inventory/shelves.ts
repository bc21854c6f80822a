import type { Transaction } from 'kysely'
import { inventoryLow, inventoryUpdated } from '#shared/catalog'
import { conflict } from '#shared/errors'
import type { Publish } from '#shared/events'
import { maxQuantity } from '#shared/schema'
import type { InventoryDb, SkuRow, StockRow } from './database'
import { available } from './domain'

export type Trx = Transaction<InventoryDb>

/** A locked SKU with its places. Changes gather here and are written once, by `saveShelves`. */
export interface Shelf {
  sku: SkuRow
  places: StockRow[]
  changed: Set<StockRow>
}

/** Always in the order of the SKUs: two that want the same stock wait for each other, and never in a circle. */
export const lockShelves = async (trx: Trx, skus: readonly string[]): Promise<Map<string, Shelf>> => {
  if (skus.length === 0) return new Map()
  const rows = await trx.selectFrom('skus').selectAll().where('sku', 'in', skus).orderBy('sku').forUpdate().execute()
  if (rows.length === 0) return new Map()
  const places = await trx
    .selectFrom('stock')
    .selectAll()
    .where(
      'sku',
      'in',
      rows.map(({ sku }) => sku),
    )
    .orderBy('sku')
    .orderBy('warehouse')
    .forUpdate()
    .execute()
  return new Map(rows.map(row => [row.sku, { sku: row, places: places.filter(place => place.sku === row.sku), changed: new Set() }]))
}

/** The place in a warehouse, made when stock first lies there. */
export const placeIn = async (trx: Trx, shelf: Shelf, warehouse: string): Promise<StockRow> => {
  const known = shelf.places.find(place => place.warehouse === warehouse)
  if (known) return known
  const { sku, product_id } = shelf.sku
  await trx.insertInto('stock').values({ sku, product_id, warehouse }).execute()
  const made = await trx.selectFrom('stock').selectAll().where('sku', '=', sku).where('warehouse', '=', warehouse).executeTakeFirstOrThrow()
  shelf.places.push(made)
  return made
}

export interface Why {
  kind: 'opening' | 'set' | 'adjusted' | 'committed' | 'restocked' | 'returned'
  reason?: string
  orderId?: number
  userId?: number
}

/** Changes what is on hand, and says why. */
export const move = async (trx: Trx, shelf: Shelf, place: StockRow, delta: number, { kind, reason, orderId, userId }: Why) => {
  if (delta === 0) return
  const left = place.quantity + delta
  if (left < place.reserved)
    throw conflict('reserved_stock', 'More is reserved for orders than would be left; wait for them or cancel them.')
  if (shelf.sku.quantity + delta > maxQuantity) throw conflict('too_much_stock', `A SKU can hold at most ${maxQuantity} pieces.`)
  place.quantity = left
  shelf.sku.quantity += delta
  shelf.changed.add(place)
  const { sku, product_id } = shelf.sku
  await trx
    .insertInto('movements')
    .values({
      sku,
      product_id,
      warehouse: place.warehouse,
      delta,
      kind,
      reason: reason ?? null,
      order_id: orderId ?? null,
      user_id: userId ?? null,
    })
    .execute()
}

export const hold = (shelf: Shelf, place: StockRow, delta: number) => {
  place.reserved += delta
  shelf.sku.reserved += delta
  shelf.changed.add(place)
}

/** Writes what changed and tells it, once a SKU, with its next version. */
export const saveShelves = async (trx: Trx, shelves: Iterable<Shelf>, publish: Publish, now = new Date()) => {
  for (const { sku, changed } of shelves) {
    if (changed.size === 0) continue
    for (const { id, quantity, reserved } of changed) {
      await trx.updateTable('stock').set({ quantity, reserved, updated_at: now }).where('id', '=', id).execute()
    }
    const { product_id, quantity, reserved, threshold } = sku
    const low = available(sku) <= threshold
    const version = sku.version + 1
    await trx.updateTable('skus').set({ quantity, reserved, low, version, updated_at: now }).where('sku', '=', sku.sku).execute()
    const level = { product_id, sku: sku.sku, quantity, reserved, available: available(sku) }
    publish(inventoryUpdated({ id: sku.sku, version }, level))
    if (low && !sku.low) publish(inventoryLow({ id: sku.sku, version }, level))
    sku.version = version
    changed.clear()
  }
}
