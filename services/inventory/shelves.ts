import type { Transaction } from 'kysely'
import { inventoryLow, inventoryUpdated } from '#shared/catalog'
import { conflict } from '#shared/errors'
import type { Publish } from '#shared/event'
import { maxQuantity } from '#shared/schema'
import type { InventoryDb, SkuRow, StockRow } from './database'
import { available } from './domain'

export type Trx = Transaction<InventoryDb>

/** A locked SKU with its places. Changes gather here and are written and told once, by `saveShelves`. */
export interface Shelf {
  sku: SkuRow
  places: StockRow[]
  changed: boolean
  changedPlaces: Set<StockRow>
}
export type Shelves = Map<string, Shelf>

/** Always in the order of the SKUs: two that want the same stock wait for each other, and never in a circle. */
export const lockShelves = async (trx: Trx, skus: readonly string[]): Promise<Shelves> =>
  withPlaces(trx, await trx.selectFrom('skus').selectAll().where('sku', 'in', skus).orderBy('sku').forUpdate().execute())

export const lockShelvesOf = async (trx: Trx, productId: string): Promise<Shelves> =>
  withPlaces(trx, await trx.selectFrom('skus').selectAll().where('product_id', '=', productId).orderBy('sku').forUpdate().execute())

const withPlaces = async (trx: Trx, rows: readonly SkuRow[]): Promise<Shelves> => {
  if (rows.length === 0) return new Map()
  const skus = rows.map(({ sku }) => sku)
  const places = await trx
    .selectFrom('stock')
    .selectAll()
    .where('sku', 'in', skus)
    .orderBy('sku')
    .orderBy('warehouse')
    .forUpdate()
    .execute()
  const shelves: Shelves = new Map(rows.map(row => [row.sku, { sku: row, places: [], changed: false, changedPlaces: new Set() }]))
  for (const place of places) shelves.get(place.sku)?.places.push(place)
  return shelves
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
  if (left < 0) throw conflict('not_enough_stock', 'Fewer pieces are on hand there than would be taken away.')
  if (left < place.reserved)
    throw conflict('reserved_stock', 'More is reserved for orders than would be left; wait for them or cancel them.')
  if (shelf.sku.quantity + delta > maxQuantity) throw conflict('too_much_stock', `A SKU can have at most ${maxQuantity} pieces on hand.`)
  place.quantity = left
  shelf.sku.quantity += delta
  shelf.changed = true
  shelf.changedPlaces.add(place)
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
  shelf.changed = true
  shelf.changedPlaces.add(place)
}

/** Writes what changed and tells it, once a SKU, with its next version. */
export const saveShelves = async (trx: Trx, shelves: Shelves, publish: Publish) => {
  const now = new Date()
  for (const { sku: row, changed, changedPlaces } of shelves.values()) {
    if (!changed) continue
    for (const { id, quantity, reserved } of changedPlaces)
      await trx.updateTable('stock').set({ quantity, reserved, updated_at: now }).where('id', '=', id).execute()
    const { sku, product_id, quantity, reserved, threshold } = row
    const version = row.version + 1
    const [opened, archived] = [row.opened === 1, row.archived === 1]
    const low = opened && !archived && available(row) <= threshold
    await trx
      .updateTable('skus')
      .set({ quantity, reserved, threshold, low, opened, archived, version, updated_at: now })
      .where('sku', '=', sku)
      .execute()
    const level = { product_id, sku, quantity, reserved, available: available(row) }
    publish(inventoryUpdated({ id: sku, version }, level))
    if (low && row.low === 0) publish(inventoryLow({ id: sku, version }, level))
  }
}
