import { Type as t } from '@sinclair/typebox'
import { defineEvent, defineTimer } from '../event'
import { orderLine, orderLines } from './fields'

const orderStatus = t.Union(
  ['pending', 'awaiting_payment', 'paid', 'fulfilling', 'shipped', 'delivered', 'cancelled'].map(status => t.Literal(status)),
)
const taxLine = t.Object({
  category: t.String(),
  tax_class: t.Optional(t.String()),
  country: t.Optional(t.String()),
  region: t.Optional(t.String()),
  rate_ppm: t.Integer(),
  net: t.Number(),
  tax: t.Number(),
})

const pricedLine = t.Object({
  price: t.Number(),
  category: t.String(),
  category_ids: t.Optional(t.Array(t.String())),
  tax_class: t.Optional(t.String()),
})

export const orderCreated = defineEvent('order.created', {
  from: 'order',
  to: ['inventory', 'promotion', 'tax', 'cart', 'notification'],
  values: ({ coupon_code, campaigns = [], from_cart = false }) => ({
    reduced: coupon_code !== undefined || campaigns.length > 0,
    from_cart,
  }),
  when: { promotion: [{ reduced: true }], cart: [{ from_cart: true }] },
  aggregate: 'order',
  data: t.Object({
    order_id: t.Integer(),
    user_id: t.Integer(),
    items: t.Array(t.Composite([orderLine, pricedLine]), { minItems: 1 }),
    subtotal: t.Number(),
    discount: t.Number(),
    tax: t.Number(),
    shipping: t.Number(),
    total_amount: t.Number(),
    tax_lines: t.Array(taxLine),
    currency: t.String(),
    coupon_code: t.Optional(t.String()),
    /** The campaigns and coupons that reduced the price, to be redeemed; automatic campaigns, too. */
    campaigns: t.Optional(t.Array(t.Object({ campaign_id: t.Integer(), code: t.Optional(t.String()), amount: t.Number() }))),
    from_cart: t.Optional(t.Boolean()),
    shipping_option: t.String(),
    destination: t.Object({ country: t.Optional(t.String()), region: t.Optional(t.String()) }),
    payment_due_at: t.String(),
    reservation_expires_at: t.String(),
  }),
})
/**
 * The two ways in which an order becomes sold. Every later status follows one of these events, so a consumer that only needs to know that it
 * was sold can ignore the rest.
 */
const sold = [{ status: 'paid' }, { status: 'fulfilling', previous: 'awaiting_payment' }]
const [cancelled, delivered] = [{ status: 'cancelled' }, { status: 'delivered' }]

export const orderStatusUpdated = defineEvent('order.status_updated', {
  from: 'order',
  to: ['inventory', 'payment', 'tax', 'notification', 'rating', 'search'],
  values: ({ status, previous, due_amount }) => ({ status, previous, overpaid: due_amount !== undefined }),
  when: {
    inventory: [...sold, cancelled],
    payment: [cancelled, delivered, { overpaid: true }],
    tax: [...sold, cancelled],
    notification: [{ status: 'paid' }, cancelled, delivered],
    rating: [delivered],
    search: [...sold, cancelled],
  },
  aggregate: 'order',
  data: t.Object({
    order_id: t.Integer(),
    user_id: t.Integer(),
    status: orderStatus,
    previous: t.Optional(orderStatus),
    payment_status: t.String(),
    reason: t.Optional(t.String()),
    /** Who cancelled it, where a person did: the buyer, or an administrator. Absent in events of an earlier release. */
    cancelled_by: t.Optional(t.Union([t.Literal('customer'), t.Literal('shop')])),
    /** How the goods reached the buyer. Only with `delivered`; absent in events of an earlier release. */
    shipping_option: t.Optional(t.String()),
    /** The price of an order that was paid with more, or by payments of different amounts: what is too much goes back. */
    due_amount: t.Optional(t.Number()),
    items: orderLines,
  }),
})
export const orderCancelled = defineEvent('order.cancelled', {
  from: 'order',
  to: ['inventory', 'promotion', 'payment', 'shipping'],
  aggregate: 'order',
  data: t.Object({ order_id: t.Integer(), user_id: t.Integer(), reason: t.String(), items: orderLines }),
})
/** A return is requested, approved or rejected. `order.return_received` says that the goods have come. */
export const orderReturnUpdated = defineEvent('order.return_updated', {
  from: 'order',
  to: ['notification'],
  aggregate: 'order',
  data: t.Object({
    return_id: t.Integer(),
    order_id: t.Integer(),
    user_id: t.Integer(),
    status: t.String(),
    /** Why it was rejected, as the customer is told. */
    reason: t.Optional(t.String()),
  }),
})
export const orderReturnReceived = defineEvent('order.return_received', {
  from: 'order',
  to: ['inventory', 'payment', 'tax'],
  aggregate: 'order',
  data: t.Object({
    order_id: t.Integer(),
    return_id: t.Integer(),
    lines: orderLines,
    refund_amount: t.Number(),
    currency: t.Optional(t.String()),
    /** What of it is for each line of the order, in their order. Absent in events of an earlier release, as the currency is. */
    line_refunds: t.Optional(t.Array(t.Number())),
  }),
})
export const orderPaymentDueChanged = defineEvent('order.payment_due_changed', {
  from: 'order',
  to: ['inventory'],
  aggregate: 'order',
  data: t.Object({ order_id: t.Integer(), payment_due_at: t.String(), reservation_expires_at: t.String() }),
})
/** Another address before payment: the tax in `order.created` is no longer valid. */
export const orderRepriced = defineEvent('order.repriced', {
  from: 'order',
  to: ['tax'],
  aggregate: 'order',
  data: t.Object({
    order_id: t.Integer(),
    tax: t.Number(),
    shipping: t.Number(),
    total_amount: t.Number(),
    tax_lines: t.Array(taxLine),
    currency: t.String(),
    destination: t.Object({ country: t.Optional(t.String()), region: t.Optional(t.String()) }),
  }),
})
/** Arrives when the payment of an order is due: after 15 minutes, or after days for a bank transfer. */
export const orderPaymentTimeout = defineTimer('order.payment-timeout', {
  owner: 'order',
  aggregate: 'order',
  terms: ['standard', 'transfer'],
  data: t.Object({ order_id: t.Integer() }),
})
