import * as catalog from '#shared/catalog'
import { messageOf } from '#shared/testing'

export const mug = '507f1f77bcf86cd799439012'

/** Events as their publishers send them. Delivering the same object twice is delivering the same message twice. */
export const registered = (user_id: number) => messageOf(catalog.userRegistered({ id: user_id, version: 1 }, { user_id }))
export const erased = (user_id: number) => messageOf(catalog.userDeleted({ id: user_id, version: 9 }, { user_id }))
export const verificationRequested = (user_id: number, token_id: string) =>
  messageOf(catalog.emailVerificationRequested({ id: user_id, version: 1 }, { user_id, token_id }))
export const resetRequested = (user_id: number, token_id: string) =>
  messageOf(catalog.passwordResetRequested({ id: user_id, version: 2 }, { user_id, token_id }))
export const emailChangeRequested = (user_id: number, warning_id?: string) =>
  messageOf(catalog.emailChangeRequested({ id: user_id, version: 3 }, { user_id, ...(warning_id && { warning_id }) }))
export const signedIn = (user_id: number, warning_id?: string) =>
  messageOf(catalog.userSignedIn({ id: user_id, version: 3 }, { user_id, ...(warning_id && { warning_id }) }))
export const passwordChanged = (user_id: number, warning_id: string) =>
  messageOf(catalog.passwordChanged({ id: user_id, version: 4 }, { user_id, warning_id }))
export const placed = (order_id: number, user_id: number, shipping_option = 'standard') =>
  messageOf(
    catalog.orderCreated(
      { id: order_id, version: 1 },
      {
        ...{ order_id, user_id, subtotal: 25, discount: 0, tax: 0, shipping: 0, total_amount: 25, tax_lines: [], currency: 'USD' },
        items: [{ product_id: mug, sku: 'MUG', quantity: 2, price: 12.5, category: 'home' }],
        ...{ shipping_option, destination: {}, payment_due_at: '', reservation_expires_at: '' },
      },
    ),
  )
export const statusUpdated = (
  order_id: number,
  user_id: number,
  status: string,
  more: { reason?: string; previous?: string; cancelled_by?: 'customer' | 'shop'; shipping_option?: string } = {},
  at = new Date(),
) =>
  messageOf(
    catalog.orderStatusUpdated(
      { id: order_id, version: 2 },
      { order_id, user_id, status, payment_status: 'paid', items: [{ product_id: mug, sku: 'MUG', quantity: 2 }], ...more },
    ),
    { at },
  )
export const transferAwaited = (order_id: number, user_id: number, bank_account?: string) => {
  const payment = { payment_id: 77, order_id, user_id, amount: 64, currency: 'USD', payment_method: 'bank_transfer' }
  const transfer = {
    transaction_id: 'transfer_77',
    reference: 'transfer_77',
    due_at: '2026-12-03T10:00:00.000Z',
    ...(bank_account && { bank_account }),
  }
  return messageOf(catalog.paymentPending({ id: 77, version: 1 }, { ...payment, ...transfer }))
}
export const returnUpdated = (order_id: number, user_id: number, status: string, reason?: string) =>
  messageOf(
    catalog.orderReturnUpdated(
      { id: order_id, version: 8 },
      { return_id: 31, order_id, user_id, status, ...(reason !== undefined && { reason }) },
    ),
  )
const shipment = (shipment_id: number, user_id: number, status: string, carrier: string) => {
  return { shipment_id, order_id: 5, user_id, tracking_number: 'T123', carrier, status, lines: [] }
}
export const readyToCollect = (shipment_id: number, user_id: number) =>
  messageOf(catalog.shipmentReady({ id: shipment_id, version: 2 }, shipment(shipment_id, user_id, 'created', 'pickup')))
export const shipmentMoved = (shipment_id: number, user_id: number, status: string, carrier = 'dhl') =>
  messageOf(catalog.shipmentUpdated({ id: shipment_id, version: 2 }, shipment(shipment_id, user_id, status, carrier)))
export const watchTriggered = (user_id: number, kind: 'price_drop' | 'back_in_stock' = 'price_drop') =>
  messageOf(
    catalog.watchTriggered(
      { id: user_id, version: 2 },
      { user_id, product_id: mug, kind, ...(kind === 'price_drop' ? { from: 15, to: 12.5, currency: 'USD' } : { from: 0, to: 4 }) },
    ),
  )
export const reviewed = (rating_id: string, status: 'published' | 'waiting') =>
  messageOf(catalog.ratingCreated({ id: rating_id, version: 1 }, { rating_id, user_id: 5, product_id: mug, rating: 2, status }))
export const stockLow = (sku: string) =>
  messageOf(catalog.inventoryLow({ id: sku, version: 2 }, { product_id: mug, sku, quantity: 3, reserved: 0, available: 3 }))
