import {
  inventoryCommitFailed,
  inventoryCommitted,
  inventoryRejected,
  inventoryReserved,
  paymentAuthorized,
  paymentFailed,
  paymentProcessed,
  paymentRefunded,
  paymentVoided,
  promotionRedeemed,
  promotionRejected,
  shipmentCreated,
  shipmentDelivered,
  shipmentUpdated,
} from '#shared/catalog'
import type { OrderView } from './model'

/** The events that other services publish about an order. */
export const eventsAbout = ({ id: order_id, user_id, total_amount, currency, items }: OrderView) => {
  const lines = items.map(({ product_id, sku, quantity }) => ({ product_id, sku, quantity }))
  const at = { id: order_id, version: 1 }
  const payment = (more: object = {}) => ({
    payment_id: 9,
    order_id,
    user_id,
    amount: total_amount,
    currency,
    payment_method: 'credit_card',
    transaction_id: 'tx',
    ...more,
  })
  const parcel = (status: string, sent = lines, shipment_id = 5) => ({
    shipment_id,
    order_id,
    user_id,
    tracking_number: 'T1',
    carrier: 'sandbox',
    status,
    lines: sent,
  })
  const coupon = { order_id, campaign_id: 1, code: 'TEN', amount: 1 }
  return {
    lines,
    reserved: () => inventoryReserved(at, { order_id, lines }),
    refusedByStock: () => inventoryRejected(at, { order_id, lines, reason: 'out_of_stock' }),
    committed: () => inventoryCommitted(at, { order_id, lines }),
    commitFailed: () => inventoryCommitFailed(at, { order_id, lines, reason: 'out_of_stock' }),
    redeemed: () => promotionRedeemed(at, coupon),
    couponRefused: () => promotionRejected(at, { ...coupon, reason: 'used_up' }),
    authorized: (more?: object) => paymentAuthorized(at, payment(more)),
    captured: (more?: object) => paymentProcessed(at, payment(more)),
    declined: (more?: object) => paymentFailed(at, payment({ reason: 'declined', ...more })),
    voided: (more?: object) => paymentVoided(at, payment(more)),
    refunded: (total_refunded: number, more?: object) => paymentRefunded(at, { ...payment(more), refund_id: 1, total_refunded }),
    packed: (sent = lines, id = 5) => shipmentCreated(at, parcel('created', sent, id)),
    pickedUp: (sent = lines, id = 5) => shipmentUpdated(at, parcel('picked_up', sent, id)),
    cameBack: (sent = lines, id = 5) => shipmentUpdated(at, parcel('returned', sent, id)),
    delivered: (sent = lines, id = 5) => shipmentDelivered(at, parcel('delivered', sent, id)),
  }
}
