import { describe, expect, test } from 'bun:test'
import { connect } from 'amqplib'
import { currentContext, newContext, withContext } from './context'
import { on } from './event'
import { eventually, outgoing } from './testing'
import { deadLettersOf, noted, openBroker, order, overdue, paid, payments, unconsumed } from './testing/bus'

describe('a message', () => {
  test('that is malformed becomes a dead letter at once', async () => {
    await using broker = await openBroker()
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
    const reasons = (await deadLettersOf(receiver)).map(({ reason, attempts }) => `${reason} (${attempts})`).sort()
    expect(reasons).toEqual(['malformed: data/n: Expected integer (0)', 'malformed: no id (0)', 'malformed: not JSON (0)'])
    expect(handled).toHaveLength(1)
    expect(broker.counted.retried).toBe(0)
  })

  test('of a type without a handler is acknowledged and ignored', async () => {
    await using broker = await openBroker()
    const receiver = await broker.open('inventory')
    await receiver.consume([on(paid, async () => {})])
    await broker.sender.publish([...outgoing(noted(order(1), { text: 'new' })), ...payments(1)])
    await eventually(() => broker.counted.handled === 1)
    await receiver.close()
    expect(await deadLettersOf(broker.sender)).toEqual([])
    const late = await broker.open('inventory')
    const texts: string[] = []
    await late.consume([on(paid, async () => {}), on(noted, async ({ data }) => texts.push(data.text))])
    await broker.sender.publish(payments(1))
    await eventually(() => broker.counted.handled === 2)
    expect(texts).toEqual([])
  })

  test('of 1 MiB arrives unchanged', async () => {
    await using broker = await openBroker()
    const text = 'ä'.repeat(1024 * 512)
    const received = Promise.withResolvers<string>()
    const receiver = await broker.open('inventory')
    await receiver.consume([on(noted, async ({ data }) => received.resolve(data.text))])
    expect(await broker.sender.publish(outgoing(noted(order(1), { text })))).toEqual(['confirmed'])
    expect((await received.promise) === text).toBe(true)
  })

  test('that was published before its consumer first started is delivered when it starts', async () => {
    await using broker = await openBroker()
    expect(await broker.sender.publish(payments(3))).toEqual(['confirmed', 'confirmed', 'confirmed'])
    const receiver = await broker.open('inventory')
    await receiver.consume([on(paid, async () => {})])
    await eventually(() => broker.counted.handled === 3)
  })

  test('that no queue takes is unroutable, unless the catalog has no consumer for it', async () => {
    await using broker = await openBroker()
    const nobodys = outgoing(unconsumed(order(1), {}))
    expect(await broker.sender.publish([...nobodys, ...payments(1)])).toEqual(['confirmed', 'confirmed'])
    const model = await connect(broker.url)
    await (await model.createChannel()).deleteQueue(`${broker.prefix}inventory.order-events`)
    await model.close()
    expect(await broker.sender.publish([...nobodys, ...payments(2)])).toEqual(['confirmed', 'unroutable', 'unroutable'])
  })

  test('brings its request id and trace to the handler', async () => {
    await using broker = await openBroker()
    const seen = Promise.withResolvers<{ requestId: string; traceparent: string }>()
    const receiver = await broker.open('inventory')
    await receiver.consume([on(paid, async () => seen.resolve(currentContext()))])
    const context = newContext('request-7')
    await broker.sender.publish(withContext(context, () => payments(1)))
    expect(await seen.promise).toMatchObject({ requestId: 'request-7', traceparent: context.traceparent })
  })

  test('with a due time arrives when it is due, even if one of a longer term was published before', async () => {
    await using broker = await openBroker()
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
