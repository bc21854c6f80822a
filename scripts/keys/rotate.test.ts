import { afterAll, beforeAll, expect, test } from 'bun:test'
import { requireDataKeys } from '#services/user/data-keys'
import { type TestUsers, testDataKey, testUsers } from '#services/user/testing'
import { parseDataKeys, vaultWith } from '#services/user/vault'
import { rotateKeys } from './rotate'

let users: TestUsers
beforeAll(async () => {
  users = await testUsers()
})
afterAll(() => users.drop())

const rotate = async (step: 'add' | 'promote' | 'remove', keys: string) =>
  (await rotateKeys(step, { keys, mysqlUrl: users.url, newKey: () => testDataKey('two') })).text
const startInstance = (keys: string) => requireDataKeys({ sql: users.sql, vault: vaultWith(parseDataKeys(keys)) })

test('a key is rotated in three steps, and each waits until the one before has reached every value', async () => {
  const ann = await users.signUp('ann', { phone: '0123456789' })
  const { access } = await users.logIn(ann)
  const home = { line1: '2 Side Street', city: 'Shelbyville', region: 'IL', country: 'US' }
  const key = { 'idempotency-key': crypto.randomUUID() }
  await users.call('POST', '/api/users/me/addresses', { token: access, body: home, headers: key })
  const first = testDataKey('one')
  await startInstance(first)
  await expect(rotate('promote', first)).rejects.toThrow('one key only')
  await expect(rotate('remove', first)).rejects.toThrow('one key only')

  const added = await rotate('add', first)
  expect(added).toBe(`${testDataKey('one')},${testDataKey('two')}`)
  await expect(rotate('add', added)).rejects.toThrow('several keys')
  await expect(rotate('promote', added)).rejects.toThrow('no instance of user has started with the key two')
  await startInstance(added)

  const promoted = await rotate('promote', added)
  expect(promoted).toBe(`${testDataKey('two')},${testDataKey('one')}`)
  await startInstance(promoted)
  await expect(rotate('remove', promoted)).rejects.toThrow('still sealed')
  const next = await users.instance(promoted)
  for (let step = 0; (await next.reseal()) && step < 20; step++);

  // The link in the mail that greeted Ann, and the answer that is kept for her key, are opened with the old key until they end.
  await expect(rotate('remove', promoted)).rejects.toThrow('2 values')
  await users.sql.db.deleteFrom('mailed_tokens').execute()
  await users.sql.kernel.deleteFrom('idempotency_keys').execute()
  const removed = await rotate('remove', promoted)
  expect(removed).toBe(testDataKey('two'))
  await startInstance(removed)
  const last = await users.instance(removed)
  expect((await last.call('GET', '/api/users/me', { token: access })).body).toMatchObject({ phone: '0123456789' })
  // An underscore in an id stands for itself alone.
  await expect(rotate('remove', `${testDataKey('t_o')},${removed}`)).rejects.toThrow('still sealed')
})
