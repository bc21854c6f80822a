import { describe, expect, test } from 'bun:test'
import { type ConsumeMessage, connect } from 'amqplib'
import { eventually } from '../testing'
import { createAcknowledgements } from './acknowledge'

const raw = (deliveryTag: number): ConsumeMessage => ({
  content: Buffer.alloc(0),
  fields: { deliveryTag, consumerTag: '', redelivered: false, exchange: '', routingKey: '' },
  properties: {
    ...{ contentType: undefined, contentEncoding: undefined, headers: undefined, deliveryMode: undefined, priority: undefined },
    ...{ correlationId: undefined, replyTo: undefined, expiration: undefined, messageId: undefined, timestamp: undefined },
    ...{ type: undefined, userId: undefined, appId: undefined, clusterId: undefined },
  },
})

/** Messages 1 to `count`, and the acknowledgements that the broker gets: `3+` is everything up to 3. */
const channelWith = (count: number, prefetch = 1000) => {
  const sent: string[] = []
  const channel = { ack: ({ fields }: ConsumeMessage, allUpTo = false) => void sent.push(`${fields.deliveryTag}${allUpTo ? '+' : ''}`) }
  const acknowledgements = createAcknowledgements(channel, { prefetch })
  const messages = Array.from({ length: count }, (_, at) => raw(at + 1))
  for (const message of messages) acknowledgements.received(message)
  const done = (...tags: number[]) => {
    for (const tag of tags) acknowledgements.done(messages[tag - 1]!)
  }
  return { ...acknowledgements, done, sent }
}

describe('acknowledgements', () => {
  test('of messages that are finished in any order are one, once all of them are finished', async () => {
    const { done, sent } = channelWith(100)
    const tags = Array.from({ length: 100 }, (_, at) => at + 1)
    done(...tags.toSorted(() => Math.random() - 0.5))
    await eventually(() => sent.length > 0)
    expect(sent).toEqual(['100+'])
  })

  test('never cover a message that is still handled, and do not wait for it for long', async () => {
    const { done, sent } = channelWith(6)
    done(1, 2, 4, 6)
    await eventually(() => sent.length === 3)
    expect(sent).toEqual(['2+', '4', '6'])
    done(3, 5)
    await eventually(() => sent.length === 4)
    expect(sent.at(-1)).toBe('5+')
  })

  test('are sent at once when half of the prefetch is used up, and when the consumer stops', () => {
    const { done, sent, flush } = channelWith(10, 8)
    done(1, 2, 3)
    expect(sent).toEqual([])
    done(4)
    expect(sent).toEqual(['4+'])
    done(5, 7)
    flush({ all: true })
    expect(sent).toEqual(['4+', '5+', '7'])
  })

  test('are not sent twice, nor after the channel is closed', async () => {
    const { done, sent, flush, drop } = channelWith(3)
    done(1, 1)
    flush()
    done(1)
    flush({ all: true })
    expect(sent).toEqual(['1+'])
    done(2)
    drop()
    await Bun.sleep(80)
    flush({ all: true })
    expect(sent).toEqual(['1+'])
  })

  test('of a channel that is closing are left out, and the broker delivers the message again', async () => {
    const model = await connect(process.env.TEST_RABBITMQ_URL!)
    const closing = await model.createChannel()
    const { queue } = await closing.assertQueue('', { exclusive: true })
    closing.sendToQueue(queue, Buffer.from('paid'))
    const delivered = Promise.withResolvers<ConsumeMessage>()
    await closing.consume(queue, message => message && delivered.resolve(message))
    const { received, done, flush } = createAcknowledgements(closing, { prefetch: 8 })
    const message = await delivered.promise
    received(message)
    done(message)
    const closed = closing.close()
    flush()
    await closed
    const next = await model.createChannel()
    expect(await next.get(queue)).toMatchObject({ fields: { redelivered: true } })
    await model.close()
  })
})
