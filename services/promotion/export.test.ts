import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type TestPromotion, testPromotion } from './testing'

let shop: TestPromotion
beforeAll(async () => {
  shop = await testPromotion()
})
afterAll(async () => {
  expect(shop.failures).toEqual([])
  await shop.drop()
})

test('the export of a user’s data has all of their redemptions, however many there are', async () => {
  const user_id = 4243
  const rows = Array.from({ length: 10_001 }, (_, n) => ({ order_id: 1_000_000 + n, user_id, state: 'rejected' as const }))
  for (let from = 0; from < rows.length; from += 2000)
    await shop.sql.db
      .insertInto('redemptions')
      .values(rows.slice(from, from + 2000))
      .execute()
  const { body } = await shop.send('GET', `/internal/users/${user_id}/export`, undefined, await shop.asService('user'))
  const exported = body.data.redemptions as { order_id: number }[]
  expect(exported.map(({ order_id }) => order_id)).toEqual(rows.map(({ order_id }) => order_id))
})
