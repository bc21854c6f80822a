import { inventoryLow, inventoryUpdated } from '#shared/catalog'
import { conflict } from '#shared/errors'
import type { Publish } from '#shared/event'
import { maxQuantity } from '#shared/schema'
import type { SkuRow, StockRow, Trx } from './database'
import { type Allocation, availableQuantity } from './domain'

/** A locked SKU with its stock row in each warehouse. Changes are collected here until `saveSkuStock` writes and publishes them. */
export interface SkuStock {
  totals: SkuRow
  rows: StockRow[]
  changed: boolean
  changedRows: Set<StockRow>
}
export type StockBySku = Map<string, SkuStock>

/** The lock of a SKU comes before any change of its stock rows, and SKUs are locked in sorted order: no two transactions wait for each other. */
export const lockSkus = async (trx: Trx, skus: readonly string[]): Promise<SkuRow[]> =>
  skus.length === 0 ? [] : trx.selectFrom('skus').selectAll().where('sku', 'in', skus).orderBy('sku').forUpdate().execute()

export const lockSkuStock = async (trx: Trx, skus: readonly string[]): Promise<StockBySku> => {
  const locked = await lockSkus(trx, skus)
  const stock: StockBySku = new Map(locked.map(totals => [totals.sku, { totals, rows: [], changed: false, changedRows: new Set() }]))
  if (locked.length === 0) return stock
  const rows = trx
    .selectFrom('stock')
    .selectAll()
    .where('sku', 'in', [...stock.keys()])
  for (const row of await rows.orderBy('sku').orderBy('warehouse').execute()) stock.get(row.sku)?.rows.push(row)
  return stock
}

/** Locks every SKU of a product by its key, since a lock through the index of products would be taken in another order. */
export const lockProductStock = async (trx: Trx, productId: string): Promise<StockBySku> => {
  const skus = await trx.selectFrom('skus').select('sku').where('product_id', '=', productId).execute()
  return lockSkuStock(
    trx,
    skus.map(({ sku }) => sku),
  )
}

/** The SKU's stock row in a warehouse; the first stock there inserts it. */
export const stockRowIn = async (trx: Trx, { totals: { sku, product_id }, rows }: SkuStock, warehouse: string): Promise<StockRow> => {
  const known = rows.find(row => row.warehouse === warehouse)
  if (known) return known
  await trx.insertInto('stock').values({ sku, product_id, warehouse }).execute()
  const row = await trx.selectFrom('stock').selectAll().where('sku', '=', sku).where('warehouse', '=', warehouse).executeTakeFirstOrThrow()
  rows.push(row)
  return row
}

/** Locks the stock row of each allocation, lets `change` work on it, and saves. */
export const changeAllocatedStock = async (
  trx: Trx,
  allocations: readonly Allocation[],
  publish: Publish,
  change: (stock: SkuStock, row: StockRow, quantity: number) => unknown,
) => {
  if (allocations.length === 0) return
  const stockBySku = await lockSkuStock(
    trx,
    allocations.map(({ sku }) => sku),
  )
  for (const { sku, warehouse, quantity } of allocations) {
    const stock = stockBySku.get(sku)
    if (stock) await change(stock, await stockRowIn(trx, stock, warehouse), quantity)
  }
  await saveSkuStock(trx, stockBySku, publish)
}

export interface MovementCause {
  kind: 'opening' | 'set' | 'adjusted' | 'committed' | 'restocked' | 'returned'
  reason?: string
  orderId?: number
  userId?: number
}

/** Changes the quantity on hand and records the stock movement. */
export const moveStock = async (trx: Trx, stock: SkuStock, row: StockRow, delta: number, cause: MovementCause) => {
  if (delta === 0) return
  const { totals } = stock
  const quantity = row.quantity + delta
  if (quantity < 0) throw conflict('not_enough_stock', 'The warehouse has fewer pieces than this would remove.')
  if (quantity < row.reserved)
    throw conflict('reserved_stock', 'Orders have reserved more than would remain; wait until they are shipped, or cancel them.')
  if (totals.quantity + delta > maxQuantity) throw conflict('too_much_stock', `A SKU can have at most ${maxQuantity} pieces on hand.`)
  row.quantity = quantity
  totals.quantity += delta
  stock.changed = true
  stock.changedRows.add(row)
  const { kind, reason = null, orderId = null, userId = null } = cause
  const { sku, product_id, warehouse } = row
  await trx
    .insertInto('movements')
    .values({ sku, product_id, warehouse, delta, kind, reason, order_id: orderId, user_id: userId })
    .execute()
}

export const changeReserved = (stock: SkuStock, row: StockRow, delta: number) => {
  row.reserved += delta
  stock.totals.reserved += delta
  stock.changed = true
  stock.changedRows.add(row)
}

/** Writes what changed. Each changed SKU gets its next version and one event with its new level. */
export const saveSkuStock = async (trx: Trx, stockBySku: StockBySku, publish: Publish) => {
  const now = new Date()
  for (const { totals, changed, changedRows } of stockBySku.values()) {
    if (!changed) continue
    for (const { id, quantity, reserved } of changedRows)
      await trx.updateTable('stock').set({ quantity, reserved, updated_at: now }).where('id', '=', id).execute()
    const { sku, product_id, quantity, reserved, threshold } = totals
    const version = totals.version + 1
    const [opened, archived] = [totals.opened === 1, totals.archived === 1]
    const available = availableQuantity(totals)
    const low = opened && !archived && available <= threshold
    await trx
      .updateTable('skus')
      .set({ quantity, reserved, threshold, low, opened, archived, version, updated_at: now })
      .where('sku', '=', sku)
      .execute()
    const level = { product_id, sku, quantity, reserved, available }
    publish(inventoryUpdated({ id: sku, version }, level))
    if (low && totals.low === 0) publish(inventoryLow({ id: sku, version }, level))
  }
}
