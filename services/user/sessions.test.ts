import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { decodeJwt } from 'jose'
import { eventually } from '#shared/testing'
import { day } from '#shared/time'
import { type TestUsers, testUsers } from './testing'

let users: TestUsers
beforeAll(async () => {
  users = await testUsers()
})
afterAll(() => users.drop())

const refresh = (token: unknown) => users.call('POST', '/api/users/refresh', { body: { refresh_token: token } })
const me = (token: unknown) => users.call('GET', '/api/users/me', { token: String(token) })

describe('a refresh token', () => {
  test('works once and is exchanged for the next one of the same session', async () => {
    const { access, refresh: first } = await users.logIn(await users.signUp('fresh'))
    const second = await refresh(first)
    expect(second.status).toBe(200)
    expect(second.body.refresh_token).not.toBe(first)
    expect(decodeJwt(String(second.body.access_token)).sid).toEqual(decodeJwt(access).sid)
    expect((await refresh(second.body.refresh_token)).status).toBe(200)
  })
  test('ends the whole session, with its newest tokens, when it is used again', async () => {
    const { refresh: stolen } = await users.logIn(await users.signUp('robbed'))
    const next = await refresh(stolen)
    expect((await refresh(stolen)).body).toMatchObject({ status: 401, code: 'refresh_token_reused' })
    expect((await refresh(next.body.refresh_token)).status).toBe(401)
    await eventually(async () => (await me(next.body.access_token)).status === 401)
  })
  test('works for one of two requests at the same time', async () => {
    const { refresh: token } = await users.logIn(await users.signUp('twice'))
    const both = await Promise.all([refresh(token), refresh(token)])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401])
  })
  test('is 401 and ends nothing when it is made up or too old', async () => {
    const { refresh: token } = await users.logIn(await users.signUp('guessed'))
    for (const made of ['x', `${'A'.repeat(22)}.${'A'.repeat(22)}`, '.', 'null']) expect((await refresh(made)).status).toBe(401)
    const renewed = await refresh(token)
    users.pass(31 * day)
    await users.keys.maintain()
    expect((await refresh(renewed.body.refresh_token)).status).toBe(401)
  })
  test('is not stored in readable form', async () => {
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
  test('is published by the sweep when the process died before it could do so', async () => {
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

test('notification may ask which sessions are alive: neither ended nor expired nor unknown', async () => {
  const person = await users.signUp('asked')
  const [ended, idle, used] = [await users.logIn(person), await users.logIn(person), await users.logIn(person)]
  const [gone, old, alive] = [ended, idle, used].map(({ access }) => String(decodeJwt(access).sid))
  await users.call('POST', '/api/users/logout', { token: ended.access })
  users.pass(20 * day)
  await users.keys.maintain()
  expect((await refresh(used.refresh)).status).toBe(200)
  users.pass(20 * day)
  await users.keys.maintain()
  const ask = async (caller: 'notification' | 'shipping') =>
    users.call('POST', '/internal/sessions/live', { body: { ids: [gone, old, alive, 'unknown'] }, token: await users.asService(caller) })
  expect((await ask('notification')).body).toEqual({ ids: [alive] })
  expect((await ask('shipping')).status).toBe(403)
})

test('no error was logged', () => expect(users.failures).toEqual([]))
