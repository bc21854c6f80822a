import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import type { RedisKey } from 'ioredis'
import { openRedis, type Redis } from './redis'
import { createResolver, type Instance, liveInstances, registryKey, startRegistration } from './registry'
import { eventually } from './testing'

// The registry's keys have no prefix of the test's own, so the test uses a Redis database that no other test uses.
if (!process.env.TEST_REDIS_URL) throw new Error('TEST_REDIS_URL is not set: `bun run test` sets it')
const url = new URL(process.env.TEST_REDIS_URL)
url.pathname = '/9'
const lines: string[] = []
const write = (_fields: object | string, message?: string) => void lines.push(message ?? '')
const log = { info: write, warn: write, error: write }
const redis = await openRedis({ url: url.href, prefix: 'test', log })
const { client } = redis

beforeEach(async () => {
  await client.del(registryKey('order'), registryKey('tax'))
})
afterAll(async () => {
  await client.del(registryKey('order'), registryKey('tax'))
  await redis.close()
})

const listed = async (): Promise<Instance[]> => JSON.parse((await client.get(registryKey('order'))) ?? '[]')
const register = (port: number, timing: { everyMs?: number; forMs?: number } = {}) =>
  startRegistration({ redis, service: 'order', address: { host: '127.0.0.1', port }, version: '1.2.3', log, ...timing })

describe('the registry', () => {
  test('lists every live instance under the service, in one JSON array', async () => {
    const one = await register(27150)
    const two = await register(27151)
    expect(registryKey('order')).toBe('service:registry:order-service')
    expect(await client.type('service:registry:order-service')).toBe('string')
    const instances = await listed()
    expect(instances.map(({ address, version }) => ({ address, version }))).toEqual([
      { address: '127.0.0.1:27150', version: '1.2.3' },
      { address: '127.0.0.1:27151', version: '1.2.3' },
    ])
    for (const { started_at, last_heartbeat } of instances) expect(last_heartbeat >= started_at).toBe(true)
    expect((await liveInstances(redis, ['tax', 'order'])).order).toHaveLength(2)
    expect((await liveInstances(redis, ['tax', 'order'])).tax).toEqual([])
    await Promise.all([one.stop(), two.stop()])
  })

  test('removes an instance as soon as it stops, and the key with the last one', async () => {
    const one = await register(27150)
    const two = await register(27151)
    await one.stop()
    expect((await listed()).map(({ id }) => id)).toEqual([two.id])
    await two.stop()
    expect(await client.exists(registryKey('order'))).toBe(0)
  })

  test('drops an instance that crashed, whether or not another one is alive', async () => {
    const crashed = await register(27150, { everyMs: 3_600_000, forMs: 150 })
    const alive = await register(27151, { everyMs: 20, forMs: 1000 })
    await eventually(async () => (await listed()).every(({ id }) => id === alive.id))
    await alive.stop()
    await eventually(async () => (await listed()).length === 0)
    await crashed.stop()

    const alone = await register(27152, { everyMs: 3_600_000, forMs: 100 })
    await eventually(async () => (await client.exists(registryKey('order'))) === 0)
    await alone.stop()
  })

  test('keeps an instance listed while it runs', async () => {
    const one = await register(27150, { everyMs: 20, forMs: 200 })
    const { last_heartbeat: first } = await eventually(async () => (await listed())[0])
    await eventually(async () => {
      const [now] = await listed()
      return now !== undefined && Date.parse(now.last_heartbeat) - Date.parse(first) > 400
    })
    await one.stop()
  })

  test('is filled again after Redis lost its data, and replaces a value that is not a list', async () => {
    const one = await register(27150, { everyMs: 20 })
    await client.del(registryKey('order'))
    await eventually(async () => (await listed()).length === 1)
    await client.set(registryKey('order'), 'not json')
    await eventually(async () => (await listed().catch(() => [])).length === 1)
    await one.stop()
  })

  test('causes one log line, not one per heartbeat, while it cannot be reached', async () => {
    let down = true
    let heartbeats = 0
    const flaky: Pick<Redis, 'script'> = {
      script: <T>(lua: string) => {
        const run = redis.script<T>(lua)
        return (keys: string[], args?: (string | number)[]) => {
          heartbeats++
          return down ? Promise.reject(new Error('down')) : run(keys, args)
        }
      },
    }
    lines.length = 0
    const address = { host: '127.0.0.1', port: 27150 }
    const one = await startRegistration({ redis: flaky, service: 'order', address, version: '1', log, everyMs: 10 })
    await eventually(() => heartbeats > 5)
    expect(lines).toHaveLength(1)
    down = false
    await eventually(async () => (await listed()).length === 1)
    await one.stop()
    expect(lines).toHaveLength(2)
  })
})

describe('the resolver', () => {
  test('gives the live instances, and asks Redis at most once a second', async () => {
    const one = await register(27150)
    let asked = 0
    const get = (key: RedisKey) => {
      asked++
      return client.get(key)
    }
    const { instances } = createResolver({ redis: { client: { get } } })
    const answers = await Promise.all(Array.from({ length: 50 }, () => instances('order')))
    for (const answer of answers) expect(answer[0]?.address).toBe('127.0.0.1:27150')
    await instances('order')
    expect(asked).toBe(1)
    await one.stop()
  })

  test('asks Redis again when the caller found the list to be wrong', async () => {
    const one = await register(27150)
    const { instances } = createResolver({ redis })
    await instances('order')
    const two = await register(27151)
    expect(await instances('order', true)).toHaveLength(2)
    await Promise.all([one.stop(), two.stop()])
  })

  test('keeps the last good list while Redis is down or has lost it', async () => {
    const one = await register(27150)
    let answer: () => Promise<string | null> = () => client.get(registryKey('order'))
    const { instances } = createResolver({ redis: { client: { get: () => answer() } } })
    expect(await instances('order')).toHaveLength(1)
    answer = () => Promise.reject(new Error('down'))
    expect(await instances('order', true)).toHaveLength(1)
    answer = async () => null
    expect(await instances('order', true)).toHaveLength(1)
    answer = async () => 'not json'
    expect(await instances('order', true)).toHaveLength(1)
    await one.stop()
  })

  test('does not wait long for a Redis that hangs while it has a list', async () => {
    const one = await register(27150)
    let hangs = false
    const get = (key: RedisKey) => (hangs ? Promise.withResolvers<string | null>().promise : client.get(key))
    const { instances } = createResolver({ redis: { client: { get } } })
    await instances('order')
    hangs = true
    expect(await instances('order', true)).toHaveLength(1)
    await one.stop()
  })

  test('gives up soon when Redis was never reachable', async () => {
    const nowhere = await openRedis({ url: 'redis://127.0.0.1:9', prefix: 'test', log })
    expect(await createResolver({ redis: nowhere }).instances('order')).toEqual([])
    nowhere.client.disconnect()
  })

  test('gives an empty list for a service without instances', async () => {
    expect(await createResolver({ redis }).instances('tax')).toEqual([])
  })
})
