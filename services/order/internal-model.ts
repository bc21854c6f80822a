import { Address } from '#shared/address'
import { Drift } from '#shared/drift'
import { Amount, Currency } from '#shared/money'
import { closed, Id, oneOf, type Static, t, text } from '#shared/schema'
import { day, second } from '#shared/time'
import { addressColumn, type Order } from './database'
import { Money, orderView, PaymentStatus, Status } from './model'
import type { ShippedRow } from './repository'

/** An order as payment, which charges for it, and shipping, which packs it, see it. */
export const OrderForServices = t.Object({
  order_id: t.Integer(),
  user_id: t.Integer(),
  status: Status,
  payment_status: PaymentStatus,
  total_amount: Money,
  currency: t.String(),
  shipping_address: Address,
  shipping_option: t.String(),
  items: t.Array(t.Object({ product_id: t.String(), sku: t.String(), name: t.String(), quantity: t.Integer(), price: Money })),
})
export const orderForServices = (order: Order): Static<typeof OrderForServices> => {
  const { id, user_id, status, payment_status, total_amount, currency, shipping_address, shipping_option, items } = orderView(order)
  const lines = items.map(({ product_id, sku, name, quantity, price }) => ({ product_id, sku, name, quantity, price }))
  return { order_id: id, user_id, status, payment_status, total_amount, currency, shipping_address, shipping_option, items: lines }
}

export const OrderToShip = t.Object({
  order_id: t.Integer(),
  user_id: t.Integer(),
  status: Status,
  shipping_address: Address,
  shipping_option: t.String(),
})
export const orderToShip = ({ id, shipping_address, ...row }: ShippedRow): Static<typeof OrderToShip> => ({
  order_id: id,
  ...row,
  shipping_address: addressColumn.read(shipping_address),
})

export const ClaimBody = closed({
  payment_id: Id,
  user_id: Id,
  is_admin: t.Boolean(),
  amount: Amount,
  currency: t.Optional(Currency),
  payment_method: text(32, 'credit_card'),
  wait_ms: t.Optional(
    t.Integer({ minimum: 0, maximum: 10 * second, description: 'How long the answer may wait until the order is payable' }),
  ),
})
export const HoldBody = closed({
  payment_id: Id,
  amount: Amount,
  currency: Currency,
  hold_ms: t.Integer({ minimum: 1, maximum: 90 * day, description: 'How long the payment may still take' }),
})
export const ClaimView = t.Object({ order_id: t.Integer(), user_id: t.Integer(), amount: t.Number(), currency: t.String() })

export const DriftView = t.Object({
  orders: t.Record(
    t.String(),
    t.Object({
      status: Status,
      payment_status: PaymentStatus,
      total_amount: Money,
      currency: t.String(),
      paid: Money,
      coupon_code: t.Optional(t.String()),
      has_stock: oneOf(['none', 'reserved', 'committed']),
    }),
  ),
  stuck: Drift,
  money_kept: Drift,
})
