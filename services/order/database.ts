import type { ColumnType, Generated, Selectable, Transaction } from 'kysely'
import type { Sql } from '#shared/sql'
import type { CancelReason, PaymentStatus, Status } from './domain'
import type { ReturnStatus } from './domain-returns'

/** Stored as 0 or 1. */
type Flag = ColumnType<number, boolean | undefined, boolean>

/** Amounts are integers of minor units. */
export interface OrderDb {
  orders: {
    id: Generated<number>
    user_id: number
    status: Status
    payment_status: PaymentStatus
    currency: string
    subtotal: number
    discount: number
    tax: number
    shipping: number
    total: number
    free_shipping: Flag
    coupon_code: string | null
    /** Priced with a coupon or a campaign, for which promotion must still say yes. */
    promised: Flag
    shipping_option: string
    /** JSON: text or fields. */
    shipping_address: string
    cancel_reason: CancelReason | null
    /** JSON: all that was heard. */
    facts: string
    /** What the facts say of the money, for figures and comparisons. */
    captured: Generated<number>
    refunded: Generated<number>
    version: number
    payment_due_at: Date
    reservation_expires_at: Date
    /** The payment that is being made: address and price are frozen for so long. */
    claim_payment_id: Generated<number | null>
    claim_until: Generated<Date | null>
    /** Shipping is being asked whether it can still be stopped. */
    cancel_requested_at: Generated<Date | null>
    /** Its user is gone: the address goes when the order is over. */
    user_erased: Flag
    created_at: Date
    updated_at: Date
  }
  order_items: {
    order_id: number
    line: number
    product_id: string
    sku: string
    name: string
    category: string
    quantity: number
    price: number
    discount: number
    tax: number
  }
  /** Every fact, with the event that told it. */
  timeline: {
    id: Generated<number>
    order_id: number
    event_id: string
    type: string
    service: string
    at: Date
    /** JSON. */
    data: string
  }
  returns: {
    id: Generated<number>
    order_id: number
    user_id: number
    status: ReturnStatus
    reason: string
    /** JSON. */
    lines: string
    refund_amount: number | null
    created_at: Date
    updated_at: Date
  }
}
export type OrderRow = Selectable<OrderDb['orders']>
export type ItemRow = Selectable<OrderDb['order_items']>
export type TimelineRow = Selectable<OrderDb['timeline']>
export type ReturnRow = Selectable<OrderDb['returns']>
export type OrderSql = Sql<OrderDb>
export type Trx = Transaction<OrderDb>
export interface Order {
  row: OrderRow
  items: ItemRow[]
}

/** Who asks: a customer about their own orders, an admin about any. */
export interface Buyer {
  id: number
  role: string
}
/** How long things may take. */
export interface Terms {
  paymentTimeoutMs: number
  transferDueMs: number
  claimMs: number
}
/** Stock is held longer than the order may be paid, so that a payment at the last moment finds it. */
export const reservationGraceMs = 10 * 60_000
