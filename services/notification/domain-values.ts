import type { Kind } from './domain'

/**
 * What a template may name, by kind. Times are ISO texts in UTC, prices are decimal texts with the currency beside them, and every `…url` and
 * `link` is whole. A value that is not known is an empty text or list, so that a template never meets one that is missing.
 */
export const commonValues = ['name', 'shop_url'] as const
export const marketingValues = ['unsubscribe_url'] as const
const order = ['order_id', 'order_url'] as const
const product = ['product', 'product_url'] as const

export const valueNames: Readonly<Record<Kind, readonly string[]>> = {
  welcome: [],
  verify_email: ['link', 'expires_at'],
  password_reset: ['link', 'expires_at'],
  email_change: [],
  password_changed: ['time'],
  new_sign_in: ['time'],
  /** `items` is a list of `{ product, quantity, price }`. `shipping_option` is `pickup` where the buyer collects the order. */
  order_placed: [...order, 'items', 'total', 'currency', 'shipping_option'],
  /** `bank_account` is where the money goes; empty where the release before told of it. */
  payment_pending: [...order, 'amount', 'currency', 'reference', 'due_at', 'bank_account'],
  order_paid: [...order],
  /**
   * `reason` is the shop's word for it: `by_customer`, `payment_timeout`, `out_of_stock`, `coupon_rejected`, `undeliverable`.
   * `cancelled_by` is `customer` or `shop`, and empty where no person did it.
   */
  order_cancelled: [...order, 'reason', 'cancelled_by'],
  order_shipped: [...order, 'tracking_number', 'tracking_url', 'carrier'],
  ready_for_pickup: [...order],
  order_delivered: [...order, 'shipping_option'],
  order_refunded: [...order, 'amount', 'currency'],
  return_approved: [...order, 'return_id'],
  /** `reason` is the shop's; empty where it gave none. */
  return_rejected: [...order, 'return_id', 'reason'],
  /** `items` is a list of `{ product, product_url }`. */
  review_request: [...order, 'items'],
  price_drop: [...product, 'from', 'to', 'currency'],
  back_in_stock: [...product],
  low_stock: [...product, 'sku', 'available'],
  review_waiting: [...product, 'rating_id', 'rating'],
  return_requested: [...order, 'return_id'],
  /** `entries` is a list of `{ kind, product, product_url, from, to, currency }`. */
  digest: ['entries'],
}
