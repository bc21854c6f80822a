import type { ColumnType, Generated, Selectable, Transaction } from 'kysely'
import { Address } from '#shared/address'
import { t } from '#shared/schema'
import { jsonColumn, type Sql } from '#shared/sql'
import type { Progress, Status } from './domain'
import type { KnownOrder } from './domain-orders'
import type { ShippingOption } from './domain-quotes'

/** Read as 0 or 1. */
type Flag = ColumnType<number, boolean | undefined, boolean>

export interface ShippingDb {
  /** One row for each order. Its lock puts shipping, picking up and voiding the order's shipments one after the other. */
  orders: {
    order_id: number
    user_id: number | null
    /** `linesColumn`; null until the order's stock is committed. */
    lines: string | null
    voided: Flag
    created_at: Generated<Date>
  }
  shipments: {
    id: Generated<number>
    order_id: number
    user_id: number
    tracking_number: string
    carrier: string
    carrier_reference: string | null
    shipping_option: string
    status: Status
    version: number
    /** `addressColumn`; null once the user is erased. No other column and no event holds an address. */
    address: string | null
    /** `linesColumn` */
    lines: string
    /** Since when its buyer can collect it; null for one that a carrier takes. */
    ready_at: Date | null
    picked_up_at: Date | null
    /** Since when it waits for its carrier or its buyer, or one that failed before pick-up for its lines to be shipped again; null when nothing is expected. */
    waiting_since: Date | null
    /** When the carrier is called next: for a label, for the status, or to cancel the label. */
    next_look_at: Date | null
    failed_looks: Generated<number>
    created_at: Date
    updated_at: Date
  }
  /** A shipment's history, one row for each version. */
  shipment_steps: { shipment_id: number; version: number; status: Status; at: Date }
  /** Erased users: the address of a shipment still under way is removed when it reaches a final status. */
  erased_users: { user_id: number }
  zones: { id: Generated<number>; name: string; is_default: Flag; created_at: Generated<Date> }
  zone_countries: { country: string; zone_id: number }
  rates: {
    id: Generated<number>
    zone_id: number
    shipping_option: ShippingOption
    currency: string
    price: number
    included_grams: number
    per_kg: number
    free_over: number | null
    days_min: number
    days_max: number
  }
  weights: { sku: string; grams: number }
}

/** The lines of an order or of a shipment. */
export const linesColumn = jsonColumn(
  t.Array(
    t.Object({
      product_id: t.String(),
      sku: t.String(),
      quantity: t.Integer({ minimum: 1 }),
      warehouse: t.Optional(t.String()),
    }),
  ),
)
export const addressColumn = jsonColumn(Address)

export type ShippingSql = Sql<ShippingDb>
export type Trx = Transaction<ShippingDb>
export type OrderRow = Selectable<ShippingDb['orders']>
export type ShipmentRow = Selectable<ShippingDb['shipments']>
export const progressOf = ({ status, picked_up_at }: Pick<ShipmentRow, 'status' | 'picked_up_at'>): Progress => ({
  status,
  pickedUp: picked_up_at !== null,
})
export const knownOrder = ({ lines, voided }: Pick<OrderRow, 'lines' | 'voided'>): KnownOrder => ({
  lines: lines === null ? undefined : linesColumn.read(lines),
  voided: voided === 1,
})
export type StepRow = Selectable<ShippingDb['shipment_steps']>
export type RateRow = Selectable<ShippingDb['rates']>
export type Weight = Selectable<ShippingDb['weights']>
