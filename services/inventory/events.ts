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
import type { InventoryService } from './compose'

const fulfillable = new Set(['paid', 'fulfilling', 'shipped', 'delivered'])

export const inventoryHandlers = ({ products, reservations, returns }: Pick<InventoryService, 'products' | 'reservations' | 'returns'>) => [
  on(productCreated, message => products.create(message, message.data.id, message.data.opening_stock)),
  on(productUpdated, message => {
    const { id, sku, variants } = message.data
    return products.update(message, id, variants.length > 0 ? variants.map(variant => variant.sku) : [sku])
  }),
  on(productDeleted, message => products.archive(message, message.data.product_id, message.data.skus)),
  on(orderCreated, message => {
    const { order_id, items, reservation_expires_at } = message.data
    const expiry = { at: new Date(reservation_expires_at), version: message.aggregate.version }
    return reservations.handle(message, order_id, { placed: true, lines: items, expiry })
  }),
  on(orderStatusUpdated, async message => {
    const { order_id, status, items } = message.data
    if (status === 'cancelled') await reservations.handle(message, order_id, { cancelled: true })
    else if (fulfillable.has(status)) await reservations.handle(message, order_id, { fulfillable: true, lines: items })
  }),
  on(orderCancelled, message => reservations.handle(message, message.data.order_id, { cancelled: true })),
  on(orderPaymentDueChanged, message => {
    const { order_id, reservation_expires_at } = message.data
    const expiry = { at: new Date(reservation_expires_at), version: message.aggregate.version }
    return reservations.handle(message, order_id, { expiry })
  }),
  on(orderReturnReceived, message => {
    const { order_id: orderId, return_id: returnId, lines } = message.data
    return returns.receive(message, { orderId, returnId, lines })
  }),
]
