import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { orderAdminActed, productAdminActed } from '#shared/catalog'
import { deliverTo, messageOf } from '#shared/testing'
import { userHandlers } from './events'
import { type TestUsers, testUsers } from './testing'

let users: TestUsers
let token: string
beforeAll(async () => {
  users = await testUsers()
  token = (await users.admin()).access
})
afterAll(() => users.drop())

const act = { user_id: 41, action: 'POST /api/orders/:id/cancel', target: { id: '7' }, request_id: 'r-1' }
const entriesOf = async (actor: number) => {
  const { body } = await users.call('GET', `/api/users/audit?actor_id=${actor}`, { token })
  return body.items as object[]
}

describe('what administrators do', () => {
  test('in a service with an outbox is entered once, however often its event comes', async () => {
    const deliver = deliverTo(userHandlers(users))
    const message = messageOf(orderAdminActed({ id: 'r-1', version: 1 }, act))
    await Promise.all([deliver(message), deliver(message)])
    await deliver(message)
    await deliver(messageOf(productAdminActed({ id: 'r-1', version: 1 }, { ...act, action: 'DELETE /api/products/:id' })))
    const [second, first, ...more] = await entriesOf(41)
    expect(first).toMatchObject({
      actor_id: 41,
      user_id: null,
      action: act.action,
      detail: '{"id":"7"}',
      request_id: 'r-1',
      at: message.time,
    })
    expect([second, more]).toEqual([expect.objectContaining({ action: 'DELETE /api/products/:id' }), []])
  })
  test('in a service without an outbox is entered by a call that only such a service may make', async () => {
    const enter = async (service: 'discovery' | 'order') =>
      users.call('POST', '/internal/audit', { body: { ...act, user_id: 42 }, token: await users.asService(service) })
    expect((await enter('order')).status).toBe(403)
    expect((await enter('discovery')).status).toBe(204)
    expect(await entriesOf(42)).toEqual([expect.objectContaining({ action: act.action, detail: '{"id":"7"}' })])
  })
  test('with accounts is published as in every service', async () => {
    const { id } = await users.signUp('managed')
    await users.call('PATCH', `/api/users/${id}`, { token, body: { blocked: true } })
    const acts = (await users.published('admin.acted')).map(({ data }) => data)
    expect(acts).toContainEqual(expect.objectContaining({ action: 'PATCH /api/users/:id', target: { id: String(id) } }))
  })
})

test('entries of an earlier release move to the log, in their order and once', async () => {
  const old = { actor_id: 43, user_id: 44, detail: null, request_id: 'r-2' }
  const actions = ['role.changed', 'account.blocked']
  await users.sql.db
    .insertInto('audit_log')
    .values(actions.map(action => ({ ...old, action })))
    .execute()
  expect(await Promise.all([users.audit.moveOldEntries(), users.audit.moveOldEntries()])).toContain(true)
  expect(await users.audit.moveOldEntries()).toBe(false)
  expect(await entriesOf(43)).toMatchObject(actions.toReversed().map(action => ({ ...old, action })))
})
