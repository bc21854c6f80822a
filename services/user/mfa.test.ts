import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { Secret, TOTP } from 'otpauth'
import { untilLockWaits } from '#shared/testing'
import { minute, second } from '#shared/time'
import { loginLockouts } from './lockouts'
import { lockUser } from './repository'
import { mfaLockout } from './second-factors'
import { type TestUsers, testUsers } from './testing'

let users: TestUsers
beforeAll(async () => {
  users = await testUsers()
})
afterAll(() => users.drop())

const codeOf = (secret: string, steps = 0) =>
  TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: users.now() + steps * 30 * second })
const wrongOf = (secret: string) => {
  const near = [-2, -1, 0, 1, 2].map(steps => codeOf(secret, steps))
  return ['000000', '111111', '222222', '333333', '444444', '555555'].find(code => !near.includes(code))!
}

const enrol = async (name: string) => {
  const person = await users.signUp(name)
  const { access } = await users.logIn(person)
  const { body } = await users.call('POST', '/api/users/me/mfa', { token: access, body: { current_password: person.password } })
  const secret = String(body.secret)
  const verified = await users.call('POST', '/api/users/me/mfa/verify', { token: access, body: { code: codeOf(secret) } })
  // The code that turned it on has used up its step.
  users.pass(30 * second)
  return { ...person, access, secret, uri: String(body.otpauth_uri), verified, codes: verified.body.recovery_codes as string[] }
}
const challenge = async ({ email, password }: { email: string; password: string }) =>
  String((await users.call('POST', '/api/users/login', { body: { email, password } })).body.challenge)
const answer = (challenge: string, code: string) => users.call('POST', '/api/users/login/mfa', { body: { challenge, code } })

describe('two-factor login', () => {
  test('is on once a code has been sent; a password alone then gets a challenge', async () => {
    const ann = await enrol('ann')
    expect(ann.uri).toStartWith('otpauth://totp/')
    expect(ann.verified.status).toBe(200)
    expect(new Set(ann.codes).size).toBe(10)
    const { status, body } = await users.call('POST', '/auth/login', { body: { email: ann.email, password: ann.password } })
    expect(status).toBe(200)
    expect(body).toEqual({ mfa_required: true, challenge: expect.any(String) })
    const entered = await answer(String(body.challenge), codeOf(ann.secret))
    expect(entered.status).toBe(200)
    expect(entered.body).toMatchObject({ user_id: ann.id, token_type: 'bearer', email: ann.email })
  })
  test('is not turned on by a wrong code, and cannot begin again while it is on', async () => {
    const bob = await users.signUp('bob')
    const { access } = await users.logIn(bob)
    const begin = () => users.call('POST', '/api/users/me/mfa', { token: access, body: { current_password: bob.password } })
    const early = await users.call('POST', '/api/users/me/mfa/verify', { token: access, body: { code: '123456' } })
    expect(early.body).toMatchObject({ status: 409, code: 'mfa_not_begun' })
    const { body } = await begin()
    const wrong = await users.call('POST', '/api/users/me/mfa/verify', { token: access, body: { code: wrongOf(String(body.secret)) } })
    expect(wrong.status).toBe(400)
    const right = await users.call('POST', '/api/users/me/mfa/verify', { token: access, body: { code: codeOf(String(body.secret)) } })
    expect(right.status).toBe(200)
    expect((await begin()).status).toBe(409)
  })
  test('stays off when its code is right but comes after too many wrong ones', async () => {
    const eli = await users.signUp('eli')
    const { access: token } = await users.logIn(eli)
    const { body } = await users.call('POST', '/api/users/me/mfa', { token, body: { current_password: eli.password } })
    const verify = () => users.call('POST', '/api/users/me/mfa/verify', { token, body: { code: codeOf(String(body.secret)) } })
    const { answer } = await users.sql.transaction(async trx => {
      await lockUser(trx, eli.id)
      const answer = verify()
      await untilLockWaits(users.sql.db, 1)
      const { redis, vault } = users
      const attempt = loginLockouts({ redis, vault, clock: () => new Date(users.now()), rule: mfaLockout })(`mfa ${eli.id}`)
      for (let n = 0; n < mfaLockout.freeFailures; n++) await attempt.settle(false)
      return { answer }
    })
    expect((await answer).body).toMatchObject({ status: 429, code: 'too_many_attempts' })
    expect((await users.logIn(eli)).access).toContain('.')
    users.pass(minute)
    expect((await verify()).body.recovery_codes).toHaveLength(10)
  })
  test('accepts a code one step early or late, and no code twice', async () => {
    const { secret, ...cleo } = await enrol('cleo')
    users.pass(minute)
    expect((await answer(await challenge(cleo), codeOf(secret, -2))).status).toBe(401)
    const early = codeOf(secret, -1)
    expect((await answer(await challenge(cleo), early)).status).toBe(200)
    expect((await answer(await challenge(cleo), early)).status).toBe(401)
    expect((await answer(await challenge(cleo), codeOf(secret, 1))).status).toBe(200)
    // Steps before the last one used are used up too.
    expect((await answer(await challenge(cleo), codeOf(secret))).status).toBe(401)
  })
  test('accepts a code once, however many requests arrive at the same time', async () => {
    const { secret, ...dan } = await enrol('dan')
    const challenges = await Promise.all([challenge(dan), challenge(dan), challenge(dan)])
    const all = await Promise.all(challenges.map(one => answer(one, codeOf(secret))))
    expect(all.map(({ status }) => status).sort()).toEqual([200, 401, 401])
  })
  test('ends a challenge after five tries, at the same time or in a row, or after five minutes', async () => {
    const { secret, ...eve } = await enrol('eve')
    const spent = await challenge(eve)
    const tries = await Promise.all(Array.from({ length: 5 }, () => answer(spent, wrongOf(secret))))
    expect(tries.map(({ status }) => status)).toEqual(Array(5).fill(401))
    expect((await answer(spent, codeOf(secret))).status).toBe(401)
    const late = await challenge(eve)
    users.pass(5 * minute)
    expect((await answer(late, codeOf(secret))).status).toBe(401)
    expect((await answer(await challenge(eve), codeOf(secret))).status).toBe(200)
  })
  test('locks an account on which challenge after challenge fails', async () => {
    const { secret, ...finn } = await enrol('finn')
    for (let round = 0; round < 2; round++) {
      const one = await challenge(finn)
      for (let i = 0; i < 5; i++) await answer(one, wrongOf(secret))
    }
    expect((await answer(await challenge(finn), codeOf(secret))).status).toBe(429)
  })
  test('accepts a recovery code once, in upper or lower case, with or without hyphens', async () => {
    const { codes, ...gus } = await enrol('gus')
    expect((await answer(await challenge(gus), codes[0]!.toLowerCase().replaceAll('-', ' '))).status).toBe(200)
    expect((await answer(await challenge(gus), codes[0]!)).status).toBe(401)
    const challenges = await Promise.all([challenge(gus), challenge(gus)])
    const both = await Promise.all(challenges.map(one => answer(one, codes[1]!)))
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401])
  })
  test('ends its open challenges when it is turned off', async () => {
    const { secret, ...hal } = await enrol('hal')
    const open = await challenge(hal)
    const proof = { current_password: hal.password }
    expect((await users.call('DELETE', '/api/users/me/mfa', { token: hal.access, body: proof })).status).toBe(204)
    expect((await answer(open, codeOf(secret))).status).toBe(401)
    expect((await users.logIn(hal)).access).toContain('.')
  })
  test('is turned off with a code too, which is then used up', async () => {
    const { secret, ...jo } = await enrol('jo')
    const proof = { code: codeOf(secret) }
    expect((await users.call('DELETE', '/api/users/me/mfa', { token: jo.access, body: { code: wrongOf(secret) } })).status).toBe(401)
    expect((await users.call('POST', '/api/users/me/mfa/recovery-codes', { token: jo.access, body: proof })).status).toBe(200)
    expect((await users.call('DELETE', '/api/users/me/mfa', { token: jo.access, body: proof })).status).toBe(401)
    users.pass(30 * second)
    const next = { code: codeOf(secret) }
    expect((await users.call('DELETE', '/api/users/me/mfa', { token: jo.access, body: next })).status).toBe(204)
  })
  test('gets new recovery codes, which replace the old ones; there are none while it is off', async () => {
    const { codes, ...kim } = await enrol('kim')
    const renew = (token: string) =>
      users.call('POST', '/api/users/me/mfa/recovery-codes', { token, body: { current_password: kim.password } })
    const { status, body } = await renew(kim.access)
    expect(status).toBe(200)
    const fresh = body.recovery_codes as string[]
    expect(new Set([...codes, ...fresh]).size).toBe(20)
    expect((await answer(await challenge(kim), codes[0]!)).status).toBe(401)
    expect((await answer(await challenge(kim), fresh[0]!)).status).toBe(200)
    const { access } = await users.logIn(await users.signUp('lea'))
    expect((await renew(access)).body).toMatchObject({ status: 409, code: 'mfa_not_enabled' })
  })
  test('is reset by an administrator for another user, which is recorded; a customer may not', async () => {
    const { access: admin } = await users.admin()
    const max = await enrol('max')
    const reset = (id: unknown, token: string) => users.call('DELETE', `/api/users/${id}/mfa`, { token })
    expect((await reset(max.id, max.access)).status).toBe(403)
    expect((await reset(max.id, admin)).status).toBe(204)
    expect((await users.logIn(max)).access).toContain('.')
    const { body: root } = await users.call('GET', '/api/users/me', { token: admin })
    const { body: log } = await users.call('GET', `/api/users/audit?user_id=${max.id}`, { token: admin })
    expect(log.items).toContainEqual(expect.objectContaining({ action: 'mfa.reset', actor_id: root.id }))
    expect((await reset(root.id, admin)).body).toMatchObject({ status: 409, code: 'own_account' })
    expect((await reset(999_999, admin)).status).toBe(404)
  })
  test('stores neither the secret nor the recovery codes in readable form', async () => {
    const { secret, codes } = await enrol('ida')
    const { db } = users.sql
    const stored = JSON.stringify(
      await Promise.all([db.selectFrom('users').selectAll().execute(), db.selectFrom('recovery_codes').selectAll().execute()]),
    )
    for (const text of [secret, ...codes]) expect(stored).not.toContain(text)
  })
  test('logs no error', () => expect(users.failures).toEqual([]))
})
