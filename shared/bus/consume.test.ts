import { describe, expect, test } from 'bun:test'
import { unavailable } from '../errors'
import { type Message, on } from '../event'
import { eventually } from '../testing'
import { deadLettersOf, openBroker, paid, payments } from '../testing/bus'
import { openCable } from '../testing/process'

describe('a handler that fails', () => {
  test('receives the message again after each delay; then the message is a dead letter with its reason', async () => {
    await using broker = await openBroker({ retryDelaysMs: [100, 200, 300] })
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
      const letters = await deadLettersOf(receiver)
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
    await using broker = await openBroker()
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

  test('because its store is down is counted as held once, until the store is back', async () => {
    await using broker = await openBroker()
    let down = true
    const receiver = await broker.open('inventory')
    await receiver.consume([
      on(paid, async () => {
        if (down) throw unavailable('database_unavailable', 'The database is down.')
      }),
    ])
    await broker.sender.publish(payments(3))
    await eventually(() => broker.held.at(-1) === 3)
    down = false
    await eventually(() => broker.counted.handled === 3)
    expect(broker.held).toEqual([1, 2, 3, 2, 1, 0])
  })

  test('hands a waiting message back at shutdown, for the next instance', async () => {
    await using broker = await openBroker()
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

describe('consuming', () => {
  test('handles up to `prefetch` messages side by side, and no more', async () => {
    await using broker = await openBroker()
    let now = 0
    let most = 0
    const receiver = await broker.open('inventory', { prefetch: 8 })
    await receiver.consume([
      on(paid, async () => {
        most = Math.max(most, ++now)
        await Bun.sleep(5)
        now--
      }),
    ])
    await broker.sender.publish(payments(60))
    await eventually(() => broker.counted.handled === 60)
    expect(most).toBe(8)
  })

  test('that is stopped finishes the messages under way and loses none', async () => {
    await using broker = await openBroker()
    const begun: number[] = []
    const finished: number[] = []
    const halfWay = Promise.withResolvers<void>()
    const handler = on(paid, async ({ data: { n } }: Message<{ n: number }>) => {
      begun.push(n)
      await Bun.sleep(10)
      finished.push(n)
      if (finished.length === 30) halfWay.resolve()
    })
    const first = await broker.open('inventory', { prefetch: 10 })
    await first.consume([handler])
    await Promise.all([broker.sender.publish(payments(200)), halfWay.promise.then(first.close)])
    expect(finished).toEqual(begun)
    expect(finished.length).toBeLessThan(200)
    const second = await broker.open('inventory', { prefetch: 50 })
    await second.consume([handler])
    await eventually(() => finished.length >= 200)
    expect(new Set(finished).size).toBe(200)
    expect(finished).toHaveLength(200)
  })

  test('that is being stopped does not begin again when the connection was lost meanwhile', async () => {
    await using broker = await openBroker()
    const cable = await openCable(broker.url)
    let connections = 0
    const info = ({ purpose }: { purpose?: string }) => {
      if (purpose === 'consuming') connections++
    }
    const receiver = await broker.open('inventory', { url: cable.url, log: { info, warn() {}, error() {} } })
    const release = Promise.withResolvers<void>()
    let begun = 0
    await receiver.consume([
      on(paid, async () => {
        begun++
        await release.promise
      }),
    ])
    await broker.sender.publish(payments(1))
    await eventually(() => begun === 1)
    const stopped = receiver.stopConsuming()
    cable.cut()
    await cable.mend()
    await eventually(() => connections === 2)
    await broker.sender.publish(payments(1))
    await eventually(async () =>
      (await broker.sender.queues()).some(({ queue, ready }) => queue === 'inventory.order-events' && ready === 2),
    )
    expect(begun).toBe(1)
    release.resolve()
    await stopped
    await receiver.close()
    cable.cut()
  })

  test('waits once for a handler that hangs, however often it is stopped', async () => {
    await using broker = await openBroker()
    const receiver = await broker.open('inventory', { finishWithinMs: 1000 })
    const begun = Promise.withResolvers<void>()
    const hanging = Promise.withResolvers<void>()
    await receiver.consume([
      on(paid, () => {
        begun.resolve()
        return hanging.promise
      }),
    ])
    await broker.sender.publish(payments(1))
    await begun.promise
    const before = performance.now()
    await receiver.stopConsuming()
    expect(performance.now() - before).toBeGreaterThan(990)
    const after = performance.now()
    await receiver.close()
    expect(performance.now() - after).toBeLessThan(900)
    hanging.resolve()
  })

  test('is refused for an event that the catalog sends elsewhere', async () => {
    await using broker = await openBroker()
    await expect(broker.sender.consume([on(paid, async () => {})])).rejects.toThrow('does not send order.paid to order')
  })
})
