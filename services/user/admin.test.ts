import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { sql as raw } from 'kysely'
import { eventually } from '#shared/testing'
import { type TestUsers, testUsers } from './testing'

let users: TestUsers
let token: string
let rootId: number
beforeAll(async () => {
  users = await testUsers()
  const [first] = await Promise.all([users.admin(), users.admin(), users.admin()])
  token = first.access
  rootId = Number((await users.call('GET', '/api/users/me', { token })).body.id)
})
afterAll(() => users.drop())

const get = (path: string) => users.call('GET', `/api/users${path}`, { token })
const patch = (id: number, body: object, by = token) => users.call('PATCH', `/api/users/${id}`, { token: by, body })
const namesOf = (body: Record<string, unknown>) => (body.items as { username: string }[]).map(({ username }) => username)
const untilLoggedOut = (access: string) =>
  eventually(async () => (await users.call('GET', '/api/users/me', { token: access })).status === 401)

describe('the first administrator', () => {
  test('is created once, however many instances start, and leaves the demo usernames free', async () => {
    expect(await users.accounts.admins()).toEqual([{ id: rootId }])
    expect((await users.signUp('testuser', { email: 'user@example.com' })).id).toBeGreaterThan(0)
  })
  test('is not created again at a start after they changed their e-mail', async () => {
    const rename = (email: string) => users.sql.db.updateTable('users').set({ email }).where('id', '=', rootId).execute()
    await rename('moved@example.com')
    await users.managedAccounts.ensureAdmin('root@example.com', 'the admin password')
    expect(await users.accounts.admins()).toEqual([{ id: rootId }])
    await rename('root@example.com')
  })
  test('is not made while another is active, nor of an account that is there, and the log says why', async () => {
    const ensure = (email: string) => users.managedAccounts.ensureAdmin(email, 'the admin password')
    const saysWhile = async (act: () => Promise<unknown>) => {
      const before = users.warnings.length
      await act()
      return users.warnings.slice(before)
    }
    const { email } = await users.signUp('hopeful')
    const set = (change: { blocked: boolean }) => users.sql.db.updateTable('users').set(change).where('id', '=', rootId).execute()
    expect(await saysWhile(() => ensure('root@example.com'))).toEqual([])
    expect(await saysWhile(() => ensure(email))).toEqual([expect.stringContaining('since another one is active')])
    await set({ blocked: true })
    expect(await saysWhile(() => ensure(email))).toEqual([expect.stringContaining('the address of a customer or of a blocked account')])
    expect(await users.accounts.admins()).toEqual([])
    await set({ blocked: false })
  })
})

describe('an administrator', () => {
  test('finds accounts by the beginning of their e-mail or username, page by page', async () => {
    for (const name of ['finder1', 'finder2', 'finder3']) await users.signUp(name, { email: `${name}@one.example.com` })
    await users.signUp('zoe', { email: 'finder9@example.com' })
    await users.signUp('Finder5', { email: 'quite-other@example.com' })
    const { body } = await get('?search=FINDER')
    expect(body).toMatchObject({ total: 5, skip: 0, limit: 20 })
    expect(namesOf(body).sort()).toEqual(['Finder5', 'finder1', 'finder2', 'finder3', 'zoe'])

    const walked: string[] = []
    let cursor = ''
    for (let step = 0; step < 5; step++) {
      const { body } = await get(`?search=finder&limit=2${cursor && `&cursor=${cursor}`}`)
      walked.push(...namesOf(body))
      if (body.next_cursor === undefined) break
      cursor = String(body.next_cursor)
    }
    expect(walked).toEqual(namesOf(body))
    expect(namesOf((await get('?search=finder&skip=1&limit=2')).body)).toEqual(walked.slice(1, 3))
    expect((await get('?search=%25')).body.total).toBe(0)
  })
  test('lists all accounts, newest first', async () => {
    const { body } = await get('?limit=3')
    expect(namesOf(body)[0]).toBe('Finder5')
    expect((await get('?search=&limit=3')).body).toEqual(body)
    const rest = await get(`?limit=3&cursor=${body.next_cursor}`)
    expect(namesOf(rest.body)).toEqual(namesOf((await get('?limit=3&skip=3')).body))
    expect((await get('?cursor=nonsense')).body.code).toBe('invalid_cursor')
  })
  test('reads one account, and gets 404 for an unknown one', async () => {
    const { id } = await users.signUp('seen')
    expect((await get(`/${id}`)).body).toMatchObject({ id, username: 'seen', role: 'customer', blocked: false })
    expect((await get('/999999')).status).toBe(404)
    expect((await get('/nonsense')).status).toBe(400)
  })
  test('changes a role, which ends the old tokens and is recorded in the audit log', async () => {
    const person = await users.signUp('risen')
    const { access } = await users.logIn(person)
    expect((await users.call('GET', '/api/users', { token: access })).status).toBe(403)
    expect((await patch(person.id, { role: 'admin' })).body).toMatchObject({ role: 'admin' })
    await untilLoggedOut(access)
    const admin = await users.logIn(person)
    expect((await users.call('GET', '/api/users', { token: admin.access })).status).toBe(200)
    const { body } = await get(`/audit?user_id=${person.id}`)
    expect(body.items).toContainEqual(
      expect.objectContaining({ action: 'role.changed', actor_id: rootId, user_id: person.id, detail: 'admin' }),
    )
    expect((await patch(person.id, { role: 'customer' })).status).toBe(200)
    await untilLoggedOut(admin.access)
  })
  test('blocks an account, which ends its sessions and refuses its logins, and unblocks it', async () => {
    const person = await users.signUp('blocked')
    const { access, refresh } = await users.logIn(person)
    await patch(person.id, { blocked: true })
    await untilLoggedOut(access)
    expect((await users.call('POST', '/auth/refresh', { body: { refresh_token: refresh } })).status).toBe(401)
    const login = (password: string) => users.call('POST', '/auth/login', { body: { email: person.email, password } })
    expect((await login(person.password)).body).toMatchObject({ status: 403, code: 'account_blocked' })
    expect((await login('a wrong guess')).status).toBe(401)
    await patch(person.id, { blocked: false })
    expect((await login(person.password)).status).toBe(200)
  })
  test('who is the last one cannot be demoted, blocked or erased, not even by two requests at once', async () => {
    for (const change of [{ role: 'customer' }, { blocked: true }])
      expect((await patch(rootId, change)).body).toMatchObject({ status: 409, code: 'last_admin' })
    const erased = await users.call('DELETE', '/api/users/me', { token, body: { current_password: 'the admin password' } })
    expect(erased.body.code).toBe('last_admin')
    const second = await users.signUp('second')
    await patch(second.id, { role: 'admin' })
    const { access } = await users.logIn(second)
    const both = await Promise.all([patch(second.id, { role: 'customer' }), patch(rootId, { role: 'customer' }, access)])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
    await users.sql.db.updateTable('users').set({ role: 'admin' }).where('id', '=', rootId).execute()
    token = (await users.admin()).access
  })
  test('reads the audit log, newest first, and finds no personal data in it', async () => {
    const first = await get('/audit?limit=5')
    const next = await get(`/audit?limit=5&cursor=${first.body.next_cursor}`)
    const ids = [first, next].flatMap(({ body }) => (body.items as { id: number }[]).map(({ id }) => id))
    expect(ids).toHaveLength(10)
    expect(ids).toEqual([...ids].sort((a, b) => b - a))
    expect(first.text).not.toContain('@')
  })
  test('is the only one who may do this', async () => {
    const { access } = await users.logIn(await users.signUp('nosy'))
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/audit'],
      ['GET', `/${rootId}`],
      ['PATCH', `/${rootId}`],
      ['DELETE', `/${rootId}`],
      ['DELETE', `/${rootId}/mfa`],
    ] as const) {
      const body = method === 'PATCH' ? { body: '{"broken' } : {}
      expect((await users.call(method, `/api/users${path}`, { ...body, token: access })).status).toBe(403)
      expect((await users.call(method, `/api/users${path}`, body)).status).toBe(401)
    }
    for (const body of [{}, { role: 'root' }, { blocked: 'yes' }, { email: 'x@example.com' }])
      expect((await patch(rootId, body)).status).toBe(400)
  })
})

test('every list uses its index', async () => {
  const { db } = users.sql
  const log = raw.id(users.auditSchema, 'audit_log')
  const plan = async (query: ReturnType<typeof raw>) => (await query.execute(db)).rows as { key: string | null; Extra: string }[]
  for (const [query, key] of [
    [raw`explain format=traditional select id from users where email like 'finder%' order by email limit 20`, 'email'],
    [raw`explain format=traditional select id from users where username_key like 'finder%' order by username_key limit 20`, 'username_key'],
    [raw`explain format=traditional select * from users where erased_at is null order by id desc limit 20`, 'PRIMARY'],
    [raw`explain format=traditional select 1 as one from users where erased_at is null limit 10001`, 'users_present'],
    [raw`explain format=traditional select * from ${log} where user_id = 1 order by id desc limit 20`, 'audit_log_user'],
    [raw`explain format=traditional select * from ${log} where actor_id = 999999 order by id desc limit 20`, 'audit_log_actor'],
    [raw`explain format=traditional select id from users where role = 'admin' and blocked = 0 order by id`, 'users_role'],
    [raw`explain format=traditional select id from sessions where announce_due <= now() limit 500`, 'sessions_announce'],
  ] as const) {
    const [row] = await plan(query)
    expect(row).toMatchObject({ key })
    expect(row!.Extra).not.toContain('filesort')
  }
})

test('no error was logged', () => expect(users.failures).toEqual([]))
