/** A service that moves messages from its outbox into effects, and a publisher that does nothing else. The parent process asks for either. */
import { connect } from 'amqplib'
import { testBus } from '#shared/testing'
import { counted, drafts, stores, topology, upTo } from '#shared/testing-outbox'
import { until } from '../../scripts/until'

const window = 500
const { STORE = 'MySQL', TEST_RABBITMQ_URL = '' } = process.env
const store = await stores[STORE]!()
const broker = await testBus(topology)
const filling = await store.open()
const body = Buffer.from(JSON.stringify({ ...drafts(1)[0]!.body, id: crypto.randomUUID(), time: new Date(), padding: 'x'.repeat(150) }))

/** Messages per second, from opening a full outbox to the commit of the last effect. */
const effects = async (messages: number) => {
  const before = await filling.effects()
  const lots = drafts(messages)
  while (lots.length > 0) await filling.transaction(async publish => publish(...lots.splice(0, 500)))
  const bus = await broker.open('order')
  const consumer = await broker.open('inventory', { prefetch: 200 })
  let done = 0
  const began = performance.now()
  const instance = await store.open({ bus })
  // As the services do: the effects of the messages that wait together are written together.
  const handleOnce = instance.onceMany((arrivals, effect) => effect(...arrivals.map(() => 'counted')))
  const handle = async (message: { id: string }) => {
    await handleOnce(message.id)
    done++
  }
  await consumer.consume([{ event: counted, handle }])
  await until('the handling of all messages', () => done >= messages, { everyMs: 5 })
  const took = performance.now() - began
  if ((await filling.effects()) - before !== messages) throw new Error('not every message had its effect once')
  await consumer.close()
  await instance.close()
  await bus.close()
  return (messages * 1000) / took
}

/** Messages per second, of the same size and to the same kind of queue, that are only published and confirmed. */
const confirms = async (messages: number) => {
  const model = await connect(TEST_RABBITMQ_URL)
  const channel = await model.createConfirmChannel()
  const queue = `bench-${crypto.randomUUID()}`
  await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let [sent, confirmed] = [0, 0]
  const send = () => {
    sent++
    channel.sendToQueue(queue, body, { persistent: true, messageId: `${sent}` }, error => {
      if (error) reject(error)
      if (++confirmed === messages) resolve()
      else if (sent < messages) send()
    })
  }
  const began = performance.now()
  for (const _ of upTo(window)) send()
  await promise
  const took = performance.now() - began
  await channel.deleteQueue(queue)
  await model.close()
  return (messages * 1000) / took
}

process.on('message', async ({ work, messages }: { work: 'effects' | 'confirms' | 'stop'; messages: number }) => {
  if (work !== 'stop') return process.send?.(await (work === 'effects' ? effects(messages) : confirms(messages)))
  await filling.close()
  await store.drop()
  await broker.drop()
  process.exit(0)
})
