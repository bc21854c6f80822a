import { describe, expect, test } from 'bun:test'
import { Type as t } from '@sinclair/typebox'
import type { Bus } from './bus'
import { currentContext, newContext, withContext } from './context'
import { unavailable } from './errors'
import { defineEvent, defineTimer, type Message, on } from './event'
import { eventually, outgoing, testBus } from './testing'

const paid = defineEvent('order.paid', { from: 'order', to: ['inventory'], aggregate: 'order', data: t.Object({ n: t.Integer() }) })
const noted = defineEvent('order.noted', { from: 'order', to: ['inventory'], aggregate: 'order', data: t.Object({ text: t.String() }) })
const unconsumed = defineEvent('order.unconsumed', { from: 'order', to: [], aggregate: 'order', data: t.Object({}) })
const shipped = defineEvent('shipment.sent', { from: 'shipping', to: ['order'], aggregate: 'shipment', data: t.Object({ n: t.Integer() }) })
const overdue = defineTimer('order.overdue', {
  owner: 'order',
  aggregate: 'order',
  terms: ['standard', 'long'],
  data: t.Object({ n: t.Integer() }),
})
const events = [paid, noted, unconsumed, shipped, overdue]

const order = (id: number) => ({ id, version: 1 })
const payments = (count: number) => outgoing(...Array.from({ length: count }, (_, n) => paid(order(n), { n })))

/** Every test has its own exchanges and queues, so that no test receives the messages of another. */
const scene = async (options?: Parameters<typeof testBus>[1]) => {
  const broker = await testBus(events, options)
  return { ...broker, sender: await broker.open('order'), [Symbol.asyncDispose]: broker.drop }
}
/** All dead letters. */
const dead = async (bus: Bus) => (await bus.deadLetters.list()).flatMap(({ items }) => items)

describe('a handler that fails', () => {
  test('receives the message again after each delay; then the message is a dead letter with its reason', async () => {
    await using broker = await scene({ retryDelaysMs: [100, 200, 300] })
    const times: number[] = []
    const receiver = await broker.open('inventory')
    await receiver.consume([
      on(paid, async () => {
        times.push(performance.now())
        throw new Error('no such warehouse')
      }),
    ])
    const [message] = payments(1)
    await broker.sender.publish([message!])
    const [letter] = await eventually(async () => {
      const letters = await dead(receiver)
      return letters.length > 0 ? letters : undefined
    })
    expect(letter).toMatchObject({
      id: message!.messageId,
      queue: 'inventory.order-events',
      type: 'order.paid',
      reason: 'Error: no such warehouse',
      attempts: 4,
      routing_key: 'order.paid',
      exchange: `${broker.prefix}order-events`,
    })
    const gaps = times.slice(1).map((time, i) => time - times[i]!)
    expect(gaps).toHaveLength(3)
    for (const [i, gap] of gaps.entries()) expect(gap).toBeGreaterThan([100, 200, 300][i]! - 5)
    expect(broker.counted).toEqual({ handled: 0, retried: 3, deadLettered: 1 })
  })

  test('because its store is down is repeated while the message waits, and no attempt is counted', async () => {
    await using broker = await scene()
    let tries = 0
    const receiver = await broker.open('inventory')
    await receiver.consume([
      on(paid, async () => {
        if (++tries < 6) throw unavailable('database_unavailable', 'The database is down.')
      }),
    ])
    await broker.sender.publish(payments(1))
    await eventually(() => broker.counted.handled === 1)
    expect(tries).toBe(6)
    expect(broker.counted).toEqual({ handled: 1, retried: 0, deadLettered: 0 })
  })

  test('hands a waiting message back at shutdown, for the next instance', async () => {
    await using broker = await scene()
    let tries = 0
    const first = await broker.open('inventory')
    await first.consume([
      on(paid, async () => {
        tries++
        throw unavailable('database_unavailable', 'The database is down.')
      }),
    ])
    await broker.sender.publish(payments(1))
    await eventually(() => tries > 0)
    await first.close()
    const second = await broker.open('inventory')
    await second.consume([on(paid, async () => {})])
    await eventually(() => broker.counted.handled === 1)
    expect(broker.counted).toEqual({ handled: 1, retried: 0, deadLettered: 0 })
  })
})

describe('a message', () => {
  test('that is malformed becomes a dead letter at once', async () => {
    await using broker = await scene()
    const handled: unknown[] = []
    const receiver = await broker.open('inventory')
    await receiver.consume([on(paid, async message => handled.push(message))])
    const [good, wrongData, notJson, noEnvelope] = payments(4)
    const outcomes = await broker.sender.publish([
      good!,
      { ...wrongData!, body: wrongData!.body.replace('"n":1', '"n":"one"') },
      { ...notJson!, body: '{' },
      { ...noEnvelope!, body: '{"n":1}' },
    ])
    expect(outcomes).toEqual(['confirmed', 'confirmed', 'confirmed', 'confirmed'])
    await eventually(() => broker.counted.deadLettered === 3)
    const reasons = (await dead(receiver)).map(({ reason, attempts }) => `${reason} (${attempts})`).sort()
    expect(reasons).toEqual(['malformed: data/n: Expected integer (0)', 'malformed: no id (0)', 'malformed: not JSON (0)'])
    expect(handled).toHaveLength(1)
    expect(broker.counted.retried).toBe(0)
  })

  test('of a type without a handler is acknowledged and ignored', async () => {
    await using broker = await scene()
    const receiver = await broker.open('inventory')
    await receiver.consume([on(paid, async () => {})])
    await broker.sender.publish([...outgoing(noted(order(1), { text: 'new' })), ...payments(1)])
    await eventually(() => broker.counted.handled === 1)
    await receiver.close()
    expect(await dead(broker.sender)).toEqual([])
    const late = await broker.open('inventory')
    const texts: string[] = []
    await late.consume([on(paid, async () => {}), on(noted, async ({ data }) => texts.push(data.text))])
    await broker.sender.publish(payments(1))
    await eventually(() => broker.counted.handled === 2)
    expect(texts).toEqual([])
  })

  test('of 1 MiB arrives unchanged', async () => {
    await using broker = await scene()
    const text = 'ä'.repeat(1024 * 512)
    const received = Promise.withResolvers<string>()
    const receiver = await broker.open('inventory')
    await receiver.consume([on(noted, async ({ data }) => received.resolve(data.text))])
    expect(await broker.sender.publish(outgoing(noted(order(1), { text })))).toEqual(['confirmed'])
    expect((await received.promise) === text).toBe(true)
  })

  test('that was published before its consumer first started is delivered when it starts', async () => {
    await using broker = await scene()
    expect(await broker.sender.publish(payments(3))).toEqual(['confirmed', 'confirmed', 'confirmed'])
    const receiver = await broker.open('inventory')
    await receiver.consume([on(paid, async () => {})])
    await eventually(() => broker.counted.handled === 3)
  })

  test('that no queue takes is unroutable, not confirmed', async () => {
    await using broker = await scene()
    const [routable] = payments(1)
    const unroutable = outgoing(unconsumed(order(1), {}))
    expect(await broker.sender.publish([...unroutable, routable!, ...outgoing(unconsumed(order(2), {}))])).toEqual([
      'unroutable',
      'confirmed',
      'unroutable',
    ])
  })

  test('brings its request id and trace to the handler', async () => {
    await using broker = await scene()
    const seen = Promise.withResolvers<{ requestId: string; traceparent: string }>()
    const receiver = await broker.open('inventory')
    await receiver.consume([on(paid, async () => seen.resolve(currentContext()))])
    const context = newContext('request-7')
    await broker.sender.publish(withContext(context, () => payments(1)))
    expect(await seen.promise).toMatchObject({ requestId: 'request-7', traceparent: context.traceparent })
  })

  test('with a due time arrives when it is due, even if one of a longer term was published before', async () => {
    await using broker = await scene()
    const arrivals: { n: number; late: number }[] = []
    const now = Date.now()
    const due = (n: number, ms: number, term: 'standard' | 'long') => overdue(order(n), { n }, { at: new Date(now + ms), term })
    await broker.sender.consume([on(overdue, async ({ data: { n } }) => arrivals.push({ n, late: Date.now() - now }))])
    expect(await broker.sender.publish(outgoing(due(3, 1500, 'long'), due(1, 500, 'standard'), due(2, 1000, 'standard')))).toHaveLength(3)
    await eventually(() => arrivals.length === 3)
    expect(arrivals.map(({ n }) => n)).toEqual([1, 2, 3])
    for (const { n, late } of arrivals) expect(late).toBeGreaterThanOrEqual(n * 500 - 10)
  })
})

describe('consuming', () => {
  test('handles up to `prefetch` messages side by side, and no more', async () => {
    await using broker = await scene()
    let now = 0
    let most = 0
    const receiver = await broker.open('inventory')
    await receiver.consume(
      [
        on(paid, async () => {
          most = Math.max(most, ++now)
          await Bun.sleep(5)
          now--
        }),
      ],
      { prefetch: 8 },
    )
    await broker.sender.publish(payments(60))
    await eventually(() => broker.counted.handled === 60)
    expect(most).toBe(8)
  })

  test('that is stopped finishes the messages under way and loses none', async () => {
    await using broker = await scene()
    const begun: number[] = []
    const finished: number[] = []
    const halfWay = Promise.withResolvers<void>()
    const handler = on(paid, async ({ data: { n } }: Message<{ n: number }>) => {
      begun.push(n)
      await Bun.sleep(10)
      finished.push(n)
      if (finished.length === 30) halfWay.resolve()
    })
    const first = await broker.open('inventory')
    await first.consume([handler], { prefetch: 10 })
    await Promise.all([broker.sender.publish(payments(200)), halfWay.promise.then(first.close)])
    expect(finished).toEqual(begun)
    expect(finished.length).toBeLessThan(200)
    const second = await broker.open('inventory')
    await second.consume([handler], { prefetch: 50 })
    await eventually(() => finished.length >= 200)
    expect(new Set(finished).size).toBe(200)
    expect(finished).toHaveLength(200)
  })

  test('is refused for an event that the catalog sends elsewhere', async () => {
    await using broker = await scene()
    await expect(broker.sender.consume([on(paid, async () => {})])).rejects.toThrow('does not send order.paid to order')
  })
})
