import { orderCancelled, orderReturnReceived, orderStatusUpdated } from '#shared/catalog'
import { on } from '#shared/event'
import { eraseOn } from '#shared/personal-data'
import type { AddOrderFact } from './order-facts'
import type { PaymentPersonalData } from './personal-data'

export const paymentHandlers = ({ addOrderFact, personalData }: { addOrderFact: AddOrderFact; personalData: PaymentPersonalData }) => [
  eraseOn(personalData.forget),
  on(orderCancelled, message => addOrderFact(message, { orderId: message.data.order_id, cancelled: true })),
  on(orderStatusUpdated, async message => {
    const { order_id: orderId, status, due_amount: due } = message.data
    // `order.cancelled` carries one of these facts too. Either may arrive first.
    const facts = { orderId, cancelled: status === 'cancelled', delivered: status === 'delivered', due }
    if (facts.cancelled || facts.delivered || due !== undefined) await addOrderFact(message, facts)
  }),
  on(orderReturnReceived, message => {
    const { order_id: orderId, return_id: id, refund_amount: amount } = message.data
    return addOrderFact(message, { orderId, returned: { id, amount } })
  }),
]
