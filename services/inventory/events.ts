import {
  orderCancelled,
  orderCreated,
  orderPaymentDueChanged,
  orderReturnReceived,
  orderStatusUpdated,
  productCreated,
  productDeleted,
  productUpdated,
} from '#shared/catalog'
import { on } from '#shared/events'
import type { ProductNews } from './products'
import type { Reservations } from './reservations'

/** From these on an order's stock is to leave the house. */
const leaving = new Set(['paid', 'fulfilling', 'shipped', 'delivered'])

export const inventoryHandlers = ({ products, reservations }: { products: ProductNews; reservations: Reservations }) => [
  on(productCreated, async message => {
    await products.created(message, message.data.id, message.data.opening_stock)
    await reservations.retryWaiting()
  }),
  on(productUpdated, message => {
    const { id, sku, variants } = message.data
    return products.updated(message, id, variants.length > 0 ? variants.map(variant => variant.sku) : [sku])
  }),
  on(productDeleted, message => products.deleted(message, message.data.product_id)),
  on(orderCreated, message => {
    const { order_id, items, reservation_expires_at } = message.data
    const expiry = { at: new Date(reservation_expires_at), version: message.aggregate.version }
    return reservations.hear(message, order_id, { placed: true, items, expiry })
  }),
  on(orderStatusUpdated, message => {
    const { order_id, status, items } = message.data
    if (status === 'cancelled') return reservations.hear(message, order_id, { cancelled: true })
    return leaving.has(status) ? reservations.hear(message, order_id, { wanted: true, items }) : Promise.resolve()
  }),
  on(orderCancelled, message => reservations.hear(message, message.data.order_id, { cancelled: true })),
  on(orderPaymentDueChanged, message => {
    const { order_id, reservation_expires_at } = message.data
    return reservations.hear(message, order_id, { expiry: { at: new Date(reservation_expires_at), version: message.aggregate.version } })
  }),
  on(orderReturnReceived, message => {
    const { order_id: orderId, return_id: returnId, lines } = message.data
    return reservations.receive(message, { orderId, returnId, lines })
  }),
]
