import { afterAll, beforeAll, expect, test } from 'bun:test'
import { testRedis } from '#shared/testing'
import { minute, second } from '#shared/time'
import { buildSegment } from './domain-build'
import { indexSnapshots } from './snapshots'
import { product } from './testing-catalog'

let store: Awaited<ReturnType<typeof testRedis>>
let snapshots: ReturnType<typeof indexSnapshots>
beforeAll(async () => {
  store = await testRedis()
  snapshots = indexSnapshots(store.redis)
})
afterAll(() => store.drop())

const position = { n: 1, id: '1-0' }
/** Compressed, some two megabytes. */
const buffer = buildSegment(
  Array.from({ length: 20_000 }, () => product(crypto.randomUUID(), { description: `${crypto.randomUUID()} ${crypto.randomUUID()}` })),
)
const write = async (by = snapshots) => {
  const generation = await snapshots.nextGeneration()
  return { generation, isNewest: await by.write(generation, buffer, position) }
}
/** How long the chunks of a generation are kept, in seconds: for ever is -1. */
const keptFor = async (generation: number) => {
  const { client, key } = store.redis
  const keys = await client.keys(key('snapshot', generation, '*'))
  expect(keys.length).toBeGreaterThan(1)
  return new Set(await Promise.all(keys.map(one => client.ttl(one))))
}
const isPassing = (seconds: Iterable<number>) => [...seconds].every(left => left > 0 && left <= (10 * minute) / second)

test('the chunks of a snapshot stay while its head names them, and for a while longer', async () => {
  const first = await write()
  expect([first.isNewest, await keptFor(first.generation)]).toEqual([true, new Set([-1])])
  const second = await write()
  expect([second.isNewest, await keptFor(second.generation)]).toEqual([true, new Set([-1])])
  expect(isPassing(await keptFor(first.generation))).toBe(true)
  expect(await snapshots.read()).toMatchObject({ generation: second.generation, position })
})

test('the chunks of a writer that is killed before it names them go by themselves', async () => {
  const killed = indexSnapshots({ ...store.redis, script: () => () => Promise.reject(new Error('killed')) })
  const before = await snapshots.head()
  await expect(write(killed)).rejects.toThrow('killed')
  expect(isPassing(await keptFor((before?.generation ?? 0) + 1))).toBe(true)
  expect(await snapshots.head()).toEqual(before)
})

test('a writer that was overtaken, or whose chunks have expired, leaves the head as it is', async () => {
  const { client, key, script } = store.redis
  const late = await snapshots.nextGeneration()
  const { generation } = await write()
  expect(await snapshots.write(late, buffer, position)).toBe(false)
  expect(isPassing(await keptFor(late))).toBe(true)
  const slow = indexSnapshots({
    ...store.redis,
    script: <T>(lua: string) => {
      const run = script<T>(lua)
      return async (keys: string[], args?: (string | number)[]) => {
        await client.del(key('snapshot', generation + 1, 1))
        return run(keys, args)
      }
    },
  })
  expect((await write(slow)).isNewest).toBe(false)
  expect(await snapshots.read()).toMatchObject({ generation })
})

test('a snapshot that is damaged is none, and the next one takes its place', async () => {
  const { client, key } = store.redis
  const { generation } = await write()
  const chunk = key('snapshot', generation, 0)
  await client.setrange(chunk, 0, 'damaged')
  expect(await snapshots.read()).toBeUndefined()
  for (const damaged of ['{"generation":', '{"generation":1}', '[]']) {
    await client.set(key('snapshot'), damaged)
    expect([await snapshots.head(), await snapshots.read()]).toEqual([undefined, undefined])
    expect((await write()).isNewest).toBe(true)
    expect(await snapshots.read()).toMatchObject({ position })
  }
})
