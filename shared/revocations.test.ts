import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { followRevocations, tellEnded } from './revocations'
import { eventually, testRedis } from './testing'
import { bearer, claims, expectRefused, sign, verifier } from './testing-tokens'

describe('a session that ends', () => {
  let redis: Awaited<ReturnType<typeof testRedis>>
  beforeAll(async () => {
    redis = await testRedis()
  })
  afterAll(() => redis.drop())
  const log = { debug() {}, info() {}, warn() {}, error() {}, fatal() {} }

  test('is over on every instance within a second, and on one that starts later', async () => {
    const sid = `test-${crypto.randomUUID()}`
    const token = bearer(await sign({ ...claims(), sid }))
    const instance = async () => {
      const revocations = followRevocations(await redis.open(), log)
      await revocations.ready
      return { ...revocations, verify: verifier(revocations.has) }
    }
    const [first, second] = await Promise.all([instance(), instance()])
    for (const { verify } of [first, second]) expect(await verify(token)).toMatchObject({ sid })
    await tellEnded(redis.redis)([sid])
    await eventually(() => first.has(sid) && second.has(sid), { timeoutMs: 1000 })
    const late = await instance()
    for (const { verify, close } of [first, second, late]) {
      await expectRefused(verify(token), 'session_ended')
      expect(await verify(bearer(await sign({ ...claims(), sid: 'another' })))).toMatchObject({ sid: 'another' })
      await close()
    }
  })
})
