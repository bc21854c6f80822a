import type { ColumnType, Generated, Selectable, Transaction } from 'kysely'
import { Address } from '#shared/address'
import { oneOf, type Static, type TSchema, t } from '#shared/schema'
import { jsonColumn, type Sql } from '#shared/sql'
import type { TaxClass } from '#shared/tax-class'
import { type Canceller, type CancelReason, cancellers, cancelReasons, type Line, type PaymentStatus, type Status } from './domain'
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
    /** Priced with a coupon or a campaign, which promotion must still confirm. */
    promised: Flag
    shipping_option: string
    /** JSON, by `addressColumn`. */
    shipping_address: string
    cancel_reason: CancelReason | null
    /** JSON, by `linesColumn`: what never changes of the items. Null in orders placed before this column existed. */
    lines: Generated<string | null>
    /** JSON, by `factsColumn`. */
    facts: string
    /** What the facts say about the money, for statistics and the drift report. */
    captured: Generated<number>
    refunded: Generated<number>
    version: number
    payment_due_at: Date
    reservation_expires_at: Date
    /** The payment that is under way, and until when it keeps address and price as they are. */
    claim_payment_id: Generated<number | null>
    claim_until: Generated<Date | null>
    /** Set while shipping is asked whether the parcels can still be stopped. */
    cancel_requested_at: Generated<Date | null>
    /** Null in requests of an earlier release. */
    cancel_requested_by: Generated<Canceller | null>
    /** The account was deleted: the address is erased when the order is over. */
    user_erased: Flag
    created_at: Date
    updated_at: Date
  }
  /** Accounts that were erased, and when. */
  erased_users: { user_id: number; erased_at: Generated<Date> }
  order_items: {
    order_id: number
    line: number
    product_id: string
    sku: string
    name: string
    category: string
    /** Null in orders placed before this column existed. */
    tax_class: TaxClass | null
    quantity: number
    price: number
    discount: number
    tax: number
  }
  /** Everything that happened to an order, with the id of the event that reported it. */
  timeline: {
    id: Generated<number>
    order_id: number
    event_id: string
    type: string
    service: string
    at: Date
    /** JSON, by `dataColumn`. */
    data: string
  }
  returns: {
    id: Generated<number>
    order_id: number
    user_id: number
    status: ReturnStatus
    reason: string
    /** Why it was rejected, if the administrator said so. */
    reject_reason: Generated<string | null>
    /** JSON, by `linesColumn`. */
    lines: string
    refund_amount: number | null
    /** The parcel that came back, of a return that nobody asked for. */
    shipment_id: number | null
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
/** An order that no other transaction can change now. */
export interface LockedOrder {
  row: OrderRow
  lines: readonly Line[]
}

/** The one who asks: a customer may see and change their own orders, an admin any. */
export interface Buyer {
  id: number
  role: string
}
/** How long an order may take to be paid, and how long a claim lasts whose payment is not stored yet. */
export interface Terms {
  paymentTimeoutMs: number
  claimMs: number
}

const readonlyListOf = <S extends TSchema>(item: S) => t.Unsafe<readonly Static<S>[]>(t.Array(item))
const StoredLine = t.Object({ product_id: t.String(), sku: t.String(), quantity: t.Integer() })
const Happened = t.Optional(t.Literal(true))
const Money = t.Optional(t.Integer())
export const factsColumn = jsonColumn(
  t.Object({
    heard: t.Object({
      reserved: Happened,
      stock_refused: Happened,
      committed: Happened,
      commit_failed: Happened,
      redeemed: Happened,
      promise_refused: Happened,
    }),
    calledOff: t.Optional(oneOf(cancelReasons)),
    calledOffBy: t.Optional(oneOf(cancellers)),
    payments: t.Record(
      t.String(),
      t.Object({ method: t.Optional(t.String()), authorized: Money, captured: Money, refunded: Money, ended: Happened }),
    ),
    shipments: t.Record(
      t.String(),
      t.Object({ lines: readonlyListOf(StoredLine), version: t.Optional(t.Integer()), seen: readonlyListOf(t.String()) }),
    ),
  }),
)
export const addressColumn = jsonColumn(Address)
export const linesColumn = jsonColumn(t.Array(StoredLine))
export const dataColumn = jsonColumn(t.Unknown())
/** Takes the place of an address whose owner's account was deleted. */
export const erasedAddress = addressColumn.write('erased')
