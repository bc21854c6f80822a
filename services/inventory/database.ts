import type { ColumnType, Generated, Insertable, Selectable, Transaction } from 'kysely'
import { t } from '#shared/schema'
import { jsonColumn } from '#shared/sql'
import type { MovementKind, ReservationState } from './domain'

/** Stored as 0 or 1. */
type Flag = ColumnType<number, boolean | undefined, boolean>

export interface InventoryDb {
  /** `opened`: its `product.created` event has arrived. */
  products: { product_id: string; version: Generated<number>; opened: Flag }
  /** Each SKU's totals over all warehouses. */
  skus: {
    sku: string
    product_id: string
    quantity: Generated<number>
    reserved: Generated<number>
    threshold: Generated<number>
    /** On sale, and at its threshold or below. */
    low: Flag
    /** The opening balance has been counted; until then the quantity is unknown. */
    opened: Flag
    /** No longer sold: it cannot be reserved. */
    archived: Flag
    version: Generated<number>
    updated_at: Generated<Date>
  }
  stock: {
    id: Generated<number>
    product_id: string
    sku: string
    warehouse: string
    quantity: Generated<number>
    reserved: Generated<number>
    updated_at: Generated<Date>
  }
  warehouses: { name: string; created_at: Generated<Date> }
  /** The sum of a SKU's movements up to and including one of them. */
  movement_checkpoints: { sku: string; movement_id: number; quantity: number }
  movements: {
    id: Generated<number>
    product_id: string
    sku: string
    warehouse: string
    delta: number
    kind: MovementKind
    reason: string | null
    order_id: number | null
    user_id: number | null
    created_at: Generated<Date>
  }
  reservations: {
    order_id: number
    state: Generated<ReservationState>
    /** The order's lines as JSON: `reservationItems`. */
    items: string | null
    placed: Flag
    /** The fact `fulfillable`. */
    wanted: Flag
    cancelled: Flag
    expires_at: Date | null
    expiry_version: Generated<number>
    version: Generated<number>
    created_at: Generated<Date>
    updated_at: Generated<Date>
  }
  /** The allocations of an order. `returned`: how many of the pieces the customer sent back. */
  reservation_lines: { order_id: number; sku: string; warehouse: string; quantity: number; returned: Generated<number> }
  returns: { return_id: number; order_id: number }
}
export type Trx = Transaction<InventoryDb>
export type SkuRow = Selectable<InventoryDb['skus']>
export type StockRow = Selectable<InventoryDb['stock']>
export type WarehouseRow = Selectable<InventoryDb['warehouses']>
export type MovementRow = Selectable<InventoryDb['movements']>
export type NewMovement = Insertable<InventoryDb['movements']>
export type ReservationRow = Selectable<InventoryDb['reservations']>

export const reservationItems = jsonColumn(t.Array(t.Object({ product_id: t.String(), sku: t.String(), quantity: t.Integer() })))
