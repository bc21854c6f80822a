import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { newContext, withContext } from '../context'
import { unavailable } from '../errors'
import { broker, counted, emptied, openStore, stores, upTo } from '../testing-outbox'
import type { GroupOptions } from './groups'

describe.each(Object.entries(stores))('the inbox on %s', (_, make) => {
  let store: Awaited<ReturnType<typeof openStore>>
  beforeAll(async () => {
    store = await openStore(make)
  })
  beforeEach(() => store.closeAll())
  afterAll(() => store.drop())

  test('the same message eleven times, also in parallel and on two instances, has one effect and publishes once', async () => {
    const { bus, numbers } = broker()
    const both = [await store.start({ bus }), await store.start({ bus })]
    const before = await both[0]!.effects()
    const id = crypto.randomUUID()
    const handle = (n: number) =>
      both[n % 2]!.once(id, async (publish, effect) => {
        await effect('handled')
        publish(counted({ id: 1, version: 1 }, { n: 1 }))
        return 'done'
      })
    const answers = [...(await Promise.all(upTo(5).map(handle))), await handle(1), ...(await Promise.all(upTo(5).map(handle)))]
    expect(answers.filter(answer => answer === 'done')).toHaveLength(1)
    expect(await both[0]!.effects()).toBe(before + 1)
    await emptied(both[0]!)
    expect(numbers()).toEqual([1])
  })

  test('a message whose effect failed is handled when it is delivered again', async () => {
    const instance = await store.start()
    const id = crypto.randomUUID()
    const failing = instance.once(id, () => Promise.reject(new Error('not now')))
    await expect(failing).rejects.toThrow('not now')
    expect(await instance.once(id, async () => 'done')).toBe('done')
  })

  test('a message that was handled before has no result, even if its work asks the database nothing', async () => {
    const instance = await store.start()
    const id = crypto.randomUUID()
    expect(await instance.once(id, async () => 'done')).toBe('done')
    expect(await instance.once(id, async () => 'done')).toBeUndefined()
  })

  test('messages that wait together are handled together, and each publishes with its own request id', async () => {
    const { bus, got } = broker()
    const instance = await store.start({ bus })
    const before = await instance.effects()
    const groups: number[] = []
    const handle = instance.onceMany(
      async (arrivals, effect) => {
        groups.push(arrivals.length)
        for (const { item, publish } of arrivals) {
          await effect(`${item}`)
          publish(counted({ id: item, version: 1 }, { n: item }))
        }
      },
      { groupIntervalMs: 20 },
    )
    const inItsRequest = (n: number) =>
      withContext({ ...newContext(), requestId: `request-${n}` }, () => handle(`${crypto.randomUUID()}`, n))
    await Promise.all(upTo(40).map(inItsRequest))
    expect(groups).toEqual([40])
    expect(await instance.effects()).toBe(before + 40)
    await emptied(instance)
    const messages = got.map(({ body }) => JSON.parse(body))
    expect(messages.map(message => message.data.n).toSorted((a, b) => a - b)).toEqual(upTo(40))
    for (const message of messages) expect(message.request_id).toBe(`request-${message.data.n}`)
  })

  test('a message that fails fails alone', async () => {
    const { bus, got } = broker()
    const instance = await store.start({ bus })
    const before = await instance.effects()
    const handle = instance.onceMany(async (arrivals, effect) => {
      for (const { item, publish } of arrivals) {
        await effect(`${item}`)
        publish(counted({ id: item, version: 1 }, { n: item }))
      }
      if (arrivals.some(({ item }) => item === 17)) throw new Error('17 is no number')
    })
    const answers = await Promise.allSettled(upTo(40).map(n => handle(crypto.randomUUID(), n)))
    expect(answers.flatMap((answer, n) => (answer.status === 'rejected' ? [n] : []))).toEqual([17])
    expect(await instance.effects()).toBe(before + 39)
    await emptied(instance)
    expect(got).toHaveLength(39)
  })

  test.each([
    ['is down', Object.assign(new Error('the server went away'), { code: 'ECONNRESET' }), 1],
    ['hangs', unavailable('database_unavailable', 'The database does not answer.'), 1],
    ['has rows that others lock', unavailable('database_busy', 'Try again shortly.', new Error('deadlock')), 15],
  ])('while the store %s, a group is tried in halves only if one of them may fare better', async (_, error, tries) => {
    const instance = await store.start()
    let attempts = 0
    const handle = instance.onceMany(
      async () => {
        attempts++
        throw error
      },
      { groupIntervalMs: 20 },
    )
    const answers = await Promise.allSettled(upTo(8).map(n => handle(crypto.randomUUID(), n)))
    expect(answers.filter(({ status }) => status === 'rejected')).toHaveLength(8)
    expect(attempts).toBe(tries)
  })

  test('a group leaves out the messages that were handled before, and those that it has twice', async () => {
    const instance = await store.start()
    const ids = upTo(25).map(() => crypto.randomUUID())
    const groups: number[][] = []
    const handle = instance.onceMany(
      async (arrivals, effect) => {
        for (const { item } of arrivals) await effect(`${item}`)
        groups.push(arrivals.map(({ item }) => item))
      },
      { groupIntervalMs: 20 },
    )
    const handleAll = (numbers: number[]) => Promise.all(numbers.map(n => handle(ids[n]!, n)))
    await handleAll(upTo(10))
    const before = await instance.effects()
    await handleAll([...upTo(25), ...upTo(25)])
    expect(groups).toEqual([upTo(10), upTo(25).slice(10)])
    expect(await instance.effects()).toBe(before + 15)
    await handleAll(upTo(25))
    expect(groups).toHaveLength(2)
  })

  test('groups of the same messages on two instances, in opposite order, have one effect for each message', async () => {
    const both = [await store.start(), await store.start()]
    const before = await both[0]!.effects()
    const ids = upTo(100).map(() => crypto.randomUUID())
    const handlers = both.map(instance =>
      instance.onceMany(async (arrivals, effect) => {
        for (const { message } of arrivals) await effect(message.id)
      }),
    )
    await Promise.all([...ids.map(id => handlers[0]!(id)), ...ids.toReversed().map(id => handlers[1]!(id))])
    expect(await both[0]!.effects()).toBe(before + 100)
  })

  test('after a group, messages gather until the next may begin, is full or has an urgent one, or the service stops', async () => {
    const instance = await store.start()
    let groups: number[][] = []
    const handler = (options: GroupOptions<number>) =>
      instance.onceMany(async arrivals => void groups.push(arrivals.map(({ item }) => item)), options)
    type Handle = ReturnType<typeof handler>
    const handle = (handler: Handle, n: number) => handler(crypto.randomUUID(), n)
    const groupsAfter = async (work: () => Promise<unknown>) => {
      groups = []
      await work()
      return groups
    }

    /** One message alone, and soon afterwards two more. */
    const oneAndTwo = (handler: Handle) => async () => {
      await handle(handler, 0)
      const second = handle(handler, 1)
      await Bun.sleep(10)
      await Promise.all([second, handle(handler, 2)])
    }
    expect(await groupsAfter(oneAndTwo(handler({ groupIntervalMs: 100 })))).toEqual([[0], [1, 2]])
    expect(await groupsAfter(oneAndTwo(handler({ groupIntervalMs: 600_000, isUrgent: n => n === 2 })))).toEqual([[0], [1, 2]])

    const full = handler({ groupIntervalMs: 600_000, groupSize: 3, lanes: 1 })
    expect(await groupsAfter(() => Promise.all(upTo(6).map(n => handle(full, n))))).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ])

    const late = handler({ groupIntervalMs: 600_000 })
    const atTheEnd = async () => {
      await handle(late, 0)
      const waiting = [handle(late, 1), handle(late, 2)]
      await Bun.sleep(10)
      instance.beginStopping()
      await Promise.all(waiting)
      await handle(late, 3)
    }
    expect(await groupsAfter(atTheEnd)).toEqual([[0], [1, 2], [3]])
  })
})
