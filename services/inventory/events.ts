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
import { on } from '#shared/event'
import type { ProductNews } from './products'
import type { Reservations } from './reservations'
import type { ReturnedGoods } from './returns'

interface Deps {
  products: ProductNews
  orders: Reservations
  returns: ReturnedGoods
}

/** From these on an order's stock is to leave the house. */
const leaving = new Set(['paid', 'fulfilling', 'shipped', 'delivered'])

export const inventoryHandlers = ({ products, orders, returns }: Deps) => [
  on(productCreated, message => products.created(message, message.data.id, message.data.opening_stock)),
  on(productUpdated, message => {
    const { id, sku, variants } = message.data
    return products.updated(message, id, variants.length > 0 ? variants.map(variant => variant.sku) : [sku])
  }),
  on(productDeleted, message => products.deleted(message, message.data.product_id, message.data.skus)),
  on(orderCreated, message => {
    const { order_id, items, reservation_expires_at } = message.data
    const expiry = { at: new Date(reservation_expires_at), version: message.aggregate.version }
    return orders.hear(message, order_id, { placed: true, lines: items, expiry })
  }),
  on(orderStatusUpdated, async message => {
    const { order_id, status, items } = message.data
    if (status === 'cancelled') await orders.hear(message, order_id, { cancelled: true })
    else if (leaving.has(status)) await orders.hear(message, order_id, { wanted: true, lines: items })
  }),
  on(orderCancelled, message => orders.hear(message, message.data.order_id, { cancelled: true })),
  on(orderPaymentDueChanged, message => {
    const { order_id, reservation_expires_at } = message.data
    return orders.hear(message, order_id, { expiry: { at: new Date(reservation_expires_at), version: message.aggregate.version } })
  }),
  on(orderReturnReceived, message => {
    const { order_id: orderId, return_id: returnId, lines } = message.data
    return returns.receive(message, { orderId, returnId, lines })
  }),
]
