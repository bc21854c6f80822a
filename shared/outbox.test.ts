import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { newContext, withContext } from './context'
import type { Publisher } from './outbox'
import { eventually } from './testing'
import { alarm, broker, counted, drafts, emptied, openStore, other, stores, unconsumed, upTo, wire } from './testing-outbox'

describe.each(Object.entries(stores))('the outbox on %s', (_, make) => {
  let store: Awaited<ReturnType<typeof openStore>>
  beforeAll(async () => {
    store = await openStore(make)
  })
  beforeEach(() => store.closeAll())
  afterAll(() => store.drop())

  test('a committed message is published whole, and its row is deleted once the broker has confirmed it', async () => {
    const { bus, got } = broker()
    const instance = await store.start({ bus })
    const context = { ...newContext(), requestId: 'request-1', traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` }
    await withContext(context, () => instance.transaction(async publish => publish(counted({ id: 7, version: 3 }, { n: 1 }))))
    await emptied(instance)
    expect(got).toHaveLength(1)
    const message = JSON.parse(got[0]!.body)
    expect(message).toMatchObject({ type: 'order.counted', version: 1, request_id: 'request-1', traceparent: context.traceparent })
    expect(message).toMatchObject({ aggregate: { type: 'order', id: '7', version: 3 }, data: { n: 1 } })
    expect(message.source).toMatch(/^(order|product)$/)
    expect(Math.abs(Date.now() - Date.parse(message.time))).toBeLessThan(60_000)
    expect(got[0]).toMatchObject({ exchange: 'order-events', routingKey: 'order.counted', type: 'order.counted', messageId: message.id })
    expect(got[0]!.headers).toEqual({ traceparent: context.traceparent })
  })

  test('a transaction that fails publishes nothing, and its effect is undone', async () => {
    const { bus, got } = broker()
    const instance = await store.start({ bus })
    const before = await instance.effects()
    const failing = instance.transaction(async (publish, effect) => {
      publish(counted({ id: 1, version: 1 }, { n: 13 }))
      await effect('undone')
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    await instance.transaction(async publish => publish(counted({ id: 1, version: 1 }, { n: 14 })))
    await emptied(instance)
    expect(got.map(message => JSON.parse(message.body).data.n)).toEqual([14])
    expect(await instance.effects()).toBe(before)
  })

  test('when an instance is killed between commit and publication, another one publishes the message', async () => {
    const child = Bun.spawn(
      [
        process.execPath,
        '-e',
        `const relay = { leaseMs: 500, pollMs: 50, bus: { publish: () => { console.log('publishing'); return new Promise(() => {}) } } }
         const store = await ${store.childSource}
         await store.transaction(async (_, publish) => publish({ exchange: 'order-events', routingKey: 'order.counted',
           body: { type: 'order.counted', version: 1, aggregate: { type: 'order', id: '1', version: 1 }, data: { n: 99 } } }))`,
      ],
      { cwd: `${import.meta.dir}/..`, stdout: 'pipe', stderr: 'inherit' },
    )
    const { value } = await child.stdout.getReader().read()
    expect(new TextDecoder().decode(value)).toContain('publishing')
    child.kill('SIGKILL')
    await child.exited

    const { bus, numbers } = broker()
    const instance = await store.start({ bus, leaseMs: 500 })
    await emptied(instance)
    expect(numbers()).toEqual([99])
  })

  test('two instances publish each message once, and the messages of one aggregate in order, whichever instance committed them', async () => {
    const siblings = wire()
    const { bus, numbers } = broker()
    const both = [await store.start({ bus, siblings }), await store.start({ bus, siblings })]
    let next = 0
    // Each change of the aggregate follows the one before on the other instance, while other aggregates change as well.
    const chain = async () => {
      for (const n of upTo(60)) await both[n % 2]!.transaction(async publish => publish(counted({ id: 1, version: n }, { n: next++ })))
    }
    const others = upTo(60).map(n => both[n % 2]!.transaction(async publish => publish(unconsumed({ id: n + 2, version: 1 }, { n: -1 }))))
    await Promise.all([chain(), ...others])
    await emptied(both[0]!)
    expect(numbers().filter(n => n >= 0)).toEqual(upTo(60))
    expect(numbers().filter(n => n < 0)).toHaveLength(60)
    expect(both.filter(one => one.relaying())).toHaveLength(1)
  })

  test('an instance that stops publishes what is waiting, and hands the lease over at once', async () => {
    const siblings = wire()
    const { bus, numbers } = broker()
    const [first, second] = [await store.start({ bus, siblings, leaseMs: 60_000 }), await store.start({ bus, siblings, pollMs: 60_000 })]
    await eventually(() => first!.relaying())
    await first!.transaction(async publish => publish(...drafts(1200)))
    await first!.close()
    expect(numbers()).toEqual(upTo(1200))
    await eventually(() => second!.relaying())
  })

  test('while an operator holds the lease nothing is published, and afterwards everything is', async () => {
    const { bus, numbers } = broker()
    const instance = await store.start({ bus, leaseMs: 300, pollMs: 20 })
    await eventually(() => instance.relaying())
    await instance.lease.seize('a backup', 60_000)
    await eventually(() => !instance.relaying())
    await instance.transaction(async publish => publish(...drafts(3)))
    expect((await instance.backlog()).count).toBe(3)
    expect(numbers()).toEqual([])
    await instance.lease.release('a backup')
    await emptied(instance)
    expect(numbers()).toEqual([0, 1, 2])
  })

  test('while the broker is down nothing is lost, and the order stays', async () => {
    const { bus, numbers, goesDown } = broker()
    goesDown(true)
    let tries = 0
    let drops = 1
    const publish: Publisher['publish'] = async messages => {
      tries++
      const outcomes = await bus.publish(messages)
      if (outcomes[0] === 'failed' || drops-- !== 1) return outcomes
      // The broker is up again, and closes the channel once in the middle of a batch.
      return messages.map((_, i) => (i < 10 ? 'confirmed' : 'failed'))
    }
    const instance = await store.start({ bus: { ...bus, publish } })
    await instance.transaction(async publish => publish(...drafts(30)))
    await eventually(() => tries >= 6)
    const { count, oldest } = await instance.backlog()
    expect(count).toBe(30)
    expect(Math.abs(Date.now() - oldest!.getTime())).toBeLessThan(60_000)
    goesDown(false)
    await emptied(instance)
    expect(numbers().slice(-20)).toEqual(upTo(30).slice(10))
    expect(new Set(numbers()).size).toBe(30)
  })

  test('a publication that throws is repeated', async () => {
    const { bus, numbers } = broker()
    let calls = 0
    const instance = await store.start({
      bus: { ...bus, publish: async rows => (calls++ < 3 ? Promise.reject(new Error('closed')) : bus.publish(rows)) },
    })
    await instance.transaction(async publish => publish(...drafts(3)))
    await emptied(instance)
    expect(numbers()).toEqual([0, 1, 2])
  })

  test('a message over the size limit fails its transaction, and blocks no other message', async () => {
    const { bus, numbers } = broker()
    const instance = await store.start({ bus })
    const before = await instance.effects()
    const large = counted({ id: 1, version: 1 }, { n: 4 })
    large.body.data = { n: 4, filler: 'ä'.repeat(2 * 1024 * 1024) }
    const failing = instance.transaction(async (publish, effect) => {
      await effect('undone')
      publish(large)
    })
    await expect(failing).rejects.toThrow(/order\.counted has \d+ bytes, over the limit of 4194304/)
    expect(await instance.effects()).toBe(before)
    large.body.data = { n: 5, filler: 'x'.repeat(4 * 1024 * 1024 - 1000) }
    await instance.transaction(async publish => publish(large, ...drafts(2)))
    await emptied(instance)
    expect(numbers()).toEqual([5, 0, 1])
  })

  test('a message that no queue takes stays until one does, unless its type has no consumers', async () => {
    const { bus, numbers, answers } = broker()
    // The bus confirms what no consumer wants: see bus.test.ts.
    answers(({ type, body }) => (type === 'order.unconsumed' || body.includes('"n":5}') ? 'confirmed' : 'unroutable'))
    const instance = await store.start({ bus })
    await instance.transaction(async publish =>
      publish(
        counted({ id: 1, version: 1 }, { n: 1 }),
        unconsumed({ id: 1, version: 2 }, { n: 2 }),
        counted({ id: 3, version: 1 }, { n: 5 }),
      ),
    )
    await eventually(async () => (await instance.backlog()).count === 1)
    expect(numbers()).toEqual([2, 5])
    answers(() => 'confirmed')
    await emptied(instance)
    expect(numbers()).toEqual([2, 5, 1])
  })

  test('messages that no queue takes do not hold up the others, though they fill a batch', async () => {
    const { bus, numbers, answers } = broker()
    answers(message => (message.body.includes('"n":100}') ? 'confirmed' : 'unroutable'))
    const instance = await store.start({ bus, batch: 5 })
    await instance.transaction(async publish => publish(...drafts(12), counted({ id: 2, version: 1 }, { n: 100 })))
    await eventually(() => numbers().includes(100))
    // Its row is deleted a moment after the broker has confirmed it.
    await eventually(async () => (await instance.backlog()).count === 12)
    answers(() => 'confirmed')
    await emptied(instance)
    expect(numbers().toSorted((a, b) => a - b)).toEqual([...upTo(12), 100])
  })

  test('over a thousand messages that no queue takes delay no message of another type', async () => {
    const { bus, numbers, answers } = broker()
    answers(({ type }) => (type === 'order.other' ? 'confirmed' : 'unroutable'))
    const sent = new Map<string, number>()
    const publish: Publisher['publish'] = messages => {
      for (const { messageId } of messages) sent.set(messageId, (sent.get(messageId) ?? 0) + 1)
      return bus.publish(messages)
    }
    const instance = await store.start({ bus: { publish } })
    await instance.transaction(async publish => publish(...drafts(2500), other({ id: 2, version: 1 }, { n: 9000 })))
    await eventually(() => numbers().includes(9000))
    // The last ones rest with their type: they were not even tried.
    expect(sent.size).toBeLessThan(2000)
    answers(() => 'confirmed')
    await emptied(instance)
    expect(numbers().toSorted((a, b) => a - b)).toEqual([...upTo(2500), 9000])
  })

  test('more than a batch of messages that a full queue refuses delays no message of another type', async () => {
    const { bus, numbers, answers } = broker()
    answers(({ type }) => (type === 'order.other' ? 'confirmed' : 'refused'))
    const instance = await store.start({ bus, batch: 5 })
    await instance.transaction(async publish => publish(...drafts(12), ...upTo(8).map(n => other({ id: 2, version: n }, { n: 100 + n }))))
    await eventually(() => numbers().length === 8)
    expect(numbers()).toEqual(upTo(8).map(n => 100 + n))
    answers(() => 'confirmed')
    await emptied(instance)
    expect(numbers().slice(8)).toEqual(upTo(12))
  })

  test('a timer is published to its delay queue with what is left of its delay', async () => {
    const { bus, got } = broker()
    const instance = await store.start({ bus })
    const at = new Date(Date.now() + 60_000)
    await instance.transaction(async publish =>
      publish(
        alarm({ id: 1, version: 1 }, {}, { at, term: 'short' }),
        alarm({ id: 1, version: 1 }, {}, { at: new Date(0), term: 'short' }),
      ),
    )
    await emptied(instance)
    expect(got[0]).toMatchObject({ exchange: '', routingKey: 'order.alarm.delay', type: 'order.alarm' })
    expect(got[0]!.expirationMs).toBeGreaterThan(50_000)
    expect(got[0]!.expirationMs).toBeLessThanOrEqual(60_000)
    expect(got[1]!.expirationMs).toBe(0)
  })
})
