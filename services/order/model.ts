import { Amount, Currency, toMajor } from '#shared/money'
import { PageQuery } from '#shared/page'
import { Address, closed, Id, integerText, oneOf, ProductId, Quantity, Sku, type Static, Time, t, text } from '#shared/schema'
import type { Order, ReturnRow, TimelineRow } from './database'
import { type Line, nextStates, statuses } from './domain'

const orderedProduct = { product_id: ProductId, sku: t.Optional(Sku), quantity: Quantity }
export const NewOrder = closed(
  {
    user_id: t.Optional(Id),
    items: t.Optional(t.Array(closed({ ...orderedProduct, price: t.Optional(Amount) }), { minItems: 1, maxItems: 100 })),
    from_cart: t.Optional(t.Boolean()),
    shipping_address: Address,
    shipping_option: t.Optional(text(32, 'standard')),
    coupon_code: t.Optional(text(64, 'WELCOME10')),
    currency: t.Optional(Currency),
  },
  {
    description: 'Either `items`, or `from_cart: true`',
    examples: [{ items: [{ product_id: '507f1f77bcf86cd799439011', quantity: 2, price: 1500 }], shipping_address: '123 Main St, City' }],
  },
)
export type NewOrder = Static<typeof NewOrder>
export const ChangedOrder = closed({ shipping_address: Address }, { examples: [{ shipping_address: '5 Side Street, City' }] })
export const NewReturn = closed(
  { lines: t.Array(closed(orderedProduct), { minItems: 1, maxItems: 100 }), reason: text(500, 'It does not fit.') },
  { examples: [{ lines: [{ product_id: '507f1f77bcf86cd799439011', quantity: 1 }], reason: 'It does not fit.' }] },
)
export type NewReturn = Static<typeof NewReturn>

/** A day, or a moment of it. */
const Moment = t.String({ pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])(T[\\d:.]{5,12}(Z|[+-]\\d\\d:\\d\\d))?$', maxLength: 40 })
const period = { from: t.Optional(Moment), to: t.Optional(Moment) }
export const OrderList = closed({
  ...PageQuery.properties,
  ...period,
  status: t.Optional(oneOf(statuses)),
  user_id: t.Optional(integerText({ minimum: 1 })),
})
export type OrderList = Static<typeof OrderList>
export const StatsQuery = closed({
  ...period,
  by: t.Optional(oneOf(['day', 'week', 'month'])),
  currency: t.Optional(Currency),
})
export type StatsQuery = Static<typeof StatsQuery>

export const Status = oneOf(statuses)
export const PaymentStatus = oneOf(['unpaid', 'authorized', 'paid', 'partially_refunded', 'refunded'])
const CancelReason = oneOf(['by_customer', 'payment_timeout', 'out_of_stock', 'coupon_rejected'])
export const money = t.Number({ description: 'In major units' })
export const OrderView = t.Object({
  id: t.Integer(),
  user_id: t.Integer(),
  items: t.Array(
    t.Object({
      id: t.Integer({ description: 'Its line in the order' }),
      product_id: t.String(),
      sku: t.String(),
      name: t.String(),
      quantity: t.Integer(),
      price: money,
      discount: money,
      tax: money,
    }),
  ),
  subtotal: money,
  discount: money,
  tax: money,
  shipping: money,
  total_amount: money,
  currency: t.String(),
  coupon_code: t.Optional(t.String()),
  status: Status,
  payment_status: PaymentStatus,
  next_states: t.Array(Status),
  cancel_reason: t.Optional(CancelReason),
  shipping_address: Address,
  shipping_option: t.String(),
  payment_due_at: Time,
  reservation_expires_at: Time,
  created_at: Time,
  updated_at: Time,
})
export type OrderView = Static<typeof OrderView>

export const orderView = ({ row, items }: Order): OrderView => {
  const major = (amount: number) => toMajor(amount, row.currency)
  const { id, user_id, currency, coupon_code, status, payment_status, cancel_reason, shipping_option } = row
  return {
    id,
    user_id,
    items: items.map(({ line, product_id, sku, name, quantity, price, discount, tax }) => {
      const amounts = { price: major(price), discount: major(discount), tax: major(tax) }
      return { id: line, product_id, sku, name, quantity, ...amounts }
    }),
    subtotal: major(row.subtotal),
    discount: major(row.discount),
    tax: major(row.tax),
    shipping: major(row.shipping),
    total_amount: major(row.total),
    currency,
    ...(coupon_code !== null && { coupon_code }),
    status,
    payment_status,
    next_states: nextStates(status),
    ...(cancel_reason && { cancel_reason }),
    shipping_address: JSON.parse(row.shipping_address) as Address,
    shipping_option,
    payment_due_at: row.payment_due_at.toISOString(),
    reservation_expires_at: row.reservation_expires_at.toISOString(),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

const figures = { orders: t.Integer(), revenue: money, average: money, cancelled: t.Integer(), cancellation_rate: t.Number() }
export const StatsView = t.Object({
  from: Time,
  to: Time,
  by: oneOf(['day', 'week', 'month']),
  currency: t.String(),
  ...figures,
  top_products: t.Array(t.Object({ product_id: t.String(), name: t.String(), quantity: t.Integer(), revenue: money })),
  buckets: t.Array(t.Object({ start: t.String({ description: 'Its first day' }), ...figures })),
})

export const TimelineView = t.Object({
  items: t.Array(t.Object({ event_id: t.String(), type: t.String(), service: t.String(), time: Time, data: t.Unknown() })),
})
export const timelineView = (rows: readonly TimelineRow[]): Static<typeof TimelineView> => ({
  items: rows.map(({ event_id, type, service, at, data }) => ({
    event_id,
    type,
    service,
    time: at.toISOString(),
    data: JSON.parse(data) as unknown,
  })),
})

export const ReturnView = t.Object({
  id: t.Integer(),
  order_id: t.Integer(),
  status: oneOf(['requested', 'approved', 'rejected', 'received']),
  reason: t.String(),
  lines: t.Array(t.Object({ product_id: t.String(), sku: t.String(), quantity: t.Integer() })),
  refund_amount: t.Optional(money),
  currency: t.String(),
  created_at: Time,
  updated_at: Time,
})
export type ReturnView = Static<typeof ReturnView>
export const returnView = ({ lines, refund_amount, created_at, updated_at, ...row }: ReturnRow, currency: string): ReturnView => ({
  id: row.id,
  order_id: row.order_id,
  status: row.status,
  reason: row.reason,
  lines: JSON.parse(lines) as Line[],
  ...(refund_amount !== null && { refund_amount: toMajor(refund_amount, currency) }),
  currency,
  created_at: created_at.toISOString(),
  updated_at: updated_at.toISOString(),
})
