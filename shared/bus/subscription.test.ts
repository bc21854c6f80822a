import { expect, test } from 'bun:test'
import { connect } from 'amqplib'
import { eventually } from '../testing'
import { openBroker, payments } from '../testing/bus'
import { createSubscription } from './subscription'

test('a consumer that stops while it subscribes receives no more messages', async () => {
  await using broker = await openBroker()
  const queue = `${broker.prefix}inventory.order-events`
  const stop = new AbortController()
  let received = 0
  const { subscribe, close } = createSubscription({ queues: [queue], prefetch: 8, stopping: stop.signal, receive: () => received++ })
  const model = await connect(broker.url)
  const subscribed = subscribe(model)
  stop.abort()
  await subscribed
  await broker.sender.publish(payments(1))
  const channel = await model.createChannel()
  await eventually(async () => (await channel.checkQueue(queue)).messageCount === 1)
  expect(received).toBe(0)
  await close()
  await model.close()
})
