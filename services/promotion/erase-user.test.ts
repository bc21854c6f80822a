import { afterAll, beforeAll, expect, test } from 'bun:test'
import { accountDeleted, type TestPromotion, testPromotion } from './testing'

let shop: TestPromotion
beforeAll(async () => {
  shop = await testPromotion()
})
afterAll(async () => {
  expect(shop.failures).toEqual([])
  await shop.drop()
})

test('a deleted account leaves no kept answer to its requests, and those of others stay', async () => {
  const kept = async () => {
    const rows = await shop.sql.kernel.selectFrom('idempotency_keys').select('owner').where('answer', 'is not', null).execute()
    return rows.map(({ owner }) => Number(owner)).sort()
  }
  const add = async (user: number) => {
    const key = { ...(await shop.as(user, 'admin')), 'idempotency-key': 'mine' }
    return shop.send('POST', '/', { name: `Of ${user}`, kind: 'percentage', value: 1, automatic: false }, key)
  }
  const { body } = await add(7011)
  const codes = { ...(await shop.as(7011, 'admin')), 'idempotency-key': 'codes' }
  expect((await shop.send('POST', `/${body.id}/codes`, { count: 2 }, codes)).status).toBe(201)
  await add(7012)
  expect(await kept()).toEqual([7011, 7011, 7012])
  await shop.deliver(accountDeleted(7011))
  expect(await kept()).toEqual([7012])
  expect((await add(7012)).headers.get('idempotent-replayed')).toBe('true')
})
