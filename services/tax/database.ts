import type { ColumnType, Generated, Selectable, Transaction } from 'kysely'
import { t } from '#shared/schema'
import { jsonColumn } from '#shared/sql'

export interface TaxDb {
  rates: {
    id: Generated<number>
    country: string
    region: Generated<string>
    /** The tax class. Earlier releases wrote names of categories here, which no line is taxed by any more. */
    category: string
    rate_ppm: number
    /** Days as text, such as 2026-01-31: they have no time zone. */
    valid_from: string
    valid_to: string | null
    source: string | null
    created_at: Generated<Date>
  }
  /** What is known of an order's tax. A column is null until its event arrives; `version` is that of the price. */
  orders: {
    order_id: number
    currency: string | null
    total: number | null
    /** `soldLinesColumn` */
    lines: string | null
    paid_at: Date | null
    version: Generated<number>
    /** The order was cancelled before anything was paid. Read as 0 or 1. */
    unsold: ColumnType<number, boolean | undefined, boolean>
  }
  /** `of_goods`: it is for goods that came back. */
  refunds: {
    order_id: number
    refund_id: number
    amount: number
    refunded_at: Date
    of_goods: ColumnType<number, boolean | undefined, boolean>
  }
  /** Goods that came back, and what is refunded of each line of their order: `lineRefundsColumn`. */
  returns: { order_id: number; return_id: number; line_refunds: string }
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
export const soldLinesColumn = jsonColumn(
  t.Array(t.Object({ country: t.String(), region: t.String(), rate_ppm: t.Integer(), net: t.Integer(), tax: t.Integer() })),
)
export const lineRefundsColumn = jsonColumn(t.Array(t.Integer()))

export type RateRow = Omit<Selectable<TaxDb['rates']>, 'category' | 'created_at'> & { tax_class: string }
export type OrderRow = Selectable<TaxDb['orders']>
export type Trx = Transaction<TaxDb>
