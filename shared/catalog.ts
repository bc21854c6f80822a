import { Type as t } from '@sinclair/typebox'
import { defineEvent, defineTimer } from './events'
import type { ServiceName } from './services'

/** Every event of the platform, with who tells it and who listens: the broker's whole topology is declared from this file. */

const userId = t.Object({ user_id: t.Integer() })
const userToken = t.Object({ user_id: t.Integer(), token_id: t.String() })

export const userRegistered = defineEvent('user.registered', { from: 'user', to: [], aggregate: 'user', data: userId })
export const userUpdated = defineEvent('user.updated', { from: 'user', to: [], aggregate: 'user', data: userId })
export const userDeleted = defineEvent('user.deleted', { from: 'user', to: ['cart', 'order', 'shipping'], aggregate: 'user', data: userId })
export const passwordResetRequested = defineEvent('user.password_reset_requested', {
  from: 'user',
  to: [],
  aggregate: 'user',
  data: userToken,
})
export const emailVerificationRequested = defineEvent('user.email_verification_requested', {
  from: 'user',
  to: [],
  aggregate: 'user',
  data: userToken,
})

const variant = t.Object({ sku: t.String(), attributes: t.Record(t.String(), t.Unknown()), price: t.Number(), stock: t.Integer() })
const product = t.Object({
  id: t.String(),
  name: t.String(),
  description: t.String(),
  price: t.Number(),
  currency: t.String(),
  category: t.String(),
  stock: t.Integer(),
  sku: t.String(),
  attributes: t.Record(t.String(), t.Unknown()),
  images: t.Array(t.String()),
  tags: t.Array(t.String()),
  variants: t.Array(variant),
  status: t.String(),
  created_at: t.String(),
  updated_at: t.String(),
})
const openingStock = t.Array(t.Object({ sku: t.String(), quantity: t.Integer({ minimum: 0 }) }))

export const productCreated = defineEvent('product.created', {
  from: 'product',
  to: ['inventory'],
  aggregate: 'product',
  data: t.Composite([product, t.Object({ opening_stock: openingStock })]),
})
export const productUpdated = defineEvent('product.updated', { from: 'product', to: ['inventory'], aggregate: 'product', data: product })
export const productDeleted = defineEvent('product.deleted', {
  from: 'product',
  to: ['inventory'],
  aggregate: 'product',
  data: t.Object({ product_id: t.String(), skus: t.Array(t.String()) }),
})

const orderLine = t.Object({ product_id: t.String(), sku: t.String(), quantity: t.Integer({ minimum: 1 }) })
const orderLines = t.Array(orderLine, { minItems: 1 })
const orderStatus = t.Union(
  ['pending', 'awaiting_payment', 'paid', 'fulfilling', 'shipped', 'delivered', 'cancelled'].map(status => t.Literal(status)),
)
const taxLine = t.Object({
  category: t.String(),
  country: t.Optional(t.String()),
  region: t.Optional(t.String()),
  rate_ppm: t.Integer(),
  net: t.Number(),
  tax: t.Number(),
})

export const orderCreated = defineEvent('order.created', {
  from: 'order',
  to: ['inventory', 'promotion', 'tax', 'cart'],
  aggregate: 'order',
  data: t.Object({
    order_id: t.Integer(),
    user_id: t.Integer(),
    items: t.Array(t.Composite([orderLine, t.Object({ price: t.Number(), category: t.String() })]), { minItems: 1 }),
    subtotal: t.Number(),
    discount: t.Number(),
    tax: t.Number(),
    shipping: t.Number(),
    total_amount: t.Number(),
    tax_lines: t.Array(taxLine),
    currency: t.String(),
    coupon_code: t.Optional(t.String()),
    /** What promotion priced it with, to be redeemed: automatic campaigns too. */
    campaigns: t.Optional(t.Array(t.Object({ campaign_id: t.Integer(), code: t.Optional(t.String()), amount: t.Number() }))),
    from_cart: t.Optional(t.Boolean()),
    shipping_option: t.String(),
    destination: t.Object({ country: t.Optional(t.String()), region: t.Optional(t.String()) }),
    payment_due_at: t.String(),
    reservation_expires_at: t.String(),
  }),
})
export const orderStatusUpdated = defineEvent('order.status_updated', {
  from: 'order',
  to: ['inventory', 'payment', 'tax'],
  aggregate: 'order',
  data: t.Object({
    order_id: t.Integer(),
    user_id: t.Integer(),
    status: orderStatus,
    previous: t.Optional(orderStatus),
    payment_status: t.String(),
    reason: t.Optional(t.String()),
    items: orderLines,
  }),
})
export const orderCancelled = defineEvent('order.cancelled', {
  from: 'order',
  to: ['inventory', 'promotion', 'payment', 'shipping'],
  aggregate: 'order',
  data: t.Object({ order_id: t.Integer(), user_id: t.Integer(), reason: t.String(), items: orderLines }),
})
export const orderReturnReceived = defineEvent('order.return_received', {
  from: 'order',
  to: ['inventory', 'payment'],
  aggregate: 'order',
  data: t.Object({ order_id: t.Integer(), return_id: t.Integer(), lines: orderLines, refund_amount: t.Number() }),
})
export const orderPaymentDueChanged = defineEvent('order.payment_due_changed', {
  from: 'order',
  to: ['inventory'],
  aggregate: 'order',
  data: t.Object({ order_id: t.Integer(), payment_due_at: t.String(), reservation_expires_at: t.String() }),
})
/** Another address before payment: the tax that was told with `order.created` no longer holds. */
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
/** A second look at an order when its payment is due: one waiting queue for each term, 15 minutes or days. */
export const orderPaymentTimeout = defineTimer('order.payment-timeout', {
  owner: 'order',
  aggregate: 'order',
  terms: ['standard', 'transfer'],
  data: t.Object({ order_id: t.Integer() }),
})

const payment = {
  payment_id: t.Integer(),
  order_id: t.Integer(),
  user_id: t.Integer(),
  amount: t.Number(),
  currency: t.String(),
  payment_method: t.String(),
  transaction_id: t.String(),
  reason: t.Optional(t.String()),
}
const paymentEvent = (type: string) => defineEvent(type, { from: 'payment', to: ['order'], aggregate: 'payment', data: t.Object(payment) })

export const paymentAuthorized = paymentEvent('payment.authorized')
/** Captured: the money is ours. */
export const paymentProcessed = paymentEvent('payment.processed')
export const paymentFailed = paymentEvent('payment.failed')
export const paymentVoided = paymentEvent('payment.voided')
export const paymentRefunded = defineEvent('payment.refunded', {
  from: 'payment',
  to: ['order', 'tax'],
  aggregate: 'payment',
  data: t.Object({ ...payment, refund_id: t.Integer(), total_refunded: t.Number() }),
})

const shipment = t.Object({
  shipment_id: t.Integer(),
  order_id: t.Integer(),
  user_id: t.Integer(),
  tracking_number: t.String(),
  carrier: t.String(),
  status: t.String(),
  lines: orderLines,
})
const shipmentEvent = (type: string) => defineEvent(type, { from: 'shipping', to: ['order'], aggregate: 'shipment', data: shipment })

export const shipmentCreated = shipmentEvent('shipment.created')
export const shipmentUpdated = shipmentEvent('shipment.updated')
export const shipmentDelivered = shipmentEvent('shipment.delivered')

const redemption = t.Object({
  order_id: t.Integer(),
  campaign_id: t.Union([t.Integer(), t.Null()]),
  code: t.Union([t.String(), t.Null()]),
  amount: t.Number(),
  reason: t.Optional(t.String()),
})
export const promotionRedeemed = defineEvent('promotion.redeemed', {
  from: 'promotion',
  to: ['order'],
  aggregate: 'redemption',
  data: redemption,
})
export const promotionRejected = defineEvent('promotion.rejected', {
  from: 'promotion',
  to: ['order'],
  aggregate: 'redemption',
  data: redemption,
})
export const promotionReleased = defineEvent('promotion.released', { from: 'promotion', to: [], aggregate: 'redemption', data: redemption })

const reservation = t.Object({
  order_id: t.Integer(),
  expires_at: t.Optional(t.String()),
  reason: t.Optional(t.String()),
  lines: t.Array(orderLine),
})
const reservationEvent = (type: string, to: readonly ServiceName[]) =>
  defineEvent(type, { from: 'inventory', to, aggregate: 'reservation', data: reservation })

export const inventoryReserved = reservationEvent('inventory.reserved', ['order'])
export const inventoryRejected = reservationEvent('inventory.rejected', ['order'])
export const inventoryCommitted = reservationEvent('inventory.committed', ['order', 'shipping'])
export const inventoryCommitFailed = reservationEvent('inventory.commit_failed', ['order'])
export const inventoryReleased = reservationEvent('inventory.released', [])

const stockLevel = t.Object({
  product_id: t.String(),
  sku: t.String(),
  quantity: t.Integer(),
  reserved: t.Integer(),
  available: t.Integer(),
})
/** The aggregate is the SKU, summed over warehouses. */
export const inventoryUpdated = defineEvent('inventory.updated', {
  from: 'inventory',
  to: ['product'],
  aggregate: 'stock',
  data: stockLevel,
})
export const inventoryLow = defineEvent('inventory.low', { from: 'inventory', to: [], aggregate: 'stock', data: stockLevel })
