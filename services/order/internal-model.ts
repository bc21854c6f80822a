import { Drift } from '#shared/drift'
import { Amount, Currency } from '#shared/money'
import { Address, closed, Id, oneOf, type Static, t, text } from '#shared/schema'
import type { Order } from './database'
import { money, orderView, PaymentStatus, Status } from './model'

export const DriftView = t.Object({
  orders: t.Record(
    t.String(),
    t.Object({
      status: Status,
      payment_status: PaymentStatus,
      total_amount: money,
      currency: t.String(),
      paid: money,
      coupon_code: t.Optional(t.String()),
      has_stock: oneOf(['none', 'reserved', 'committed']),
    }),
  ),
  stuck: Drift,
})

/** An order as the services see it that pack it or charge for it. */
export const OrderForServices = t.Object({
  order_id: t.Integer(),
  user_id: t.Integer(),
  status: Status,
  payment_status: PaymentStatus,
  total_amount: money,
  currency: t.String(),
  shipping_address: Address,
  shipping_option: t.String(),
  items: t.Array(t.Object({ product_id: t.String(), sku: t.String(), name: t.String(), quantity: t.Integer(), price: money })),
})
export const orderForServices = (order: Order): Static<typeof OrderForServices> => {
  const { id, user_id, status, payment_status, total_amount, currency, shipping_address, shipping_option, items } = orderView(order)
  const lines = items.map(({ product_id, sku, name, quantity, price }) => ({ product_id, sku, name, quantity, price }))
  return { order_id: id, user_id, status, payment_status, total_amount, currency, shipping_address, shipping_option, items: lines }
}
export const ClaimBody = closed({
  payment_id: Id,
  user_id: Id,
  is_admin: t.Boolean(),
  amount: Amount,
  currency: t.Optional(Currency),
  payment_method: text(32, 'credit_card'),
})
