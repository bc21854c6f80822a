import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { decodeProtectedHeader } from 'jose'
import { day, minute } from '#shared/time'
import { type TestUsers, testUsers } from './testing'

let users: TestUsers
beforeAll(async () => {
  users = await testUsers()
})
afterAll(() => users.drop())

const published = async () => {
  const { body } = await users.call('GET', '/.well-known/jwks.json')
  return (body.keys as { kid: string }[]).map(({ kid }) => kid)
}
const signedBy = (token: string) => String(decodeProtectedHeader(token).kid)

describe('the signing keys', () => {
  test('are published under both paths, without their private part', async () => {
    const [root, among] = await Promise.all(
      ['/.well-known/jwks.json', '/api/users/.well-known/jwks.json'].map(path => users.call('GET', path)),
    )
    expect(root!.status).toBe(200)
    expect(root!.body).toEqual(among!.body)
    const [key] = root!.body.keys as Record<string, string>[]
    expect(key).toEqual({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', kid: expect.any(String), x: expect.any(String) })
  })
  test('begin as one key, however many instances start at the same time', async () => {
    await users.sql.db.deleteFrom('signing_keys').execute()
    const instances = await Promise.all([users.instance(), users.instance(), users.instance()])
    await users.keys.maintain()
    expect(new Set(instances.flatMap(({ keys }) => keys.published().keys.map(({ kid }) => kid))).size).toBe(1)
    await Promise.all(instances.map(({ close }) => close()))
  })
  test('rotate: the next key is published before it signs, and the old key until its tokens have expired', async () => {
    const person = await users.signUp('ann')
    const [old] = await published()
    await users.keys.rotate()
    const [next, ...rest] = await published()
    expect(rest).toEqual([old!])

    users.pass(10 * minute)
    await users.keys.maintain()
    expect(signedBy((await users.logIn(person)).access)).toBe(old!)
    users.pass(minute)
    const { access } = await users.logIn(person)
    expect(signedBy(access)).toBe(next!)
    expect((await users.call('GET', '/api/users/me', { token: access })).status).toBe(200)

    users.pass(15 * minute)
    await users.keys.maintain()
    expect(await published()).toEqual([next!, old!])
    users.pass(2 * minute)
    await users.keys.maintain()
    expect(await published()).toEqual([next!])
  })
  test('rotate by themselves after thirty days, once for all instances', async () => {
    const other = await users.instance()
    const before = await published()
    users.pass(30 * day)
    await Promise.all([users.keys.maintain(), other.keys.maintain(), users.keys.maintain()])
    await Promise.all([users.keys.maintain(), other.keys.maintain()])
    expect(await published()).toHaveLength(before.length + 1)
    expect(other.keys.published()).toEqual(users.keys.published())
    await other.close()
  })
})
