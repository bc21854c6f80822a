import { expect, test } from 'bun:test'
import { connect } from 'amqplib'
import { openBroker } from '../testing/bus'
import { createPublisher } from './publish'

test('what a full queue does not accept is refused, and what another queue takes is confirmed meanwhile', async () => {
  await using broker = await openBroker()
  const model = await connect(broker.url)
  const channel = await model.createChannel()
  const [full, free] = [`${broker.prefix}full`, `${broker.prefix}free`]
  await channel.assertQueue(full, { exclusive: true, durable: false, maxLength: 1, overflow: 'reject-publish' })
  await channel.assertQueue(free, { exclusive: true, durable: false })
  const publisher = createPublisher()
  await publisher.open(model)
  const to = (routingKey: string) => ({
    exchange: '',
    routingKey,
    content: Buffer.from('{}'),
    properties: { messageId: crypto.randomUUID() },
  })
  expect(await publisher.publish([to(full)])).toEqual(['confirmed'])
  expect(await publisher.publish([to(full), to(free), to(full)])).toEqual(['refused', 'confirmed', 'refused'])
  await channel.close()
  await model.close()
  expect(await publisher.publish([to(free)])).toEqual(['failed'])
})
