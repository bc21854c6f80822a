import { afterAll, beforeAll, expect, test } from 'bun:test'
import { eventually } from '#shared/testing'
import { hour } from '#shared/time'
import { type TestUsers, testUsers } from './testing'

let users: TestUsers
beforeAll(async () => {
  users = await testUsers()
})
afterAll(async () => {
  expect(users.failures).toEqual([])
  await users.drop()
})

const eventsOf = async (type: string, userId: number) => (await users.published(type)).filter(({ data }) => data.user_id === userId)
const asNotification = async (path: string) => (await users.call('GET', path, { token: await users.asService('notification') })).body
const warnedOf = async (userId: number) => {
  const events = await eventsOf('user.password_changed', userId)
  return Promise.all(events.map(async ({ data }) => (await asNotification(`/internal/email-warnings/${data.warning_id}`)).email))
}
const change = async (person: { email: string; password: string }, new_password: string) => {
  const { access: token } = await users.logIn(person)
  const body = { current_password: person.password, new_password }
  return (await users.call('POST', '/api/users/me/password', { token, body })).status
}

test('warns the address that the account had then, once, and nobody when it is refused', async () => {
  const ann = await users.signUp('ann')
  expect(await change(ann, 'short')).toBe(400)
  expect(await warnedOf(ann.id)).toEqual([])
  expect(await change(ann, 'another password')).toBe(204)
  await users.sql.db.updateTable('users').set({ email: 'thief@example.com' }).where('id', '=', ann.id).execute()
  expect(await warnedOf(ann.id)).toEqual([ann.email])
  const [updated, changed] = await Promise.all(['user.updated', 'user.password_changed'].map(type => eventsOf(type, ann.id)))
  expect(changed?.at(-1)?.aggregate.version).toBeGreaterThan(updated?.at(-1)?.aggregate.version ?? 0)
})

test('warns as well when it was set by a mailed link', async () => {
  const bob = await users.signUp('bob')
  await users.passwordResets.request(bob.email)
  const asked = await eventually(async () => (await eventsOf('user.password_reset_requested', bob.id))[0])
  const { token } = await asNotification(`/internal/tokens/${asked.data.token_id}`)
  const reset = () => users.call('POST', '/api/users/password/reset', { body: { token, new_password: 'a brand new password' } })
  expect([(await reset()).status, (await reset()).status]).toEqual([204, 400])
  expect(await warnedOf(bob.id)).toEqual([bob.email])
})

test('is told five times in an hour at most, since the address may be a stranger’s, and set all the same', async () => {
  const eve = await users.signUp('eve')
  for (let n = 0; n < 6; n++) {
    expect(await change(eve, `password number ${n}`)).toBe(204)
    eve.password = `password number ${n}`
  }
  expect(await warnedOf(eve.id)).toHaveLength(5)
  users.pass(hour)
  expect(await change(eve, 'the last password')).toBe(204)
  expect(await warnedOf(eve.id)).toHaveLength(6)
})
