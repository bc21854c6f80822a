import { Type as t } from '@sinclair/typebox'
import { defineEvent } from './events'

/** Every event of the platform, with who tells it and who listens: the broker's whole topology is declared from this file. */

const userId = t.Object({ user_id: t.Integer() })
const userToken = t.Object({ user_id: t.Integer(), token_id: t.String() })

export const userRegistered = defineEvent('user.registered', { from: 'user', to: [], aggregate: 'user', data: userId })
export const userUpdated = defineEvent('user.updated', { from: 'user', to: [], aggregate: 'user', data: userId })
export const userDeleted = defineEvent('user.deleted', { from: 'user', to: [], aggregate: 'user', data: userId })
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

export const orderCreated = defineEvent('order.created', {
  from: 'order',
  to: ['inventory'],
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
    tax_lines: t.Array(t.Unknown()),
    currency: t.String(),
    coupon_code: t.Optional(t.String()),
    shipping_option: t.String(),
    destination: t.Object({ country: t.Optional(t.String()), region: t.Optional(t.String()) }),
    payment_due_at: t.String(),
    reservation_expires_at: t.String(),
  }),
})
export const orderStatusUpdated = defineEvent('order.status_updated', {
  from: 'order',
  to: ['inventory'],
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
  to: ['inventory'],
  aggregate: 'order',
  data: t.Object({ order_id: t.Integer(), user_id: t.Integer(), reason: t.String(), items: orderLines }),
})
export const orderReturnReceived = defineEvent('order.return_received', {
  from: 'order',
  to: ['inventory'],
  aggregate: 'order',
  data: t.Object({ order_id: t.Integer(), return_id: t.Integer(), lines: orderLines, refund_amount: t.Number() }),
})
export const orderPaymentDueChanged = defineEvent('order.payment_due_changed', {
  from: 'order',
  to: ['inventory'],
  aggregate: 'order',
  data: t.Object({ order_id: t.Integer(), payment_due_at: t.String(), reservation_expires_at: t.String() }),
})

const reservation = t.Object({
  order_id: t.Integer(),
  expires_at: t.Optional(t.String()),
  reason: t.Optional(t.String()),
  lines: t.Array(orderLine),
})
const reservationEvent = (type: string) => defineEvent(type, { from: 'inventory', to: [], aggregate: 'reservation', data: reservation })

export const inventoryReserved = reservationEvent('inventory.reserved')
export const inventoryRejected = reservationEvent('inventory.rejected')
export const inventoryCommitted = reservationEvent('inventory.committed')
export const inventoryCommitFailed = reservationEvent('inventory.commit_failed')
export const inventoryReleased = reservationEvent('inventory.released')

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
