import { connect } from 'amqplib'
import { orderStatusUpdated } from '#shared/catalog'
import { outgoing } from '#shared/testing'

interface About {
  orderId: number
  userId: number
  productId: string
}

/** Puts a message about an order among the dead letters of search, whose handler takes it when it is replayed. */
export async function giveUp({ orderId, userId, productId }: About, reason: string) {
  const data = {
    order_id: orderId,
    user_id: userId,
    status: 'awaiting_payment',
    payment_status: 'unpaid',
    items: [{ product_id: productId, sku: 'SKU-1', quantity: 1 }],
  }
  const [message] = outgoing(orderStatusUpdated({ id: orderId, version: 2 }, data))
  if (!message) throw new Error('no message')
  const model = await connect(String(Bun.env.TEST_RABBITMQ_URL))
  const channel = await model.createConfirmChannel()
  channel.sendToQueue('search.order-events.dlq', Buffer.from(message.body), {
    messageId: message.messageId,
    type: message.type,
    headers: { 'x-reason': reason, 'x-attempts': 4, 'x-failed-at': new Date().toISOString() },
  })
  await channel.waitForConfirms()
  await model.close()
}
