import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { eventually } from '#shared/testing'
import { type TestUsers, testUsers } from './testing'

let users: TestUsers
beforeAll(async () => {
  users = await testUsers()
})
afterAll(() => users.drop())

/** What a stolen access token alone must not do. */
const guarded = [
  ['PATCH', '', { email: 'thief@example.com' }],
  ['DELETE', '', {}],
  ['POST', '/password', { new_password: 'the password of a thief' }],
  ['POST', '/mfa', {}],
  ['POST', '/mfa/recovery-codes', {}],
  ['DELETE', '/mfa', {}],
] as const

const enter = async (name: string) => {
  const person = await users.signUp(name)
  const { access: token } = await users.logIn(person)
  const call = (method: string, path: string, body?: object) => users.call(method, `/api/users/me${path}`, { token, body })
  return { ...person, call }
}

describe.each(guarded)('%s /api/users/me%s', (method, path, body) => {
  const name = `${method}${path.replaceAll('/', '-')}`.toLowerCase()

  test('is 400 without a proof, 401 with a wrong one, and changes nothing', async () => {
    const { call } = await enter(name)
    const before = (await call('GET', '')).body
    expect((await call(method, path, body)).body).toMatchObject({ status: 400, code: 'current_password_required' })
    // Two-factor login is off, so a code proves nothing.
    expect((await call(method, path, { ...body, code: '123456' })).status).toBe(400)
    const wrong = await call(method, path, { ...body, current_password: 'a wrong guess' })
    expect(wrong.body).toMatchObject({ status: 401, code: 'wrong_password' })
    expect((await call('GET', '')).body).toEqual(before)
  })

  test('shares its count of failures with the others and with logins', async () => {
    const { call, ...person } = await enter(`${name}-guessed`)
    for (let i = 0; i < 4; i++) expect((await call(method, path, { ...body, current_password: 'a wrong guess' })).status).toBe(401)
    const { email, password } = person
    expect((await users.call('POST', '/auth/login', { body: { email, password: 'a wrong guess' } })).status).toBe(401)
    expect((await call(method, path, { ...body, current_password: password })).status).toBe(429)
  })
})

test('a DELETE without any body is 400', async () => {
  const { call } = await enter('bodiless')
  for (const path of ['', '/mfa']) expect((await call('DELETE', path)).status).toBe(400)
})

test('failed attempts are in the audit log, once each, and so is the beginning of a wait', async () => {
  const { id, email, password } = await users.signUp('audited')
  const login = (given: string) => users.call('POST', '/auth/login', { body: { email, password: given }, from: '203.0.113.5' })
  for (let i = 0; i < 5; i++) await login('a wrong guess')
  for (let i = 0; i < 3; i++) expect((await login(password)).status).toBe(429)
  const { access: token } = await users.admin()
  const { body, text } = await users.call('GET', `/api/users/audit?user_id=${id}`, { token })
  const actions = (body.items as { action: string; detail: string }[]).map(({ action, detail }) => `${action} ${detail}`)
  expect(actions.filter(action => action.startsWith('login'))).toEqual(['login.locked password', ...Array(5).fill('login.failed password')])
  expect(text).not.toContain('203.0.113.5')
})

test('an administrator’s refused proof is a failed login in the audit log, and no act', async () => {
  const { access: token } = await users.admin()
  const acts = async () => (await users.published('admin.acted')).map(({ data }): object => data)
  const before = await acts()
  const proof = { current_password: 'a wrong guess' }
  expect((await users.call('POST', '/api/users/me/mfa', { token, body: proof })).status).toBe(401)
  await eventually(async () => {
    const { body } = await users.call('GET', '/api/users/audit?limit=1', { token })
    return (body.items as { action: string }[])[0]?.action === 'login.failed'
  })
  expect(await acts()).toEqual(before)
  expect((await users.call('POST', '/api/users/me/mfa', { token, body: { current_password: 'the admin password' } })).status).toBe(200)
  expect((await acts()).slice(before.length)).toEqual([expect.objectContaining({ action: 'POST /api/users/me/mfa/' })])
})

test('no error was logged', () => expect(users.failures).toEqual([]))
