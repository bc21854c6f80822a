import { afterAll, beforeAll, expect, test } from 'bun:test'
import { createLog } from '#shared/log'
import { openRedis } from '#shared/redis'
import { eventually } from '#shared/testing'
import { type TestUsers, testDataKey, testUsers } from './testing'

let users: TestUsers
let stranded: Awaited<ReturnType<TestUsers['instance']>>
let nowhere: Awaited<ReturnType<typeof openRedis>>
beforeAll(async () => {
  users = await testUsers()
  // Nobody listens there.
  nowhere = await openRedis({ url: 'redis://127.0.0.1:27399', prefix: 'user', log: createLog('user', 'silent') })
  stranded = await users.instance(testDataKey('one'), nowhere)
})
afterAll(async () => {
  await stranded.close()
  await nowhere.close()
  await users.drop()
})

test('without Redis nobody guesses uncounted: logging in is 503 for a while', async () => {
  const { email, password } = await users.signUp('ann')
  const { status, headers } = await stranded.call('POST', '/auth/login', { body: { email, password } })
  expect(status).toBe(503)
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
})

test('without Redis a session ends all the same, and every instance is told when it is back', async () => {
  const person = await users.signUp('bob')
  const { access, refresh } = await users.logIn(person)
  expect((await stranded.call('POST', '/auth/logout', { token: access })).status).toBe(204)
  expect((await users.call('POST', '/auth/refresh', { body: { refresh_token: refresh } })).status).toBe(401)
  await users.sessions.publishDue()
  await eventually(async () => (await users.call('GET', '/api/users/me', { token: access })).status === 401)
})
