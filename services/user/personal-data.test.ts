import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { unavailable } from '#shared/errors'
import { exportRoute } from '#shared/personal-data'
import { eventually, testHttp } from '#shared/testing'
import { type TestUsers, testUsers } from './testing'

let users: TestUsers
const rootProof = { current_password: 'the admin password' }
let openOrders = 0
let isDown = false
beforeAll(async () => {
  users = await testUsers({
    openOrders: async () => openOrders,
    dataHolders: [
      {
        name: 'favourite',
        exportOf: async userId => {
          if (isDown) throw unavailable('favourite_unavailable', 'down')
          return { marked: [userId] }
        },
      },
    ],
  })
})
afterAll(() => users.drop())

const enter = async (name: string, more: object = {}) => {
  const person = await users.signUp(name, more)
  const { access: token } = await users.logIn(person)
  return {
    ...person,
    token,
    call: (method: string, path = '', body?: unknown) => users.call(method, `/api/users/me${path}`, { token, body }),
    erase: () => users.call('DELETE', '/api/users/me', { token, body: { current_password: person.password } }),
  }
}

describe('an export', () => {
  test('holds the data of this service and the answer of every other service', async () => {
    const { call, id } = await enter('ann', { phone: '0123456789', address: '1 Main Street' })
    await call('POST', '/addresses', { line1: '2 Side Street', city: 'Springfield', region: 'IL', country: 'US' })
    const { status, body, text } = await call('GET', '/export')
    expect(status).toBe(200)
    expect(body).toMatchObject({
      profile: { id, email: 'ann@example.com', phone: '0123456789', address: '1 Main Street' },
      addresses: [{ line1: '2 Side Street' }],
      sessions: [{ current: true }],
      services: { favourite: { marked: [id] } },
    })
    expect(text).toContain('account.registered')
    for (const secret of ['password', 'argon2', 'refresh']) expect(text).not.toContain(secret)
  })
  test('is 503 and names the service when one of them does not answer', async () => {
    const { call } = await enter('bob')
    isDown = true
    const { status, body, headers } = await call('GET', '/export')
    isDown = false
    expect(status).toBe(503)
    expect(body).toMatchObject({ code: 'export_incomplete', detail: expect.stringContaining('favourite') })
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  })
  test('comes from a route of the other services that only this service may call', async () => {
    const { http, asService } = await testHttp('favourite')
    const app = exportRoute({ http, exportOf: async userId => ({ marked: [userId] }) })
    const ask = async (headers?: Record<string, string>) =>
      app.handle(new Request('http://localhost/internal/users/7/export', { ...(headers && { headers }) }))
    expect(await (await ask(await asService('user'))).json()).toEqual({ data: { marked: [7] } })
    expect((await ask(await asService('cart'))).status).toBe(403)
    expect((await ask()).status).toBe(401)
  })
})

describe('erasing an account', () => {
  test('removes everything that identifies the user, ends the sessions and frees the names', async () => {
    const gone = await enter('cleo', { phone: '0123456789', address: '1 Main Street', full_name: 'Cleo Patra' })
    const street = { line1: '2 Side Street', city: 'Springfield', region: 'IL', country: 'US' }
    await users.call('POST', '/api/users/me/addresses', { token: gone.token, body: street, headers: { 'idempotency-key': 'a' } })
    await gone.call('POST', '/mfa', { current_password: gone.password })
    await gone.call('PATCH', '', { email: 'soon@example.com', current_password: gone.password })
    expect((await gone.erase()).status).toBe(204)
    await eventually(async () => (await gone.call('GET')).status === 401)
    const { db } = users.sql
    const user = await db.selectFrom('users').selectAll().where('id', '=', gone.id).executeTakeFirstOrThrow()
    for (const column of [
      'email',
      'pending_email',
      'username',
      'username_key',
      'password_hash',
      'full_name',
      'phone',
      'address',
      'mfa_secret',
    ] as const)
      expect(user[column]).toBeNull()
    expect(await users.sql.kernel.selectFrom('idempotency_keys').selectAll().where('owner', '=', gone.id).execute()).toEqual([])
    for (const table of ['addresses', 'recovery_codes', 'mailed_tokens', 'mfa_challenges'] as const)
      expect(await db.selectFrom(table).selectAll().where('user_id', '=', gone.id).execute()).toEqual([])
    const sessions = await db.selectFrom('sessions').select(['user_agent', 'client_address']).where('user_id', '=', gone.id).execute()
    for (const session of sessions) expect(session).toEqual({ user_agent: null, client_address: null })

    expect((await users.call('POST', '/auth/login', { body: { email: gone.email, password: gone.password } })).status).toBe(401)
    const anew = await users.signUp('cleo')
    expect(anew.id).toBeGreaterThan(gone.id)
  })
  test('is published once, as the last version of the account', async () => {
    const { id, erase } = await enter('dan')
    const both = await Promise.all([erase(), erase()])
    expect(both.map(({ status }) => status)).toContain(204)
    const published = (await users.published('user.deleted')).filter(({ data }) => data.user_id === id)
    expect(published).toHaveLength(1)
    expect(published[0]?.aggregate.version).toBe(3)
  })
  test('is refused while an order is open', async () => {
    const { erase } = await enter('eve')
    openOrders = 1
    expect((await erase()).body).toMatchObject({ status: 409, code: 'open_orders' })
    openOrders = 0
    expect((await erase()).status).toBe(204)
  })
  test('is open to an administrator, who leaves a note of it, under the same conditions', async () => {
    const { access: admin } = await users.admin()
    const { body: root } = await users.call('GET', '/api/users/me', { token: admin })
    const eraseOther = (id: unknown, token = admin) => users.call('DELETE', `/api/users/${id}`, { token, body: rootProof })
    const [gone, kept] = [await enter('fay'), await enter('gil')]
    expect((await eraseOther(gone.id, kept.token)).status).toBe(403)
    openOrders = 1
    expect((await eraseOther(gone.id)).body).toMatchObject({ status: 409, code: 'open_orders' })
    expect((await eraseOther(999_999)).body.code).toBe('user_not_found')
    openOrders = 0
    expect((await eraseOther(gone.id)).status).toBe(204)
    await eventually(async () => (await gone.call('GET')).status === 401)
    const row = await users.sql.db.selectFrom('users').selectAll().where('id', '=', gone.id).executeTakeFirstOrThrow()
    expect(row).toMatchObject({ email: null, full_name: null, password_hash: null })
    expect((await users.published('user.deleted')).filter(({ data }) => data.user_id === gone.id)).toHaveLength(1)
    const { body: log } = await users.call('GET', `/api/users/audit?user_id=${gone.id}`, { token: admin })
    expect(log.items).toContainEqual(expect.objectContaining({ action: 'account.erased', actor_id: root.id }))
    expect((await kept.call('GET')).status).toBe(200)
  })
  test('that is gone already is published again for services that were restored from a backup, whatever orders they have', async () => {
    const { access: token } = await users.admin()
    const gone = await enter('ivy')
    expect((await gone.erase()).status).toBe(204)
    openOrders = 1
    const again = () => users.call('DELETE', `/api/users/${gone.id}`, { token, body: rootProof })
    const both = await Promise.all([again(), again()])
    openOrders = 0
    expect(both.map(({ status }) => status)).toEqual([204, 204])
    const published = (await users.published('user.deleted')).filter(({ data }) => data.user_id === gone.id)
    const [first = 0, ...later] = published.map(({ aggregate }) => aggregate.version)
    expect(later).toEqual([first + 1, first + 2])
    const { body: log } = await users.call('GET', `/api/users/audit?user_id=${gone.id}`, { token })
    const erasures = (log.items as { action: string; detail: string | null }[]).filter(({ action }) => action === 'account.erased')
    expect(erasures.map(({ detail }) => detail)).toEqual(['again', 'again', null])
    expect((await users.call('GET', `/api/users/${gone.id}`, { token })).status).toBe(404)
  })
  test('is refused to an administrator’s token alone, without a proof of the administrator or with that of another account', async () => {
    const { access: token } = await users.admin()
    const kept = await enter('hal')
    const erase = (body?: object) => users.call('DELETE', `/api/users/${kept.id}`, { token, body })
    expect((await erase()).status).toBe(400)
    for (const proof of [{}, { code: '123456' }])
      expect((await erase(proof)).body).toMatchObject({ status: 400, code: 'current_password_required' })
    expect((await erase({ current_password: kept.password })).body).toMatchObject({ status: 401, code: 'wrong_password' })
    expect((await kept.call('GET')).status).toBe(200)
    const acts = (await users.published('admin.acted')).map(({ data }): object => data)
    expect(acts).not.toContainEqual(expect.objectContaining({ target: { id: String(kept.id) } }))
    expect((await erase(rootProof)).status).toBe(204)
  })
  test('is refused to an administrator for their own account, and for that of another who has the role', async () => {
    const { access: admin } = await users.admin()
    const { body: root } = await users.call('GET', '/api/users/me', { token: admin })
    const erase = (id: unknown) => users.call('DELETE', `/api/users/${id}`, { token: admin, body: rootProof })
    expect((await erase(root.id)).body).toMatchObject({ status: 409, code: 'own_account' })
    const { id } = await users.signUp('second')
    const change = (body: object) => users.call('PATCH', `/api/users/${id}`, { token: admin, body })
    await change({ role: 'admin' })
    expect((await erase(id)).body).toMatchObject({ status: 409, code: 'admin_account' })
    await change({ blocked: true })
    expect((await erase(id)).body.code).toBe('admin_account')
    await change({ role: 'customer' })
    expect((await erase(id)).status).toBe(204)
  })
  test('logs no error', () => expect(users.failures).toEqual([]))
})
