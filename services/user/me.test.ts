import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { eventually } from '#shared/testing'
import { type TestUsers, testUsers } from './testing'

let users: TestUsers
beforeAll(async () => {
  users = await testUsers()
})
afterAll(() => users.drop())

const enter = async (name: string, more: object = {}) => {
  const person = await users.signUp(name, more)
  const tokens = await users.logIn(person)
  const call = (method: string, path: string, body?: unknown) => users.call(method, `/api/users/me${path}`, { token: tokens.access, body })
  return { ...person, ...tokens, call }
}
const registration = (username: string) => ({
  email: `${username}@example.com`,
  username,
  password: 'a long password',
  full_name: 'Some Body',
})
const street = { line1: '1 Main Street', city: 'Springfield', region: 'IL', postal_code: '62701', country: 'US' }

describe('my account', () => {
  test('is read and changed, and a change is published', async () => {
    const ann = await enter('ann', { phone: '0123456789' })
    const { status, body } = await ann.call('PATCH', '', {
      full_name: 'Ann Lee',
      phone: null,
      address: street,
      language: 'de',
      username: 'Annie',
    })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      full_name: 'Ann Lee',
      phone: null,
      address: street,
      language: 'de',
      username: 'Annie',
      mfa_enabled: false,
    })
    expect((await ann.call('GET', '')).body).toEqual(body)
    const versions = (await users.published('user.updated'))
      .filter(({ data }) => data.user_id === ann.id)
      .map(({ aggregate }) => aggregate.version)
    expect(versions).toEqual([3])
  })
  test('refuses another account’s names, unknown fields and an empty change', async () => {
    const bob = await enter('bob')
    expect((await bob.call('PATCH', '', { username: 'ANNIE' })).body).toMatchObject({ status: 409, code: 'username_taken' })
    const email = { email: 'ANN@example.com', current_password: bob.password }
    expect((await bob.call('PATCH', '', email)).body).toMatchObject({ status: 409, code: 'email_taken' })
    for (const body of [{}, { role: 'admin' }, { email_verified: true }, { blocked: false }, { id: 1 }, { full_name: '   ' }])
      expect((await bob.call('PATCH', '', body)).status).toBe(400)
  })
  test('needs a token on every route, whatever the body', async () => {
    for (const [method, path] of [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['POST', '/password'],
      ['GET', '/addresses'],
      ['POST', '/addresses'],
      ['PUT', '/addresses/1'],
      ['DELETE', '/addresses/1'],
      ['GET', '/sessions'],
      ['DELETE', '/sessions/x'],
      ['POST', '/mfa'],
      ['POST', '/mfa/verify'],
      ['POST', '/mfa/recovery-codes'],
      ['DELETE', '/mfa'],
      ['GET', '/export'],
      ['POST', '/verify-email'],
    ] as const) {
      const { status, body } = await users.call(method, `/api/users/me${path}`, method === 'GET' ? {} : { body: '{"broken' })
      expect({ method, path, status, code: body.code }).toEqual({ method, path, status: 401, code: 'token_required' })
    }
  })
})

describe('my password', () => {
  test('is changed with the old one, which ends every session', async () => {
    const ann = await enter('dora')
    const elsewhere = await users.logIn(ann)
    expect((await ann.call('POST', '/password', { current_password: 'a wrong guess', new_password: 'another password' })).status).toBe(401)
    expect((await ann.call('POST', '/password', { current_password: ann.password, new_password: 'short' })).status).toBe(400)
    expect((await ann.call('POST', '/password', { current_password: ann.password, new_password: 'another password' })).status).toBe(204)
    for (const token of [ann.access, elsewhere.access])
      await eventually(async () => (await users.call('GET', '/api/users/me', { token })).status === 401)
    expect((await users.call('POST', '/auth/refresh', { body: { refresh_token: elsewhere.refresh } })).status).toBe(401)
    expect((await users.logIn({ ...ann, password: 'another password' })).access).toContain('.')
  })
  test('is changed by one of two requests at the same time', async () => {
    const finn = await enter('finn')
    const change = (new_password: string) => finn.call('POST', '/password', { current_password: finn.password, new_password })
    const both = await Promise.all([change('the first password'), change('the second password')])
    expect(both.map(({ status }) => status).sort()).toEqual([204, 401])
  })
  test('cannot be guessed with a stolen token', async () => {
    const { call } = await enter('eve')
    const guess = () => call('POST', '/password', { current_password: 'a wrong guess', new_password: 'another password' })
    for (let i = 0; i < 5; i++) expect((await guess()).status).toBe(401)
    expect((await guess()).status).toBe(429)
  })
})

describe('my addresses', () => {
  test('tell the cart the country and region of the default one, in the form of today, and nothing else', async () => {
    const { id, call } = await enter('placed')
    const placeOf = async (caller: 'cart' | 'product' = 'cart') =>
      users.call('GET', `/internal/users/${id}/place`, { token: await users.asService(caller) })
    expect((await placeOf()).body).toEqual({})
    await call('POST', '/addresses', { line1: '1 Beacon St', city: 'Boston', country: 'USA', region: 'Massachusetts', is_default: true })
    expect((await placeOf()).body).toEqual({ country: 'US', region: 'MA' })
    await call('POST', '/addresses', { line1: 'Hauptstr. 1', city: 'Berlin', country: 'DE' })
    expect((await placeOf()).body).toEqual({ country: 'US', region: 'MA' })
    expect((await placeOf('product')).status).toBe(403)
  })
  test('are saved, replaced and deleted, and one of them is the default', async () => {
    const { call } = await enter('gus')
    const home = await call('POST', '/addresses', { ...street, label: 'home', is_default: true })
    expect(home.status).toBe(201)
    expect(home.headers.get('location')).toBe(`/api/users/me/addresses/${home.body.id}`)
    expect((await call('GET', `/addresses/${home.body.id}`)).body).toEqual(home.body)
    const work = await call('POST', '/addresses', { ...street, label: 'work', line1: '2 Side Street', is_default: true })
    const list = async () => (await call('GET', '/addresses')).body
    expect(await list()).toMatchObject({
      total: 2,
      items: [
        { label: 'home', is_default: false },
        { label: 'work', is_default: true },
      ],
    })
    const { region, ...plainer } = { ...street, country: 'DE' }
    const replaced = await call('PUT', `/addresses/${home.body.id}`, plainer)
    expect(replaced.body).toEqual({ ...plainer, id: home.body.id, is_default: false, created_at: home.body.created_at })
    expect((await call('DELETE', `/addresses/${work.body.id}`)).status).toBe(204)
    expect((await call('DELETE', `/addresses/${work.body.id}`)).status).toBe(404)
    expect((await list()).total).toBe(1)
  })
  test('cannot be read or changed by another user', async () => {
    const [ann, bob] = [await enter('hal'), await enter('ida')]
    const { body } = await ann.call('POST', '/addresses', street)
    expect((await bob.call('GET', `/addresses/${body.id}`)).status).toBe(404)
    expect((await bob.call('PUT', `/addresses/${body.id}`, street)).status).toBe(404)
    expect((await bob.call('DELETE', `/addresses/${body.id}`)).status).toBe(404)
    expect((await bob.call('GET', '/addresses')).body.items).toEqual([])
    expect((await ann.call('GET', '/addresses')).body.total).toBe(1)
  })
  test('have one form of country and region, as the address of the account has', async () => {
    const { call } = await enter('lou')
    const given = { ...street, region: 'Illinois', country: 'united states' }
    expect((await call('POST', '/addresses', given)).body).toMatchObject({ ...street, region: 'IL', country: 'US' })
    const { body } = await call('GET', '/addresses')
    expect(body.items).toMatchObject([{ region: 'IL', country: 'US' }])
    expect((await call('PATCH', '', { address: given })).body.address).toEqual(street)
    const { address } = (await users.call('POST', '/api/users/register', { body: { ...registration('moe'), address: given } })).body
    expect(address).toEqual(street)
    for (const [wrong, code] of [
      [{ ...street, country: 'Atlantis' }, 'unknown_country'],
      [{ ...street, region: undefined }, 'region_required'],
      [{ ...street, region: 'Bavaria' }, 'unknown_region'],
    ] as const) {
      expect((await call('POST', '/addresses', wrong)).body).toMatchObject({ status: 400, code })
      expect((await call('PATCH', '', { address: wrong })).body).toMatchObject({ status: 400, code })
      const person = { ...registration('nan'), address: wrong }
      expect((await users.call('POST', '/api/users/register', { body: person })).body).toMatchObject({ status: 400, code })
    }
  })
  test('are saved once for an idempotency key, and the answer that is kept for it is sealed', async () => {
    const { access } = await enter('pip')
    const save = (body: object) =>
      users.call('POST', '/api/users/me/addresses', { token: access, body, headers: { 'idempotency-key': 'address-1' } })
    const [first, again] = [await save(street), await save(street)]
    expect(again.body).toEqual(first.body)
    expect([first, again].map(({ headers }) => headers.get('idempotent-replayed'))).toEqual([null, 'true'])
    expect(again.headers.get('location')).toBe(first.headers.get('location'))
    expect((await save({ ...street, line1: '2 Side Street' })).status).toBe(422)
    expect((await users.call('GET', '/api/users/me/addresses', { token: access })).body.total).toBe(1)
    expect(JSON.stringify(await users.sql.kernel.selectFrom('idempotency_keys').selectAll().execute())).not.toContain('Main Street')
  })
  test('are fifty at most, also when saved at the same time', async () => {
    const { call } = await enter('jo')
    const all = await Promise.all(Array.from({ length: 54 }, () => call('POST', '/addresses', street)))
    expect(all.filter(({ status }) => status === 201)).toHaveLength(50)
    expect(all.filter(({ status }) => status === 409)).toHaveLength(4)
  })
})

describe('my sessions', () => {
  test('are listed, with the current one marked, and ended one by one', async () => {
    const kim = await enter('kim')
    const elsewhere = await users.logIn(kim)
    const { body } = await kim.call('GET', '/sessions')
    const items = body.items as { id: string; current: boolean }[]
    expect(items.map(({ current }) => current).sort()).toEqual([false, true])
    const other = items.find(({ current }) => !current)!
    expect((await kim.call('DELETE', `/sessions/${other.id}`)).status).toBe(204)
    await eventually(async () => (await users.call('GET', '/api/users/me', { token: elsewhere.access })).status === 401)
    expect((await kim.call('GET', '/sessions')).body.total).toBe(1)
    expect((await kim.call('DELETE', `/sessions/${other.id}`)).status).toBe(404)
  })
  test('cannot be ended by another user', async () => {
    const [lea, max] = [await enter('lea'), await enter('max')]
    const [mine] = (await lea.call('GET', '/sessions')).body.items as { id: string }[]
    expect((await max.call('DELETE', `/sessions/${mine!.id}`)).status).toBe(404)
    expect((await lea.call('GET', '')).status).toBe(200)
  })
})

test('no error was logged', () => expect(users.failures).toEqual([]))
