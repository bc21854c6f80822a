import { afterAll, beforeAll, expect, test } from 'bun:test'
import { hour } from '#shared/time'
import { testUsers } from './testing'

let users: Awaited<ReturnType<typeof testUsers>>
beforeAll(async () => {
  users = await testUsers()
})
afterAll(async () => {
  expect(users.failures).toEqual([])
  await users.drop()
})

const logInFrom = async (person: { email: string; password: string }, agent: string, address: string) => {
  const headers = { 'user-agent': agent, 'x-forwarded-for': address }
  const { status } = await users.call('POST', '/api/users/login', { body: { email: person.email, password: person.password }, headers })
  expect(status).toBe(200)
}
const toldOf = async (userId: number) => {
  const rows = await users.sql.kernel.selectFrom('outbox').select('body').where('type', '=', 'user.signed_in').orderBy('id').execute()
  return rows.map(({ body }) => JSON.parse(body)).filter(({ data }) => data.user_id === userId)
}

test('a login from a new device or a new address is told once, and the first login ever is not', async () => {
  const person = await users.signUp('walker')
  await logInFrom(person, 'Phone', '10.0.0.1')
  await logInFrom(person, 'Phone', '10.0.0.1')
  expect(await toldOf(person.id)).toEqual([])
  await logInFrom(person, 'Laptop', '10.0.0.1')
  await logInFrom(person, 'Phone', '10.0.0.9')
  await logInFrom(person, 'Laptop', '10.0.0.9')
  const told = await toldOf(person.id)
  const event = { user_id: person.id, warning_id: expect.any(String) }
  expect(told.map(({ data }) => data)).toEqual([event, event])
  expect(told[0].aggregate.version).toBeLessThan(told[1].aggregate.version)
})

test('the address to tell is the one at the login, though the account has another one by the time that it is asked for', async () => {
  const person = await users.signUp('moved')
  await logInFrom(person, 'Phone', '10.0.0.1')
  await logInFrom(person, 'Laptop', '10.0.0.1')
  await users.sql.db.updateTable('users').set({ email: 'thief@example.com' }).where('id', '=', person.id).execute()
  const [told] = await toldOf(person.id)
  const path = `/internal/email-warnings/${told.data.warning_id}`
  expect((await users.call('GET', path, { token: await users.asService('notification') })).body).toEqual({ email: person.email })
})

test('another address of the same IPv6 network is not new', async () => {
  const person = await users.signUp('sixth')
  await logInFrom(person, 'Phone', '2001:db8:1:2::a')
  await logInFrom(person, 'Phone', '2001:db8:1:2::b')
  expect(await toldOf(person.id)).toEqual([])
  await logInFrom(person, 'Phone', '2001:db8:9:9::a')
  expect(await toldOf(person.id)).toHaveLength(1)
  // The zeros that are left out stand in the network here, and not behind it.
  await logInFrom(person, 'Phone', '2001:db8::a')
  await logInFrom(person, 'Phone', '2001:db8::b')
  expect(await toldOf(person.id)).toHaveLength(2)
})

test('two logins at once from the same new place are told once', async () => {
  const person = await users.signUp('twin')
  await logInFrom(person, 'Phone', '10.0.0.1')
  await Promise.all([logInFrom(person, 'Tablet', '10.0.0.2'), logInFrom(person, 'Tablet', '10.0.0.2')])
  expect(await toldOf(person.id)).toHaveLength(1)
})

test('logins from ever new devices are told five times in an hour, whoever owns the address', async () => {
  const person = await users.signUp('flooder')
  for (let n = 0; n < 8; n++) await logInFrom(person, `Agent ${n}`, '10.0.0.1')
  expect(await toldOf(person.id)).toHaveLength(5)
  users.pass(hour)
  await logInFrom(person, 'Agent of the next hour', '10.0.0.1')
  expect(await toldOf(person.id)).toHaveLength(6)
})

test('what is compared is stored as hashes, fifty at most, and erased with the account', async () => {
  const person = await users.signUp('nomad')
  for (let n = 0; n < 30; n++) await logInFrom(person, `Agent ${n}`, `10.9.9.${n}`)
  const rows = () => users.sql.db.selectFrom('known_origins').selectAll().where('user_id', '=', person.id).execute()
  const kept = await rows()
  expect(kept.length).toBeLessThanOrEqual(50)
  expect(JSON.stringify(kept)).not.toMatch(/Agent|10\.9/)
  const { access } = await users.logIn(person)
  const headers = { authorization: `Bearer ${access}` }
  const erased = await users.call('DELETE', '/api/users/me', { headers, body: { current_password: person.password } })
  expect(erased.status).toBe(204)
  expect(await rows()).toEqual([])
})
