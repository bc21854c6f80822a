import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Bus } from '../bus'
import { newContext, withContext } from '../context'
import { on } from '../event'
import { eventually, testBus } from '../testing'
import { counted, drafts, emptied, openStore, stores, topology } from '../testing-outbox'

describe.each(Object.entries(stores))('from %s through RabbitMQ', (_, make) => {
  let store: Awaited<ReturnType<typeof openStore>>
  let broker: Awaited<ReturnType<typeof testBus>>
  let order: Bus
  let inventory: Bus
  beforeAll(async () => {
    ;[store, broker] = await Promise.all([openStore(make), testBus(topology)])
    ;[order, inventory] = await Promise.all([broker.open('order'), broker.open('inventory', { prefetch: 200 })])
  })
  afterAll(async () => {
    await store.closeAll()
    await Promise.all([store.drop(), broker.drop()])
  })

  test('every event has its effect once, with its request id, though the relay sends some twice', async () => {
    const requests = new Set<string>()
    const instance = await store.start({
      bus: {
        ...order,
        // As when a relay is killed between the confirm and the deletion: the next relay does not know that the message was published.
        publish: async messages => {
          const outcomes = await order.publish(messages)
          return outcomes.map((outcome, i) => (i % 10 === 0 && Math.random() < 0.5 ? 'failed' : outcome))
        },
      },
    })
    const take = on(counted, message =>
      instance.once(message.id, async (_, effect) => {
        await effect(message.id)
        requests.add(message.request_id)
      }),
    )
    await inventory.consume([take])
    const before = await instance.effects()
    await withContext(newContext('request-7'), () => instance.transaction(async publish => publish(...drafts(500))))
    await emptied(instance)
    await eventually(async () => (await instance.effects()) >= before + 500)
    expect(await instance.effects()).toBe(before + 500)
    expect([...requests]).toEqual(['request-7'])
  })
})
