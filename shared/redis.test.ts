import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startRedis } from '../scripts/servers/redis'
import { privateFolder, type Server } from '../scripts/servers/server'
import { isUnavailable } from './errors'
import { createNotices, startFanout } from './redis'
import { eventually, testRedis } from './testing'

const log = { info() {}, warn() {}, error() {} }

let own: Awaited<ReturnType<typeof testRedis>>
beforeAll(async () => {
  own = await testRedis()
})
afterAll(() => own.drop())

const follow = (stream: string, options: Partial<Parameters<typeof startFanout>[2]> = {}, redis = own.redis) => {
  const seen: string[] = []
  const follower = startFanout(redis, stream, { log, onEntry: ({ n }) => seen.push(n!), ...options })
  return { ...follower, seen }
}

describe('redis', () => {
  test('keys have the prefix of their service', async () => {
    expect(own.redis.key('guest', 7)).toBe(`${own.prefix}:guest:7`)
  })

  test('a script runs, also when Redis does not have it any more', async () => {
    const add = own.redis.script<number>("return redis.call('INCRBY', KEYS[1], ARGV[1])")
    const key = own.redis.key('sum')
    expect(await add([key], [2])).toBe(2)
    await own.redis.client.script('FLUSH')
    expect(await add([key], [3])).toBe(5)
    await expect(own.redis.script("return redis.error_reply('no such cart')")([key])).rejects.toThrow('no such cart')
  })

  test('instances receive the notices of each other, and an empty one when they begin to listen', async () => {
    const other = await own.open()
    const heard: string[] = []
    const stop = createNotices(own.redis, own.redis.key('told')).listen(text => heard.push(text))
    await eventually(() => heard.length > 0)
    createNotices(other, own.redis.key('told')).tell('paid')
    await eventually(() => heard.length > 1)
    expect(heard).toEqual(['', 'paid'])
    stop()
  })
})

describe('a followed stream', () => {
  test('reaches every follower, in order', async () => {
    const stream = own.redis.key('all')
    const followers = [follow(stream), follow(stream, {}, await own.open())]
    await Promise.all(followers.map(({ ready }) => ready))
    for (let n = 0; n < 50; n++) await followers[0]!.append({ n: String(n) })
    await eventually(() => followers.every(({ seen }) => seen.length === 50))
    for (const { seen } of followers) expect(seen).toEqual(Array.from({ length: 50 }, (_, n) => String(n)))
    await Promise.all(followers.map(({ close }) => close()))
  })

  test('is read from now on, or back as far as the reader asks', async () => {
    const stream = own.redis.key('back')
    await own.redis.client.xadd(stream, `${Date.now() - 120_000}-0`, 'n', 'two minutes ago')
    await own.redis.client.xadd(stream, `${Date.now() - 30_000}-0`, 'n', 'half a minute ago')
    const fromNow = follow(stream)
    const back = follow(stream, { backMs: 60_000 })
    await Promise.all([fromNow.ready, back.ready])
    expect(back.seen).toEqual(['half a minute ago'])
    await back.append({ n: 'now' })
    await eventually(() => fromNow.seen.length === 1 && back.seen.length === 2)
    expect(fromNow.seen).toEqual(['now'])
    await Promise.all([fromNow.close(), back.close()])
  })

  test('is read on from after an entry that is known', async () => {
    const stream = own.redis.key('after')
    const ids: string[] = []
    for (const n of ['1', '2', '3']) ids.push((await own.redis.client.xadd(stream, '*', 'n', n)) ?? '')
    const handled: string[] = []
    const follower = follow(stream, { after: ids[0], onEntry: (_entry, _at, id) => handled.push(id) })
    await follower.ready
    expect(handled).toEqual(ids.slice(1))
    await follower.close()
  })

  test('continues after an entry that could not be handled', async () => {
    const seen: string[] = []
    const follower = follow(own.redis.key('bad'), {
      onEntry: ({ n }) => {
        if (n === 'bad') throw new Error('what is this')
        seen.push(n!)
      },
    })
    await follower.ready
    await follower.append({ n: 'bad' })
    await follower.append({ n: 'good' })
    await eventually(() => seen.length === 1)
    await follower.close()
  })

  test('is trimmed to a number of entries', async () => {
    const { client, key } = own.redis
    const byNumber = follow(key('number'), { maxLength: 100 })
    for (let n = 0; n < 500; n++) await byNumber.append({ n: 'x' })
    expect(await client.xlen(key('number'))).toBeLessThan(250)
    await byNumber.close()
  })

  test('closes without waiting for its blocking read', async () => {
    const follower = follow(own.redis.key('leave'))
    await follower.ready
    const before = performance.now()
    await follower.close()
    expect(performance.now() - before).toBeLessThan(4000)
  })
})

describe('while Redis is down', () => {
  const dir = mkdtempSync(join(tmpdir(), 'redis-test-'))
  const port = Number(process.env.TEST_PRIVATE_PORT ?? 26672) + 8
  let server: Server
  let restarted: Awaited<ReturnType<typeof testRedis>>
  beforeAll(async () => {
    server = await startRedis({ dir, port })
    restarted = await testRedis({ url: server.url })
  })
  afterAll(async () => {
    await restarted.drop()
    await server.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  test('commands soon fail as unavailable, and they work again when it is back', async () => {
    await restarted.redis.client.set('x', 'kept')
    await server.stop()
    const before = performance.now()
    const failures = await Promise.all(
      Array.from({ length: 20 }, () =>
        restarted.redis.client.get('x').then(
          () => 'answered',
          error => isUnavailable(error),
        ),
      ),
    )
    expect(new Set(failures)).toEqual(new Set([true]))
    expect(performance.now() - before).toBeLessThan(8000)
    await expect(restarted.redis.ping()).rejects.toThrow()
    server = await startRedis({ dir, port })
    expect(await eventually(() => restarted.redis.client.get('x'))).toBe('kept')
  })

  test('followers continue after a restart, also when the stream lost its entries', async () => {
    const stream = restarted.redis.key('restart')
    const follower = follow(stream, {}, restarted.redis)
    await follower.ready
    await follower.append({ n: 'before' })
    await eventually(() => follower.seen.length === 1)
    await server.stop()
    server = await startRedis({ dir, port })
    await eventually(() => restarted.redis.client.xadd(stream, '*', 'n', 'after'))
    await eventually(() => follower.seen.includes('after'))

    await server.kill()
    rmSync(dir, { recursive: true, force: true })
    privateFolder(dir)
    server = await startRedis({ dir, port })
    // As after a restart with a clock that was set back: the new ids are lower than those that were read.
    await eventually(() => restarted.redis.client.xadd(stream, '5-1', 'n', 'anew'))
    await eventually(() => follower.seen.includes('anew'))
    expect(follower.seen).toEqual(['before', 'after', 'anew'])
    await follower.close()
  })
})
