import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { newContext, withContext } from '../context'
import { broker, counted, emptied, openStore, stores, upTo } from '../testing-outbox'

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

  test('messages that arrive together share a transaction, and one that fails fails alone', async () => {
    const { bus, got } = broker()
    const instance = await store.start({ bus })
    const before = await instance.effects()
    const handle = (n: number) =>
      withContext({ ...newContext(), requestId: `request-${n}` }, () =>
        instance.once(`${crypto.randomUUID()}`, async (publish, effect) => {
          await effect(`${n}`)
          publish(counted({ id: n, version: 1 }, { n }))
          if (n === 17) throw new Error('17 is no number')
          return n
        }),
      )
    const answers = await Promise.allSettled(upTo(40).map(handle))
    expect(answers.flatMap((answer, n) => (answer.status === 'rejected' ? [n] : []))).toEqual([17])
    expect(answers.flatMap(answer => (answer.status === 'fulfilled' ? [answer.value] : []))).toEqual(upTo(40).filter(n => n !== 17))
    expect(await instance.effects()).toBe(before + 39)
    await emptied(instance)
    expect(got).toHaveLength(39)
    for (const message of got.map(({ body }) => JSON.parse(body))) expect(message.request_id).toBe(`request-${message.data.n}`)
  })

  test('messages that were handled before, or come twice, have no second effect', async () => {
    const instance = await store.start()
    const ids = upTo(50).map(() => crypto.randomUUID())
    const handle = (id: string) => instance.once(id, async (_, effect) => effect(id))
    await Promise.all(ids.slice(0, 25).map(handle))
    const before = await instance.effects()
    await Promise.all([...ids, ...ids].map(handle))
    expect(await instance.effects()).toBe(before + 25)
  })
})
