import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { Secret, TOTP } from 'otpauth'
import { type TestUsers, testUsers } from './testing'

let users: TestUsers
beforeAll(async () => {
  users = await testUsers()
})
afterAll(() => users.drop())

const codeOf = (secret: string, steps = 0) => TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: users.now() + steps * 30_000 })
const wrongOf = (secret: string) => {
  const near = [-2, -1, 0, 1, 2].map(steps => codeOf(secret, steps))
  return ['000000', '111111', '222222', '333333', '444444', '555555'].find(code => !near.includes(code))!
}

const enrol = async (name: string) => {
  const person = await users.signUp(name)
  const { access } = await users.logIn(person)
  const { body } = await users.call('POST', '/api/users/me/mfa', { token: access })
  const secret = String(body.secret)
  const verified = await users.call('POST', '/api/users/me/mfa/verify', { token: access, body: { code: codeOf(secret) } })
  // The step of the code that turned it on is used up.
  users.pass(30_000)
  return { ...person, access, secret, uri: String(body.otpauth_uri), verified, codes: verified.body.recovery_codes as string[] }
}
const challenge = async ({ email, password }: { email: string; password: string }) =>
  String((await users.call('POST', '/api/users/login', { body: { email, password } })).body.challenge)
const answer = (challenge: string, code: string) => users.call('POST', '/api/users/login/mfa', { body: { challenge, code } })

describe('two-factor login', () => {
  test('is on once a code was shown, and then a password alone gets a challenge', async () => {
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
  test('does not begin with a wrong code, nor again while it is on', async () => {
    const { access } = await users.logIn(await users.signUp('bob'))
    const early = await users.call('POST', '/api/users/me/mfa/verify', { token: access, body: { code: '123456' } })
    expect(early.body).toMatchObject({ status: 409, code: 'mfa_not_begun' })
    const { body } = await users.call('POST', '/api/users/me/mfa', { token: access })
    const wrong = await users.call('POST', '/api/users/me/mfa/verify', { token: access, body: { code: wrongOf(String(body.secret)) } })
    expect(wrong.status).toBe(400)
    const right = await users.call('POST', '/api/users/me/mfa/verify', { token: access, body: { code: codeOf(String(body.secret)) } })
    expect(right.status).toBe(200)
    expect((await users.call('POST', '/api/users/me/mfa', { token: access })).status).toBe(409)
  })
  test('takes a code of one step before or after, and none twice', async () => {
    const { secret, ...cleo } = await enrol('cleo')
    users.pass(60_000)
    expect((await answer(await challenge(cleo), codeOf(secret, -2))).status).toBe(401)
    const early = codeOf(secret, -1)
    expect((await answer(await challenge(cleo), early)).status).toBe(200)
    expect((await answer(await challenge(cleo), early)).status).toBe(401)
    expect((await answer(await challenge(cleo), codeOf(secret, 1))).status).toBe(200)
    // An earlier step than the last one used is spent too.
    expect((await answer(await challenge(cleo), codeOf(secret))).status).toBe(401)
  })
  test('takes a code once, however many come at the same moment', async () => {
    const { secret, ...dan } = await enrol('dan')
    const challenges = await Promise.all([challenge(dan), challenge(dan), challenge(dan)])
    const all = await Promise.all(challenges.map(one => answer(one, codeOf(secret))))
    expect(all.map(({ status }) => status).sort()).toEqual([200, 401, 401])
  })
  test('gives a challenge five tries, at once or in a row, and five minutes', async () => {
    const { secret, ...eve } = await enrol('eve')
    const spent = await challenge(eve)
    const tries = await Promise.all(Array.from({ length: 5 }, () => answer(spent, wrongOf(secret))))
    expect(tries.map(({ status }) => status)).toEqual(Array(5).fill(401))
    expect((await answer(spent, codeOf(secret))).status).toBe(401)
    const late = await challenge(eve)
    users.pass(5 * 60_000)
    expect((await answer(late, codeOf(secret))).status).toBe(401)
    expect((await answer(await challenge(eve), codeOf(secret))).status).toBe(200)
  })
  test('makes whoever guesses through challenge after challenge wait', async () => {
    const { secret, ...finn } = await enrol('finn')
    for (let round = 0; round < 2; round++) {
      const one = await challenge(finn)
      for (let i = 0; i < 5; i++) await answer(one, wrongOf(secret))
    }
    expect((await answer(await challenge(finn), codeOf(secret))).status).toBe(429)
  })
  test('lets a recovery code in once, however it is typed', async () => {
    const { codes, ...gus } = await enrol('gus')
    expect((await answer(await challenge(gus), codes[0]!.toLowerCase().replaceAll('-', ' '))).status).toBe(200)
    expect((await answer(await challenge(gus), codes[0]!)).status).toBe(401)
    const challenges = await Promise.all([challenge(gus), challenge(gus)])
    const both = await Promise.all(challenges.map(one => answer(one, codes[1]!)))
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401])
  })
  test('is over when turned off, and a challenge that was open with it', async () => {
    const { secret, ...hal } = await enrol('hal')
    const open = await challenge(hal)
    expect((await users.call('DELETE', '/api/users/me/mfa', { token: hal.access })).status).toBe(204)
    expect((await answer(open, codeOf(secret))).status).toBe(401)
    expect((await users.logIn(hal)).access).toContain('.')
  })
  test('keeps neither secret nor codes readable in the database', async () => {
    const { secret, codes } = await enrol('ida')
    const { db } = users.sql
    const stored = JSON.stringify(
      await Promise.all([db.selectFrom('users').selectAll().execute(), db.selectFrom('recovery_codes').selectAll().execute()]),
    )
    for (const text of [secret, ...codes]) expect(stored).not.toContain(text)
  })
  test('fails on no fault of ours', () => expect(users.failures).toEqual([]))
})
