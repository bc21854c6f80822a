import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Publisher } from '../outbox'
import { eventually } from '../testing'
import { broker, counted, emptied, openStore, stores } from '../testing-outbox'

describe.each(Object.entries(stores))('the rounds of the relay on %s', (_, make) => {
  let store: Awaited<ReturnType<typeof openStore>>
  beforeAll(async () => {
    store = await openStore(make)
  })
  afterAll(() => store.drop())

  test('are some time apart: what is committed meanwhile is published together', async () => {
    const { bus } = broker()
    const rounds: number[] = []
    const counting: Publisher = {
      publish(messages) {
        rounds.push(messages.length)
        return bus.publish(messages)
      },
    }
    const instance = await store.start({ bus: counting, roundIntervalMs: 1500 })
    const commit = () => instance.transaction(async publish => publish(counted({ id: 1, version: 1 }, { n: 1 })))
    await commit()
    await eventually(() => rounds.length === 1)
    for (let n = 0; n < 3; n++) await commit()
    expect(rounds).toEqual([1])
    await emptied(instance)
    expect(rounds).toEqual([1, 3])
  })
})
