import { afterAll, beforeAll, expect, test } from 'bun:test'
import { createLog } from '#shared/log'
import { openRedis } from '#shared/redis'
import { eventually } from '#shared/testing'
import { type TestUsers, testDataKey, testUsers } from './testing'

let users: TestUsers
let isolated: Awaited<ReturnType<TestUsers['instance']>>
let nowhere: Awaited<ReturnType<typeof openRedis>>
beforeAll(async () => {
  users = await testUsers()
  // No server listens on this port.
  nowhere = await openRedis({ url: 'redis://127.0.0.1:27399', prefix: 'user', log: createLog('user', 'silent') })
  isolated = await users.instance(testDataKey('one'), nowhere)
})
afterAll(async () => {
  await isolated.close()
  await nowhere.close()
  await users.drop()
})

test('without Redis a login is 503, since failures could not be counted', async () => {
  const { email, password } = await users.signUp('ann')
  const { status, headers } = await isolated.call('POST', '/auth/login', { body: { email, password } })
  expect(status).toBe(503)
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
})

test('without Redis a session still ends, and the end is published once Redis is back', async () => {
  const person = await users.signUp('bob')
  const { access, refresh } = await users.logIn(person)
  expect((await isolated.call('POST', '/auth/logout', { token: access })).status).toBe(204)
  expect((await users.call('POST', '/auth/refresh', { body: { refresh_token: refresh } })).status).toBe(401)
  await users.sessions.publishDue()
  await eventually(async () => (await users.call('GET', '/api/users/me', { token: access })).status === 401)
})
