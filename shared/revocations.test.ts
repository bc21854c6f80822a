import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { publishRevocations, revocationStream, startRevocationList } from './revocations'
import { eventually, testRedis } from './testing'
import { bearer, claims, expectRefused, sign, verifier } from './testing/tokens'

describe('a session that ends', () => {
  let redis: Awaited<ReturnType<typeof testRedis>>
  beforeAll(async () => {
    redis = await testRedis()
  })
  afterAll(() => redis.drop())
  const log = { debug() {}, info() {}, warn() {}, error() {}, fatal() {} }

  test('has ended on every instance, also on one that starts later', async () => {
    const sid = `test-${crypto.randomUUID()}`
    const token = bearer(await sign({ ...claims(), sid }))
    const instance = async () => {
      const revocations = startRevocationList(await redis.open(), log)
      await revocations.ready
      return { ...revocations, verify: verifier(revocations.has) }
    }
    const [first, second] = await Promise.all([instance(), instance()])
    for (const { verify } of [first, second]) expect(await verify(token)).toMatchObject({ sid })
    await publishRevocations(redis.redis)([sid])
    await eventually(() => first.has(sid) && second.has(sid))
    const late = await instance()
    for (const { verify, close } of [first, second, late]) {
      await expectRefused(verify(token), 'session_ended')
      expect(await verify(bearer(await sign({ ...claims(), sid: 'another' })))).toMatchObject({ sid: 'another' })
      await close()
    }
  })

  test('is dropped from the stream once its last token has expired', async () => {
    // A Redis database of its own: a stream with today's entries accepts none as old as these.
    const own = await redis.open()
    await own.client.select(12)
    await own.client.del(revocationStream)
    const old = own.client.pipeline()
    for (let entry = 1; entry <= 500; entry++) old.xadd(revocationStream, `${entry}-0`, 'sid', `old-${entry}`)
    await old.exec()
    await publishRevocations(own)(['now'])
    // Redis drops old entries in whole blocks of a hundred.
    expect(await own.client.xlen(revocationStream)).toBeLessThanOrEqual(101)
    expect(await own.client.xrevrange(revocationStream, '+', '-', 'COUNT', 1)).toMatchObject([[expect.any(String), ['sid', 'now']]])
    await own.client.del(revocationStream)
  })
})
