import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { second } from '#shared/time'
import { type TestUsers, testUsers } from './testing'

let users: TestUsers
beforeAll(async () => {
  users = await testUsers()
})
afterAll(() => users.drop())

const ann = {
  email: 'ann@example.com',
  username: 'Ann',
  password: 'a long password',
  full_name: 'Ann Lee',
  phone: '0123456789',
  address: '1 Main Street',
}
const register = (body: unknown) => users.call('POST', '/api/users/register', { body })
const login = (body: unknown, from?: string) => users.call('POST', '/api/users/login', { body, ...(from && { from }) })
const me = (token: unknown) => users.call('GET', '/api/users/me', { token: String(token) })

describe('logging in', () => {
  beforeAll(() => register(ann))

  test('answers tokens, by e-mail or by username, whatever the case', async () => {
    for (const who of [{ email: 'Ann@Example.com' }, { username: 'ANN' }, { username: 'ann@example.com' }]) {
      const { status, body } = await login({ ...who, password: ann.password })
      expect(status).toBe(200)
      expect(Object.keys(body).sort()).toEqual(['access_token', 'email', 'expires_in', 'refresh_token', 'token_type', 'user_id'])
      expect(body).toMatchObject({ token_type: 'bearer', expires_in: 900, email: 'ann@example.com' })
      const claims = decodeJwt(String(body.access_token))
      expect(claims).toMatchObject({ sub: String(body.user_id), role: 'customer', iss: 'shop-user', aud: 'shop' })
      expect(claims.exp! - claims.iat!).toBe(900)
      const { kid } = decodeProtectedHeader(String(body.access_token))
      expect(users.keys.published().keys.map(key => key.kid)).toContain(kid!)
      expect((await me(body.access_token)).status).toBe(200)
    }
  })
  test('gives the same answer for an unknown name and for a wrong password', async () => {
    const answers = [
      await login({ email: 'nobody@example.com', password: 'a long password' }),
      await login({ username: 'ann', password: 'another password' }),
    ]
    for (const { status, body } of answers) expect({ status, code: body.code }).toEqual({ status: 401, code: 'invalid_credentials' })
    const [unknown, wrong] = answers.map(({ body: { request_id, ...rest } }) => rest)
    expect(unknown).toEqual(wrong!)
  })
  test('is 400 for operators in place of text', async () => {
    for (const username of [{ $ne: null }, { $gt: '' }, ['ann'], 1, null, true])
      expect((await login({ username, password: ann.password })).status).toBe(400)
    expect((await login({ username: 'ann', password: { $ne: null } })).status).toBe(400)
    expect((await login({ username: "' OR 1=1 -- ", password: "' OR 1=1 -- " })).status).toBe(401)
    expect((await login('{"username":')).status).toBe(400)
  })
  test('works the same under /auth', async () => {
    const { status, body } = await users.call('POST', '/auth/register', { body: { ...ann, email: 'door@example.com', username: 'door' } })
    expect(status).toBe(201)
    const entered = await users.call('POST', '/auth/login', { body: { email: 'door@example.com', password: ann.password } })
    expect(entered.body.user_id).toBe(body.id!)
    const again = await users.call('POST', '/auth/refresh', { body: { refresh_token: entered.body.refresh_token } })
    expect(again.status).toBe(200)
    expect((await users.call('POST', '/auth/logout', { token: String(again.body.access_token) })).status).toBe(204)
  })
})

describe('five failed logins', () => {
  test('make this account wait at this address only, and longer each time', async () => {
    const { email, password } = await users.signUp('locked')
    const stranger = '203.0.113.7'
    for (let i = 0; i < 5; i++) expect((await login({ email, password: 'a wrong guess' }, stranger)).status).toBe(401)
    const refused = await login({ email, password }, stranger)
    expect(refused.status).toBe(429)
    const firstWait = Number(refused.headers.get('retry-after'))
    expect(firstWait).toBeGreaterThan(0)
    expect((await login({ email, password }, '203.0.113.8')).status).toBe(200)
    users.pass(firstWait * second)
    expect((await login({ email, password: 'a wrong guess' }, stranger)).status).toBe(401)
    const again = await login({ email, password }, stranger)
    expect(again.status).toBe(429)
    expect(Number(again.headers.get('retry-after'))).toBeGreaterThan(firstWait)
    users.pass(Number(again.headers.get('retry-after')) * second)
    expect((await login({ email, password }, stranger)).status).toBe(200)
  })
  test('are counted by the last address of X-Forwarded-For, whatever else a client claims', async () => {
    const { email } = await users.signUp('spoofed')
    const guess = (claimed: string) => {
      const headers = { 'x-forwarded-for': `${claimed}, 203.0.113.12`, 'x-real-ip': claimed, forwarded: `for=${claimed}` }
      return users.call('POST', '/api/users/login', { body: { email, password: 'a wrong guess' }, headers })
    }
    for (let i = 0; i < 5; i++) expect((await guess(`198.51.100.${i}`)).status).toBe(401)
    expect((await guess('198.51.100.9')).status).toBe(429)
  })
  test('are counted by the network of an IPv6 address, since one client has many addresses in it', async () => {
    const { email, password } = await users.signUp('sixth')
    const guess = (from: string) => login({ email, password: 'a wrong guess' }, from)
    for (let i = 1; i <= 5; i++) expect((await guess(`2001:db8:0:1::${i}`)).status).toBe(401)
    expect((await guess('2001:db8:0:1:a:b:c:d')).status).toBe(429)
    expect((await login({ email, password }, '2001:db8:0:2::1')).status).toBe(200)
  })
  test('count on every instance, and for guesses at the same time', async () => {
    const { email, password } = await users.signUp('rushed')
    const other = await users.instance()
    const guesses = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        (i % 2 ? other : users).call('POST', '/api/users/login', { body: { email, password: `guess ${i}` }, from: '203.0.113.9' }),
      ),
    )
    expect(guesses.filter(({ status }) => status === 401)).toHaveLength(5)
    expect((await other.call('POST', '/api/users/login', { body: { email, password }, from: '203.0.113.9' })).status).toBe(429)
    await other.close()
  })
  test('have the same effect for a name without an account', async () => {
    for (let i = 0; i < 5; i++) await login({ email: 'ghost@example.com', password: 'a wrong guess' }, '203.0.113.10')
    expect((await login({ email: 'ghost@example.com', password: 'a wrong guess' }, '203.0.113.10')).status).toBe(429)
  })
  test('must be in a row: a right password resets the count, also when several arrive at the same time', async () => {
    const { email, password } = await users.signUp('clumsy')
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 4; i++) await login({ email, password: 'a wrong guess' }, '203.0.113.11')
      const all = await Promise.all(Array.from({ length: 8 }, () => login({ email, password }, '203.0.113.11')))
      expect(all.map(({ status }) => status)).toEqual(Array(8).fill(200))
    }
  })
})

test('no error was logged', () => expect(users.failures).toEqual([]))
