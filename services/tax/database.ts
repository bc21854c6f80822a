import type { ColumnType, Generated, Selectable } from 'kysely'

export interface TaxDb {
  rates: {
    id: Generated<number>
    country: string
    region: Generated<string>
    category: string
    rate_ppm: number
    /** Days, as text: they belong to no time zone. */
    valid_from: string
    valid_to: string | null
    source: string | null
    created_at: Generated<Date>
  }
  /** `version` is that of the price. */
  orders: {
    order_id: number
    currency: string | null
    total: number | null
    lines: string | null
    paid_at: Date | null
    version: Generated<number>
    /** Cancelled before anything was paid. Stored as 0 or 1. */
    unsold: ColumnType<number, boolean | undefined, boolean>
  }
  refunds: { order_id: number; refund_id: number; amount: number; refunded_at: Date }
  entries: {
    order_id: number
    entry: number
    kind: ColumnType<'sale' | 'refund'>
    at: Date
    country: string
    region: string
    rate_ppm: number
    currency: string
    net: number
    tax: number
  }
}
export type RateRow = Selectable<TaxDb['rates']>
export type OrderRow = Selectable<TaxDb['orders']>
export type Entry = Selectable<TaxDb['entries']>
