import { Address, AddressInput } from '#shared/address'
import { Amount, Currency, toMajor } from '#shared/money'
import { PageQuery } from '#shared/page'
import { closed, Id, integerText, named, oneOf, ProductId, periodFields, Quantity, Sku, type Static, Time, t, text } from '#shared/schema'
import { addressColumn, dataColumn, factsColumn, type Order, type OrderRow, type TimelineRow } from './database'
import { cancellers, cancelReasons, nextStates, statuses } from './domain'

export const orderedProduct = { product_id: ProductId, sku: t.Optional(Sku), quantity: Quantity }
export const NewOrder = named(
  'NewOrder',
  closed(
    {
      user_id: t.Optional(Id),
      items: t.Optional(
        t.Array(named('NewOrderLine', closed({ ...orderedProduct, price: t.Optional(Amount) })), { minItems: 1, maxItems: 100 }),
      ),
      from_cart: t.Optional(t.Boolean()),
      shipping_address: AddressInput,
      shipping_option: t.Optional(
        t.String({
          ...text(32, 'standard'),
          description: 'One that is offered there; by default `standard`, or the first where that is not offered',
        }),
      ),
      coupon_code: t.Optional(text(64, 'WELCOME10')),
      currency: t.Optional(Currency),
    },
    {
      description: 'Either `items`, or `from_cart: true`',
      examples: [{ items: [{ product_id: '507f1f77bcf86cd799439011', quantity: 2, price: 1500 }], shipping_address: '123 Main St, City' }],
    },
  ),
)
export type NewOrder = Static<typeof NewOrder>
export const ChangedOrder = named(
  'OrderAddressChange',
  closed({ shipping_address: AddressInput }, { examples: [{ shipping_address: '5 Side Street, City' }] }),
)
const period = { from: t.Optional(periodFields.from), to: t.Optional(periodFields.to) }
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

export const Status = named('OrderStatus', oneOf(statuses))
export const PaymentStatus = named('OrderPaymentStatus', oneOf(['unpaid', 'authorized', 'paid', 'partially_refunded', 'refunded']))
const CancelReason = named('CancelReason', oneOf(cancelReasons))
const Canceller = named('OrderCanceller', oneOf(cancellers))
export const Money = t.Number({ description: 'In major units', examples: [1500] })
const money = (example: number) => t.Number({ ...Money, examples: [example] })
export const OrderView = named(
  'Order',
  t.Object({
    id: t.Integer(),
    user_id: t.Integer(),
    items: t.Array(
      named(
        'OrderLine',
        t.Object({
          id: t.Integer({ description: 'The line of the order' }),
          product_id: ProductId,
          sku: Sku,
          name: t.String({ examples: ['Notebook 14'] }),
          quantity: t.Integer({ examples: [2] }),
          price: Money,
          discount: money(300),
          tax: money(0),
        }),
      ),
    ),
    subtotal: money(3000),
    discount: money(300),
    tax: money(0),
    shipping: money(0),
    total_amount: money(2700),
    currency: Currency,
    coupon_code: t.Optional(t.String({ examples: ['WELCOME10'] })),
    status: Status,
    payment_status: PaymentStatus,
    next_states: t.Array(Status, { examples: [['awaiting_payment', 'cancelled']] }),
    cancel_reason: t.Optional(CancelReason),
    cancelled_by: t.Optional(Canceller),
    shipping_address: Address,
    shipping_option: t.String({ examples: ['standard'] }),
    payment_due_at: Time,
    reservation_expires_at: Time,
    created_at: Time,
    updated_at: Time,
  }),
)
export type OrderView = Static<typeof OrderView>

/** Who cancelled it, where a person did. Orders that were cancelled under an earlier release do not say. */
const cancelledBy = ({ cancel_reason, facts }: OrderRow) =>
  cancel_reason === 'by_customer' ? factsColumn.read(facts).calledOffBy : undefined

export const orderView = ({ row, items }: Order): OrderView => {
  const major = (amount: number) => toMajor(amount, row.currency)
  const { id, user_id, currency, coupon_code, status, payment_status, cancel_reason, shipping_option } = row
  const canceller = cancelledBy(row)
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
    ...(canceller && { cancelled_by: canceller }),
    shipping_address: addressColumn.read(row.shipping_address),
    shipping_option,
    payment_due_at: row.payment_due_at.toISOString(),
    reservation_expires_at: row.reservation_expires_at.toISOString(),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

const figures = {
  orders: t.Integer({ examples: [40] }),
  revenue: money(60_000),
  average: Money,
  cancelled: t.Integer({ examples: [2] }),
  cancellation_rate: t.Number({ examples: [0.05] }),
}
export const StatsView = named(
  'OrderStats',
  t.Object({
    from: Time,
    to: Time,
    by: oneOf(['day', 'week', 'month']),
    currency: Currency,
    ...figures,
    top_products: t.Array(
      named(
        'TopProduct',
        t.Object({
          product_id: ProductId,
          name: t.String({ examples: ['Notebook 14'] }),
          quantity: t.Integer({ examples: [12] }),
          revenue: money(18_000),
        }),
      ),
    ),
    buckets: t.Array(
      named('OrderStatsBucket', t.Object({ start: t.String({ description: 'Its first day', examples: ['2026-01-01'] }), ...figures })),
    ),
  }),
)

export const TimelineView = named(
  'OrderTimeline',
  t.Object({
    items: t.Array(
      named(
        'TimelineEntry',
        t.Object({
          event_id: t.String({ examples: ['0f0e4a1c-6f0b-4c57-9d0e-3c1f6f6b2a10'] }),
          type: t.String({ examples: ['order.paid'] }),
          service: t.String({ examples: ['order'] }),
          time: Time,
          data: t.Unknown({ examples: [{ order_id: 1 }] }),
        }),
      ),
    ),
  }),
)
export const timelineView = (rows: readonly TimelineRow[]): Static<typeof TimelineView> => ({
  items: rows.map(({ event_id, type, service, at, data }) => ({
    event_id,
    type,
    service,
    time: at.toISOString(),
    data: dataColumn.read(data),
  })),
})
