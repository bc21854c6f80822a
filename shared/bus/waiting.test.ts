import { expect, test } from 'bun:test'
import { waitingMessages } from '../bus'
import { on } from '../event'
import { eventually, testBus } from '../testing'
import { deadLettersOf, events, openBroker, paid, payments } from '../testing/bus'

test('messages that no consumer has received are counted, those that wait for another try apart; purged, none of them comes back', async () => {
  await using broker = await openBroker({ retryDelaysMs: [60_000] })
  const { url, prefix } = broker
  const messages = waitingMessages({ url, prefix, events, retryDelaysMs: [60_000] })
  const receiver = await broker.open('inventory')
  await broker.sender.publish(payments(5))
  await eventually(async () => (await messages.published()) === 5)
  expect(await messages.delayed()).toBe(0)
  await receiver.consume([
    on(paid, async () => {
      throw new Error('not yet')
    }),
  ])
  await eventually(async () => (await messages.delayed()) === 5)
  expect(await messages.published()).toBe(0)
  expect(await messages.purge()).toBe(5)
  expect(await messages.delayed()).toBe(0)
  expect(await deadLettersOf(receiver)).toEqual([])
})

test('a broker on which no service has declared its queues yet has no messages, to count or to remove', async () => {
  const { url, prefix, drop } = await testBus(events)
  const messages = waitingMessages({ url, prefix, events, retryDelaysMs: [60_000] })
  expect(await messages.published()).toBe(0)
  expect(await messages.delayed()).toBe(0)
  expect(await messages.purge()).toBe(0)
  await drop()
})
