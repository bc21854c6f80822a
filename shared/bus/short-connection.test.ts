import { expect, test } from 'bun:test'
import type { Channel, ChannelModel } from 'amqplib'
import { openBroker } from '../testing/bus'
import { openChannel } from './amqp'
import { exclusively } from './dead-letter-lock'
import { withConnection } from './short-connection'

test('work that the broker does not answer ends, and what it held is free again', async () => {
  await using broker = await openBroker()
  let held: Channel | undefined
  const holdLock = async (model: ChannelModel) => {
    held = await openChannel(model)
    await held.assertQueue(`${broker.prefix}dead-letters.lock`, { exclusive: true, durable: false })
    await new Promise(() => {})
  }
  await expect(withConnection(broker.url, holdLock, { withinMs: 200 })).rejects.toMatchObject({ code: 'broker_unavailable' })
  expect(held).toBeDefined()
  expect(await exclusively(broker, async () => 'read')).toBe('read')
})
