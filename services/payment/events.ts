import { orderCancelled, orderReturnReceived, orderStatusUpdated } from '#shared/catalog'
import { on } from '#shared/event'
import { eraseOn } from '#shared/personal-data'
import type { OrderFacts } from './order-facts'
import type { PaymentPersonalData } from './personal-data'

export const paymentHandlers = ({ orderFacts, personalData }: { orderFacts: OrderFacts; personalData: PaymentPersonalData }) => [
  eraseOn(personalData.forget),
  on(orderCancelled, message => orderFacts.add(message, message.data.order_id, { cancelled: true })),
  on(orderStatusUpdated, async message => {
    const { order_id, status, due_amount: due } = message.data
    // `order.cancelled` carries one of these facts too. Either may arrive first.
    const facts = { cancelled: status === 'cancelled', delivered: status === 'delivered', due }
    if (facts.cancelled || facts.delivered || due !== undefined) await orderFacts.add(message, order_id, facts)
  }),
  on(orderReturnReceived, message => {
    const { order_id, return_id, refund_amount } = message.data
    return orderFacts.returned(message, order_id, return_id, refund_amount)
  }),
]
