import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { newContext, withContext } from './context'
import type { OutgoingMessage, Publisher } from './outbox'
import { eventually } from './testing'
import { alarm, broker, counted, drafts, emptied, openStore, stores, upTo, whispered, wire } from './testing-outbox'

describe.each(Object.entries(stores))('the outbox on %s', (_, make) => {
  let store: Awaited<ReturnType<typeof openStore>>
  beforeAll(async () => {
    store = await openStore(make)
  })
  beforeEach(() => store.closeAll())
  afterAll(() => store.drop())

  test('a committed message goes out whole, and its row goes when the broker has it', async () => {
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

  test('nothing goes out of a transaction that fails, and its effect is undone', async () => {
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

  test('killed between commit and publish, another instance sends it', async () => {
    const child = Bun.spawn(
      [
        process.execPath,
        '-e',
        `const relay = { topology: [], leaseMs: 500, pollMs: 50, bus: { publish: () => { console.log('publishing'); return new Promise(() => {}) } } }
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

  test('two instances send each message once, in the order of one aggregate, whoever committed it', async () => {
    const siblings = wire()
    const { bus, numbers } = broker()
    const both = [await store.start({ bus, siblings }), await store.start({ bus, siblings })]
    let next = 0
    // Each change of the aggregate follows the one before, on either instance; beside them others are busy.
    const chain = async () => {
      for (const n of upTo(60)) await both[n % 2]!.transaction(async publish => publish(counted({ id: 1, version: n }, { n: next++ })))
    }
    const others = upTo(60).map(n => both[n % 2]!.transaction(async publish => publish(whispered({ id: n + 2, version: 1 }, { n: -1 }))))
    await Promise.all([chain(), ...others])
    await emptied(both[0]!)
    expect(numbers().filter(n => n >= 0)).toEqual(upTo(60))
    expect(numbers().filter(n => n < 0)).toHaveLength(60)
    expect(both.filter(one => one.relaying())).toHaveLength(1)
  })

  test('an instance that stops sends what is waiting and hands over at once', async () => {
    const siblings = wire()
    const { bus, numbers } = broker()
    const [first, second] = [await store.start({ bus, siblings, leaseMs: 60_000 }), await store.start({ bus, siblings, pollMs: 60_000 })]
    await eventually(() => first!.relaying())
    await first!.transaction(async publish => publish(...drafts(1200)))
    await first!.close()
    expect(numbers()).toEqual(upTo(1200))
    await eventually(() => second!.relaying())
  })

  test('a broker that is away loses nothing and mixes nothing up', async () => {
    const { bus, numbers, goesAway } = broker()
    goesAway(true)
    let tries = 0
    let drops = 1
    const publish: Publisher['publish'] = async messages => {
      tries++
      const outcomes = await bus.publish(messages)
      if (outcomes[0] === 'failed' || drops-- !== 1) return outcomes
      // It comes back, and drops the channel once in the middle of a batch.
      return messages.map((_, i) => (i < 10 ? 'confirmed' : 'failed'))
    }
    const instance = await store.start({ bus: { ...bus, publish } })
    await instance.transaction(async publish => publish(...drafts(30)))
    await eventually(() => tries >= 6)
    const { count, oldest } = await instance.waiting()
    expect(count).toBe(30)
    expect(Math.abs(Date.now() - oldest!.getTime())).toBeLessThan(60_000)
    goesAway(false)
    await emptied(instance)
    expect(numbers().slice(-20)).toEqual(upTo(30).slice(10))
    expect(new Set(numbers()).size).toBe(30)
  })

  test('a bus that throws is tried again', async () => {
    const { bus, numbers } = broker()
    let calls = 0
    const instance = await store.start({
      bus: { ...bus, publish: async rows => (calls++ < 3 ? Promise.reject(new Error('closed')) : bus.publish(rows)) },
    })
    await instance.transaction(async publish => publish(...drafts(3)))
    await emptied(instance)
    expect(numbers()).toEqual([0, 1, 2])
  })

  test('a message that brings the channel down stays, and the others pass', async () => {
    const { bus: healthy, got, numbers } = broker()
    const poison = (message: OutgoingMessage) => message.body.includes('"n":4}')
    let healed = false
    const bus: Publisher = {
      ...healthy,
      async publish(messages) {
        const whole = healed || !messages.some(poison)
        if (whole) got.push(...messages)
        return messages.map(() => (whole ? 'confirmed' : 'failed'))
      },
    }
    const instance = await store.start({ bus })
    await instance.transaction(async publish => publish(...drafts(9)))
    await eventually(async () => (await instance.waiting()).count === 1)
    expect(numbers()).toEqual([0, 1, 2, 3, 5, 6, 7, 8])
    await instance.transaction(async publish => publish(counted({ id: 2, version: 1 }, { n: 100 })))
    await eventually(() => numbers().includes(100))
    healed = true
    await emptied(instance)
    expect(numbers().filter(n => n === 4)).toHaveLength(1)
  })

  test('what no queue takes stays until one does, unless nobody is meant to hear it', async () => {
    const { bus, numbers, answers } = broker()
    answers(message => (message.type === 'order.counted' && message.body.includes('"n":5}') ? 'confirmed' : 'unroutable'))
    const instance = await store.start({ bus })
    await instance.transaction(async publish =>
      publish(
        counted({ id: 1, version: 1 }, { n: 1 }),
        whispered({ id: 1, version: 2 }, { n: 2 }),
        counted({ id: 3, version: 1 }, { n: 5 }),
      ),
    )
    await eventually(async () => (await instance.waiting()).count === 1)
    expect(numbers()).toEqual([5])
    answers(() => 'confirmed')
    await emptied(instance)
    expect(numbers()).toEqual([5, 1])
  })

  test('a timer goes to its waiting queue with what is left of its delay', async () => {
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
