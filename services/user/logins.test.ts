import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { eventually } from '#shared/testing'
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
const refresh = (token: unknown) => users.call('POST', '/api/users/refresh', { body: { refresh_token: token } })
const me = (token: unknown) => users.call('GET', '/api/users/me', { token: String(token) })

describe('opening an account', () => {
  test('answers with the account and where it is, and never with the password', async () => {
    const { status, body, headers, text } = await register(ann)
    expect(status).toBe(201)
    const { id, created_at, ...rest } = body
    const { password, ...shown } = ann
    expect(rest).toEqual({ ...shown, role: 'customer', email_verified: false })
    expect(headers.get('location')).toBe(`/api/users/${id}`)
    expect(text).not.toContain(password)
    expect(new Date(String(created_at)).getTime()).toBeGreaterThan(0)
  })
  test('phone and address may be left out, an address may have fields', async () => {
    const plain = await register({ ...ann, email: 'b@example.com', username: 'bob', phone: undefined, address: undefined })
    expect(plain.body).toMatchObject({ phone: null, address: null })
    const address = { line1: '1 Main Street', city: 'Springfield', country: 'US' }
    expect((await register({ ...ann, email: 'c@example.com', username: 'cleo', address })).body.address).toEqual(address)
  })
  test('an e-mail or a name that is taken in any case is 409', async () => {
    expect((await register({ ...ann, email: 'ANN@example.com', username: 'other' })).body).toMatchObject({
      status: 409,
      code: 'email_taken',
    })
    expect((await register({ ...ann, email: 'other@example.com', username: 'aNN' })).body).toMatchObject({
      status: 409,
      code: 'username_taken',
    })
  })
  test('of twenty at once with one e-mail, one gets it', async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, i) => register({ ...ann, email: 'rush@example.com', username: `rush${i}` })),
    )
    const statuses = all.map(({ status }) => status)
    expect(statuses.filter(status => status === 201)).toHaveLength(1)
    expect(statuses.filter(status => status === 409)).toHaveLength(19)
  })
  test('tells the others, in the order of the account’s versions', async () => {
    const { id } = await users.signUp('told')
    const of = async (type: string) => (await users.published(type)).find(({ data }) => data.user_id === id)
    expect((await of('user.registered'))?.aggregate).toMatchObject({ id: String(id), version: 1 })
    expect((await of('user.email_verification_requested'))?.aggregate.version).toBe(2)
  })
  test('bad input is 400, names every fault and echoes nothing', async () => {
    const { status, body, text } = await register({
      email: 'nonsense-mail',
      username: { $ne: null },
      password: 'short',
      extra: 'surplus-value',
    })
    expect(status).toBe(400)
    const paths = (body.errors as { path: string }[]).map(({ path }) => path)
    for (const path of ['/email', '/username', '/password', '/full_name', '/extra']) expect(paths).toContain(path)
    for (const sent of ['nonsense-mail', '$ne', 'surplus-value']) expect(text).not.toContain(sent)
    expect((await register({ ...ann, email: 'long@example.com', username: 'long', password: 'x'.repeat(129) })).status).toBe(400)
  })
})

describe('logging in', () => {
  test('answers tokens, by e-mail or by name, in any case', async () => {
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
  test('an unknown name and a wrong password get the same answer', async () => {
    const answers = [
      await login({ email: 'nobody@example.com', password: 'a long password' }),
      await login({ username: 'ann', password: 'another password' }),
    ]
    for (const { status, body } of answers) expect({ status, code: body.code }).toEqual({ status: 401, code: 'invalid_credentials' })
    const [unknown, wrong] = answers.map(({ body: { request_id, ...rest } }) => rest)
    expect(unknown).toEqual(wrong!)
  })
  test('operators in place of text are 400', async () => {
    for (const username of [{ $ne: null }, { $gt: '' }, ['ann'], 1, null, true])
      expect((await login({ username, password: ann.password })).status).toBe(400)
    expect((await login({ username: 'ann', password: { $ne: null } })).status).toBe(400)
    expect((await login({ username: "' OR 1=1 -- ", password: "' OR 1=1 -- " })).status).toBe(401)
    expect((await login('{"username":')).status).toBe(400)
  })
  test('the addresses under /auth are the same doors', async () => {
    const { status, body } = await users.call('POST', '/auth/register', { body: { ...ann, email: 'door@example.com', username: 'door' } })
    expect(status).toBe(201)
    const entered = await users.call('POST', '/auth/login', { body: { email: 'door@example.com', password: ann.password } })
    expect(entered.body.user_id).toBe(body.id!)
    const again = await users.call('POST', '/auth/refresh', { body: { refresh_token: entered.body.refresh_token } })
    expect(again.status).toBe(200)
    expect((await users.call('POST', '/auth/logout', { token: String(again.body.access_token) })).status).toBe(204)
  })
})

describe('five failures', () => {
  test('make that account wait at that address, longer each time, and nobody else', async () => {
    const { email, password } = await users.signUp('locked')
    const stranger = '203.0.113.7'
    for (let i = 0; i < 5; i++) expect((await login({ email, password: 'a wrong guess' }, stranger)).status).toBe(401)
    const refused = await login({ email, password }, stranger)
    expect(refused.status).toBe(429)
    const firstWait = Number(refused.headers.get('retry-after'))
    expect(firstWait).toBeGreaterThan(0)
    expect((await login({ email, password }, '203.0.113.8')).status).toBe(200)
    users.pass(firstWait * 1000)
    expect((await login({ email, password: 'a wrong guess' }, stranger)).status).toBe(401)
    const again = await login({ email, password }, stranger)
    expect(again.status).toBe(429)
    expect(Number(again.headers.get('retry-after'))).toBeGreaterThan(firstWait)
    users.pass(Number(again.headers.get('retry-after')) * 1000)
    expect((await login({ email, password }, stranger)).status).toBe(200)
  })
  test('hold on another instance too, and for guesses that come all at once', async () => {
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
  test('of somebody who does not exist look just the same', async () => {
    for (let i = 0; i < 5; i++) await login({ email: 'ghost@example.com', password: 'a wrong guess' }, '203.0.113.10')
    expect((await login({ email: 'ghost@example.com', password: 'a wrong guess' }, '203.0.113.10')).status).toBe(429)
  })
  test('in a row only: a right password begins the count anew, and many right ones at once all count', async () => {
    const { email, password } = await users.signUp('clumsy')
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 4; i++) await login({ email, password: 'a wrong guess' }, '203.0.113.11')
      const all = await Promise.all(Array.from({ length: 8 }, () => login({ email, password }, '203.0.113.11')))
      expect(all.map(({ status }) => status)).toEqual(Array(8).fill(200))
    }
  })
})

describe('a refresh token', () => {
  test('works once and brings the next, in the same session', async () => {
    const { access, refresh: first } = await users.logIn(await users.signUp('fresh'))
    const second = await refresh(first)
    expect(second.status).toBe(200)
    expect(second.body.refresh_token).not.toBe(first)
    expect(decodeJwt(String(second.body.access_token)).sid).toEqual(decodeJwt(access).sid)
    expect((await refresh(second.body.refresh_token)).status).toBe(200)
  })
  test('that is used again ends the whole session, newest tokens included', async () => {
    const { refresh: stolen } = await users.logIn(await users.signUp('robbed'))
    const next = await refresh(stolen)
    expect((await refresh(stolen)).body).toMatchObject({ status: 401, code: 'refresh_token_reused' })
    expect((await refresh(next.body.refresh_token)).status).toBe(401)
    await eventually(async () => (await me(next.body.access_token)).status === 401)
  })
  test('shown twice at the same moment is taken once', async () => {
    const { refresh: token } = await users.logIn(await users.signUp('twice'))
    const both = await Promise.all([refresh(token), refresh(token)])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401])
  })
  test('that is made up, or too old, is 401 and ends nothing', async () => {
    const { refresh: token } = await users.logIn(await users.signUp('guessed'))
    for (const made of ['x', `${'A'.repeat(22)}.${'A'.repeat(22)}`, '.', 'null']) expect((await refresh(made)).status).toBe(401)
    const renewed = await refresh(token)
    users.pass(31 * 24 * 3_600_000)
    await users.keys.maintain()
    expect((await refresh(renewed.body.refresh_token)).status).toBe(401)
  })
  test('is nowhere in the database', async () => {
    const { refresh: token } = await users.logIn(await users.signUp('hidden'))
    const rows = JSON.stringify(await users.sql.db.selectFrom('sessions').selectAll().execute())
    for (const part of token.split('.')) expect(rows).not.toContain(part)
  })
})

describe('logging out', () => {
  test('ends the session on every instance', async () => {
    const { access, refresh: token } = await users.logIn(await users.signUp('leaving'))
    const other = await users.instance()
    expect((await other.call('GET', '/api/users/me', { token: access })).status).toBe(200)
    expect((await users.call('POST', '/api/users/logout', { token: access })).status).toBe(204)
    await eventually(async () => (await other.call('GET', '/api/users/me', { token: access })).status === 401)
    expect((await refresh(token)).status).toBe(401)
    await other.close()
  })
  test('is told by the sweep when the process died between storing and telling', async () => {
    const { access } = await users.logIn(await users.signUp('crashed'))
    const now = new Date(users.now())
    const sid = String(decodeJwt(access).sid)
    await users.sql.db.updateTable('sessions').set({ ended_at: now, announce_due: now }).where('id', '=', sid).execute()
    expect((await me(access)).status).toBe(200)
    await users.sessions.publishDue()
    await eventually(async () => (await me(access)).status === 401)
    const row = await users.sql.db.selectFrom('sessions').select('announce_due').where('id', '=', sid).executeTakeFirstOrThrow()
    expect(row.announce_due).toBeNull()
  })
})

test('nothing of this was our own fault', () => expect(users.failures).toEqual([]))
