import { sql as raw } from 'kysely'
import { inventoryLow, inventoryUpdated } from '#shared/catalog'
import { conflict } from '#shared/errors'
import type { Publish } from '#shared/event'
import { maxQuantity } from '#shared/schema'
import { defer, newValues } from '#shared/sql'
import type { NewMovement, SkuRow, StockRow, Trx } from './database'
import { type Allocation, availableQuantity, type MovementKind } from './domain'

/** A SKU's stock in one warehouse. The first stock there has no id yet. */
export type WarehouseStockRow = Omit<StockRow, 'id'> & { id: number | undefined }

/** A locked SKU with its stock row in each warehouse. Changes are collected here until `saveSkuStock` writes and publishes them. */
export interface SkuStock {
  totals: SkuRow
  /** What was available when the SKU was locked; undefined for one whose stock was never published. */
  previous: number | undefined
  rows: WarehouseStockRow[]
  changed: boolean
  changedRows: Set<WarehouseStockRow>
  movements: NewMovement[]
}
export type StockBySku = Map<string, SkuStock>

interface StockColumns {
  row_id: number
  warehouse: string
  row_quantity: number
  row_reserved: number
  row_updated_at: Date
}
/** A SKU without stock joins no row. */
type NoStock = { [column in keyof StockColumns]: null }

/** SKUs are locked in sorted order, each with its stock rows, before any of them is changed: no two transactions wait for each other. */
export const lockSkuStock = async (trx: Trx, skus: readonly string[]): Promise<StockBySku> => {
  const stock: StockBySku = new Map()
  if (skus.length === 0) return stock
  const keys = raw.join([...new Set(skus)])
  // The indexes are named, since a scan of a small table would lock other rows, and in another order.
  const locked = raw<SkuRow & (StockColumns | NoStock)>`
    select skus.*, stock.id as row_id, stock.warehouse, stock.quantity as row_quantity, stock.reserved as row_reserved,
      stock.updated_at as row_updated_at
    from skus force index (primary) left join stock force index (stock_place) on stock.sku = skus.sku
    where skus.sku in (${keys}) order by skus.sku, stock.warehouse for update`
  for (const { row_id, warehouse, row_quantity, row_reserved, row_updated_at, ...totals } of (await locked.execute(trx)).rows) {
    const { sku, product_id } = totals
    const previous = totals.version === 0 ? undefined : availableQuantity(totals)
    const known = stock.get(sku) ?? { totals, previous, rows: [], changed: false, changedRows: new Set(), movements: [] }
    stock.set(sku, known)
    if (row_id === null) continue
    known.rows.push({ id: row_id, sku, product_id, warehouse, quantity: row_quantity, reserved: row_reserved, updated_at: row_updated_at })
  }
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

/** The SKU's stock row in a warehouse. */
export const stockRowIn = ({ totals: { sku, product_id }, rows, changedRows }: SkuStock, warehouse: string): WarehouseStockRow => {
  const known = rows.find(row => row.warehouse === warehouse)
  if (known) return known
  const row = { id: undefined, sku, product_id, warehouse, quantity: 0, reserved: 0, updated_at: new Date() }
  rows.push(row)
  changedRows.add(row)
  return row
}

/** Lets `change` work on the stock row of each allocation. */
export const changeAllocatedStock = (
  stockBySku: StockBySku,
  allocations: readonly Allocation[],
  change: (stock: SkuStock, row: WarehouseStockRow, quantity: number) => void,
) => {
  for (const { sku, warehouse, quantity } of allocations) {
    const stock = stockBySku.get(sku)
    if (stock) change(stock, stockRowIn(stock, warehouse), quantity)
  }
}

export interface MovementCause {
  kind: MovementKind
  reason?: string
  orderId?: number
  userId?: number
}

/** Changes the quantity on hand, with a stock movement. */
export const moveStock = (stock: SkuStock, row: WarehouseStockRow, delta: number, cause: MovementCause) => {
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
  stock.movements.push({ sku, product_id, warehouse, delta, kind, reason, order_id: orderId, user_id: userId })
}

export const changeReserved = (stock: SkuStock, row: WarehouseStockRow, delta: number) => {
  row.reserved += delta
  stock.totals.reserved += delta
  stock.changed = true
  stock.changedRows.add(row)
}

/** Writes what changed, with one statement for each table. Each changed SKU gets its next version and one event with its new level. */
export const saveSkuStock = async (trx: Trx, stockBySku: StockBySku, publish: Publish) => {
  const updated_at = new Date()
  const stock = [...stockBySku.values()]
  const movements = stock.flatMap(({ movements }) => movements)
  if (movements.length > 0) await defer(trx.insertInto('movements').values(movements))
  const rows = stock.flatMap(({ changedRows }) => [...changedRows].map(row => ({ ...row, updated_at })))
  const added = rows.filter(({ id }) => id === undefined)
  if (added.length > 0) await defer(trx.insertInto('stock').values(added))
  const known = rows.filter(({ id }) => id !== undefined)
  if (known.length > 0)
    await defer(
      trx
        .insertInto('stock')
        .values(known)
        .onDuplicateKeyUpdate(newValues('quantity', 'reserved', 'updated_at')),
    )

  const changed = stock.filter(({ changed }) => changed)
  if (changed.length === 0) return
  const skus = changed.map(({ totals }) => {
    const [opened, archived] = [totals.opened === 1, totals.archived === 1]
    const low = opened && !archived && availableQuantity(totals) <= totals.threshold
    return { ...totals, opened, archived, low, version: totals.version + 1, updated_at }
  })
  const columns = ['quantity', 'reserved', 'threshold', 'low', 'opened', 'archived', 'version', 'updated_at']
  await defer(
    trx
      .insertInto('skus')
      .values(skus)
      .onDuplicateKeyUpdate(newValues(...columns)),
  )
  for (const { sku, product_id, quantity, reserved, low, version } of skus) {
    const level = { product_id, sku, quantity, reserved, available: quantity - reserved }
    const { previous, totals } = stockBySku.get(sku) ?? {}
    publish(inventoryUpdated({ id: sku, version }, { ...level, ...(previous !== undefined && { previous }) }))
    if (low && totals?.low === 0) publish(inventoryLow({ id: sku, version }, level))
  }
}
