import type { ColumnType, Generated, Selectable } from 'kysely'
import type { ReservationState } from './domain'

/** Stored as 0 or 1. */
type Flag = ColumnType<number, boolean | undefined, boolean>

export interface InventoryDb {
  /** `opened`: the news of its creation came. */
  products: { product_id: string; version: Generated<number>; opened: Flag }
  skus: {
    sku: string
    product_id: string
    quantity: Generated<number>
    reserved: Generated<number>
    threshold: Generated<number>
    /** At its threshold or below, and on sale. */
    low: Flag
    /** Its opening balance is counted: before that nobody knows how much there is. */
    opened: Flag
    /** Not sold any more: nothing of it can be reserved. */
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
  movements: {
    id: Generated<number>
    product_id: string
    sku: string
    warehouse: string
    delta: number
    kind: string
    reason: string | null
    order_id: number | null
    user_id: number | null
    created_at: Generated<Date>
  }
  reservations: {
    order_id: number
    state: Generated<ReservationState>
    /** The lines as JSON, from the first event that brought them. */
    items: string | null
    placed: Flag
    wanted: Flag
    cancelled: Flag
    expires_at: Date | null
    expiry_version: Generated<number>
    version: Generated<number>
    created_at: Generated<Date>
    updated_at: Generated<Date>
  }
  reservation_lines: { order_id: number; sku: string; warehouse: string; quantity: number }
  returns: { return_id: number; order_id: number }
}
export type SkuRow = Selectable<InventoryDb['skus']>
export type StockRow = Selectable<InventoryDb['stock']>
export type MovementRow = Selectable<InventoryDb['movements']>
export type ReservationRow = Selectable<InventoryDb['reservations']>
