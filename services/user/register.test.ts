import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
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

describe('registering', () => {
  test('answers with the account and its location, without the password', async () => {
    const { status, body, headers, text } = await register(ann)
    expect(status).toBe(201)
    const { id: _, created_at, ...rest } = body
    const { password, ...shown } = ann
    expect(rest).toEqual({ ...shown, role: 'customer', email_verified: false })
    expect(headers.get('location')).toBe('/api/users/me')
    expect(text).not.toContain(password)
    expect(new Date(String(created_at)).getTime()).toBeGreaterThan(0)
  })
  test('does not need a phone or an address, and takes an address as text or as fields', async () => {
    const plain = await register({ ...ann, email: 'b@example.com', username: 'bob', phone: undefined, address: undefined })
    expect(plain.body).toMatchObject({ phone: null, address: null })
    const address = { line1: '1 Main Street', city: 'Springfield', region: 'IL', country: 'US' }
    expect((await register({ ...ann, email: 'c@example.com', username: 'cleo', address })).body.address).toEqual(address)
  })
  test('is 409 when the e-mail or the username is taken, whatever its case', async () => {
    expect((await register({ ...ann, email: 'ANN@example.com', username: 'other' })).body).toMatchObject({
      status: 409,
      code: 'email_taken',
    })
    expect((await register({ ...ann, email: 'other@example.com', username: 'aNN' })).body).toMatchObject({
      status: 409,
      code: 'username_taken',
    })
  })
  test('succeeds once for twenty requests at once with the same e-mail', async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, i) => register({ ...ann, email: 'rush@example.com', username: `rush${i}` })),
    )
    const statuses = all.map(({ status }) => status)
    expect(statuses.filter(status => status === 201)).toHaveLength(1)
    expect(statuses.filter(status => status === 409)).toHaveLength(19)
  })
  test('publishes its events in the order of the account’s versions', async () => {
    const { id } = await users.signUp('publisher')
    const of = async (type: string) => (await users.published(type)).find(({ data }) => data.user_id === id)
    expect((await of('user.registered'))?.aggregate).toMatchObject({ id: String(id), version: 1 })
    expect((await of('user.email_verification_requested'))?.aggregate.version).toBe(2)
  })
  test('is 400 for bad input, with every fault named and nothing echoed', async () => {
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

test('no error was logged', () => expect(users.failures).toEqual([]))
