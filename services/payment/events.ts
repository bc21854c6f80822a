import { orderCancelled, orderReturnReceived, orderStatusUpdated } from '#shared/catalog'
import { on } from '#shared/event'
import type { OrderFacts } from './order-facts'

export const paymentHandlers = ({ orderFacts }: { orderFacts: OrderFacts }) => [
  on(orderCancelled, message => orderFacts.cancelled(message, message.data.order_id)),
  on(orderStatusUpdated, async message => {
    const { order_id, status } = message.data
    if (status === 'delivered') await orderFacts.delivered(message, order_id)
    // `order.cancelled` carries the same fact. Either may arrive first.
    if (status === 'cancelled') await orderFacts.cancelled(message, order_id)
  }),
  on(orderReturnReceived, message => {
    const { order_id, return_id, refund_amount } = message.data
    return orderFacts.returned(message, order_id, return_id, refund_amount)
  }),
]
