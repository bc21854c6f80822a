import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { decodeJwt } from 'jose'
import { TOTP } from 'otpauth'
import { eventually } from '#shared/testing'
import { minute, second } from '#shared/time'
import { type TestUsers, testUsers } from './testing'

let users: TestUsers
beforeAll(async () => {
  users = await testUsers()
})
afterAll(() => users.drop())

/** What a browser adds to the request of a page at this origin. */
const page = (origin = 'http://shop.test', cookie?: string) => ({
  ...{ origin, 'x-forwarded-host': 'shop.test', 'x-forwarded-proto': 'http' },
  ...(cookie !== undefined && { cookie }),
})
const inCookie = { session: 'cookie' }
const post = (path: string, headers: Record<string, string>, body: unknown = inCookie, token?: string) =>
  users.call('POST', path, { body, headers, token })
const cookieOf = ({ headers }: { headers: Headers }) => headers.get('set-cookie') ?? ''
/** The cookie as the browser sends it back. */
const sentBack = (answer: { headers: Headers }) => cookieOf(answer).split(';')[0] ?? ''

const logIn = async (name: string) => {
  const { email, password } = await users.signUp(name)
  const answer = await post('/auth/login', page(), { email, password, ...inCookie })
  return { answer, email, password, cookie: sentBack(answer), access: String(answer.body.access_token) }
}
const refresh = (cookie: string) => post('/auth/refresh', page('http://shop.test', cookie))
const isLive = async (token: unknown) => (await users.call('GET', '/api/users/me', { token: String(token) })).status === 200

describe('a page that asks for a cookie', () => {
  test('gets the refresh token in one that no script reads and no other path gets, and not in the answer', async () => {
    const { answer } = await logIn('page')
    expect(answer.status).toBe(200)
    expect(answer.body).not.toHaveProperty('refresh_token')
    expect(cookieOf(answer)).toMatch(/^shop_refresh=[\w-]{22}\.[\w-]{22}; Path=\/auth; HttpOnly; SameSite=Strict; Max-Age=2592000$/)
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })
  test('gets it for TLS alone, whether the gateway or a load balancer ends TLS', async () => {
    const { email, password } = await users.signUp('safe')
    const body = { email, password, ...inCookie }
    expect(cookieOf(await post('/auth/login', page('https://shop.test'), body))).toEndWith('; Secure')
    expect(cookieOf(await post('/auth/login', { ...page(), 'x-forwarded-proto': 'https' }, body))).toEndWith('; Secure')
  })
  test('refreshes with the cookie, which is replaced each time', async () => {
    const { cookie, access } = await logIn('again')
    const second = await refresh(cookie)
    expect(second.status).toBe(200)
    expect(second.body).not.toHaveProperty('refresh_token')
    expect(decodeJwt(String(second.body.access_token)).sid).toEqual(decodeJwt(access).sid)
    expect(sentBack(second)).not.toBe(cookie)
    expect((await refresh(sentBack(second))).status).toBe(200)
  })
  test('can move a session from the answer into a cookie', async () => {
    const { refresh: refresh_token } = await users.logIn(await users.signUp('moved'))
    const moved = await post('/auth/refresh', page(), { refresh_token, ...inCookie })
    expect(moved.body).not.toHaveProperty('refresh_token')
    expect((await refresh(sentBack(moved))).status).toBe(200)
  })
  test('gets 401 without a cookie, with a made-up one, and with two, of which another host may have set one', async () => {
    const { cookie } = await logIn('planted')
    for (const sent of ['', 'shop_refresh=', 'shop_refresh=made-up', `${cookie}; ${cookie}`, `other_${cookie}`])
      expect((await refresh(sent)).body).toMatchObject({ status: 401, code: 'invalid_refresh_token' })
    expect((await refresh(`theme=dark; ${cookie}`)).status).toBe(200)
  })
  test('gets it after the second step of a login, too', async () => {
    const { email, password, access } = await logIn('careful')
    const begun = await users.call('POST', '/api/users/me/mfa', { token: access, body: { current_password: password } })
    const totp = new TOTP({ secret: String(begun.body.secret) })
    const verified = await users.call('POST', '/api/users/me/mfa/verify', { token: access, body: { code: totp.generate() } })
    const codes = verified.body.recovery_codes
    const challenged = await post('/auth/login', page(), { email, password, ...inCookie })
    expect(cookieOf(challenged)).toBe('')
    const code = Array.isArray(codes) ? String(codes[0]) : ''
    const answered = await post('/auth/login/mfa', page(), { challenge: challenged.body.challenge, code, ...inCookie })
    expect(answered.body).not.toHaveProperty('refresh_token')
    expect((await refresh(sentBack(answered))).status).toBe(200)
  })
})

describe('a refresh by cookie that comes twice', () => {
  test('gets the same next cookie from two tabs at the same time, on two instances', async () => {
    const { cookie, access } = await logIn('tabs')
    const other = await users.instance()
    const there = other.call('POST', '/auth/refresh', { body: inCookie, headers: page('http://shop.test', cookie) })
    const both = await Promise.all([refresh(cookie), there])
    expect(both.map(({ status }) => status)).toEqual([200, 200])
    expect(sentBack(both[0])).toBe(sentBack(both[1]))
    expect((await refresh(sentBack(both[0]))).status).toBe(200)
    expect(await isLive(access)).toBe(true)
    await other.close()
  })
  test('gets the same next cookie for a minute, since a page may have been closed before it had the answer', async () => {
    const { cookie } = await logIn('reload')
    const lost = await refresh(cookie)
    users.pass(50 * second)
    const repeated = await refresh(cookie)
    expect(sentBack(repeated)).toBe(sentBack(lost))
    expect((await refresh(sentBack(repeated))).status).toBe(200)
  })
  test('ends the session after that minute, and at once when the next cookie was used already', async () => {
    const late = await logIn('late')
    await refresh(late.cookie)
    users.pass(minute + second)
    expect((await refresh(late.cookie)).body).toMatchObject({ status: 401, code: 'refresh_token_reused' })
    await eventually(async () => !(await isLive(late.access)))

    const stolen = await logIn('stolen')
    const next = sentBack(await refresh(stolen.cookie))
    await refresh(next)
    expect((await refresh(stolen.cookie)).body).toMatchObject({ status: 401, code: 'refresh_token_reused' })
    expect((await refresh(next)).body).toMatchObject({ status: 401, code: 'invalid_refresh_token' })
  })
  test('has no grace outside the cookie', async () => {
    const { cookie } = await logIn('copied')
    const refresh_token = cookie.replace('shop_refresh=', '')
    expect((await refresh(cookie)).status).toBe(200)
    expect((await post('/auth/refresh', {}, { refresh_token })).body).toMatchObject({ code: 'refresh_token_reused' })
  })
})

describe('logging out', () => {
  test('ends the session of the cookie without an access token, and deletes the cookie', async () => {
    const { cookie, access } = await logIn('leaver')
    const left = await post('/auth/logout', page('http://shop.test', cookie))
    expect(left.status).toBe(204)
    expect(cookieOf(left)).toBe('shop_refresh=; Path=/auth; HttpOnly; SameSite=Strict; Max-Age=0')
    expect((await refresh(cookie)).status).toBe(401)
    await eventually(async () => !(await isLive(access)))
  })
  test('also by the cookie before the newest, by an access token, and when there is nothing left to end', async () => {
    const { cookie } = await logIn('behind')
    const next = sentBack(await refresh(cookie))
    expect((await post('/auth/logout', page('http://shop.test', cookie))).status).toBe(204)
    expect((await refresh(next)).status).toBe(401)
    expect((await post('/auth/logout', page('http://shop.test', cookie))).status).toBe(204)

    const { access, cookie: other } = await logIn('bearer')
    expect((await users.call('POST', '/auth/logout', { token: access })).status).toBe(204)
    expect((await refresh(other)).status).toBe(401)
  })
  test('is 401 for a request that says nothing of any session', async () => {
    const nobody = await users.call('POST', '/auth/logout')
    expect(nobody.body).toMatchObject({ status: 401, code: 'not_logged_in' })
    const { cookie, access } = await logIn('untouched')
    expect((await users.call('POST', '/auth/logout', { headers: page('http://shop.test', cookie) })).status).toBe(401)
    expect(await isLive(access)).toBe(true)
  })
})

describe('a page of another origin', () => {
  // The browser sends no SameSite=Strict cookie from another site. These are what it might send from the same site, or if it did.
  const foreign = {
    'of another site': page('https://evil.test'),
    'of a subdomain': page('http://blog.shop.test'),
    'at another port': page('http://shop.test:3000'),
    'without an origin, such as a sandboxed frame': page('null'),
    'of a browser that sends no origin': { 'x-forwarded-host': 'shop.test' },
    'that comes past the gateway': { origin: 'http://shop.test' },
  }
  test.each(Object.entries(foreign))('%s neither refreshes, logs out nor logs in', async (_, headers) => {
    const { cookie, access, email, password } = await logIn(`target-${Math.random().toString(36).slice(2, 10)}`)
    for (const path of ['/auth/refresh', '/auth/logout']) {
      const refused = await post(path, { ...headers, cookie })
      expect(refused.body).toMatchObject({ status: 403, code: 'foreign_origin' })
      expect(cookieOf(refused)).toBe('')
    }
    // Else a stranger's page could log its visitor in to the stranger's account.
    const planted = await post('/auth/login', headers, { email, password, ...inCookie })
    expect(planted.body).toMatchObject({ status: 403, code: 'foreign_origin' })
    expect(await isLive(access)).toBe(true)
    expect((await refresh(cookie)).status).toBe(200)
  })
  // A form can send these; JSON needs a preflight, which the gateway answers for CORS_ORIGINS alone.
  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])('cannot send %s', async type => {
    const { cookie, access } = await logIn(`form-${Math.random().toString(36).slice(2, 10)}`)
    for (const path of ['/auth/refresh', '/auth/logout', '/auth/login']) {
      const headers = { ...page('http://shop.test', cookie), 'content-type': type }
      const refused = await users.app.handle(
        new Request(`http://localhost${path}`, { method: 'POST', headers, body: JSON.stringify(inCookie) }),
      )
      expect(refused.status).toBe(415)
    }
    expect(await isLive(access)).toBe(true)
    expect((await refresh(cookie)).status).toBe(200)
  })
  test('changes nothing elsewhere: no other route takes the cookie', async () => {
    const { cookie } = await logIn('elsewhere')
    const calls = [
      ['GET', '/api/users/me'],
      ['POST', '/api/users/me/password'],
      ['DELETE', '/api/users/me'],
    ] as const
    for (const [method, path] of calls)
      expect(
        (await users.call(method, path, { body: method === 'GET' ? undefined : {}, headers: page('http://shop.test', cookie) })).status,
      ).toBe(401)
  })
})

test('no error was logged', () => expect(users.failures).toEqual([]))
