import type { ColumnType, Generated, Selectable, Transaction } from 'kysely'
import type { Sql } from '#shared/sql'
import type { Status } from './domain'
import type { Option } from './domain-quotes'

type Flag = ColumnType<number, boolean | undefined, boolean>

export interface ShippingDb {
  /** One row an order: pick-up, void and dispatch of its parcels take turns under its lock. */
  orders: {
    order_id: number
    user_id: number | null
    /** What was ordered, as JSON, from the moment its stock is committed. */
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
    /** JSON; null once it is forgotten. Nowhere else in this service is there an address. */
    address: string | null
    lines: string
    picked_up_at: Date | null
    /** Since when it waits for its carrier, or for somebody to send again what failed; null when nothing is to come. */
    waiting_since: Date | null
    /** When its carrier is to be asked next. */
    next_look_at: Date | null
    failed_looks: Generated<number>
    created_at: Date
    updated_at: Date
  }
  /** What happened to a parcel, one row a version. */
  shipment_steps: { shipment_id: number; version: number; status: Status; at: Date }
  /** Whoever is erased while a parcel is under way is forgotten when it has ended. */
  erased_users: { user_id: number }
  zones: { id: Generated<number>; name: string; is_default: Flag; created_at: Generated<Date> }
  zone_countries: { country: string; zone_id: number }
  rates: {
    id: Generated<number>
    zone_id: number
    shipping_option: Option
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
export type ShippingSql = Sql<ShippingDb>
export type Trx = Transaction<ShippingDb>
export type OrderRow = Selectable<ShippingDb['orders']>
export type ShipmentRow = Selectable<ShippingDb['shipments']>
export type StepRow = Selectable<ShippingDb['shipment_steps']>
export type RateRow = Selectable<ShippingDb['rates']>
