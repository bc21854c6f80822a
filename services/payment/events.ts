import { orderCancelled, orderReturnReceived, orderStatusUpdated } from '#shared/catalog'
import { on } from '#shared/event'
import type { OrderNews } from './order-news'

export const paymentHandlers = ({ orders }: { orders: OrderNews }) => [
  on(orderCancelled, message => orders.cancelled(message, message.data.order_id)),
  on(orderStatusUpdated, async message => {
    const { order_id, status } = message.data
    if (status === 'delivered') await orders.delivered(message, order_id)
    // The same fact as the event beside it; whichever comes first.
    if (status === 'cancelled') await orders.cancelled(message, order_id)
  }),
  on(orderReturnReceived, message => {
    const { order_id, return_id, refund_amount } = message.data
    return orders.returned(message, order_id, return_id, refund_amount)
  }),
]
