import { afterAll, expect, test } from 'bun:test'
import { testOrders } from './testing'

const shop = await testOrders()
afterAll(() => shop.stop())

test('an export has all orders and returns of a person, however many there are', async () => {
  const placed = await shop.place(shop.sample, { user: 46 })
  const { id, free_shipping, promised, user_erased, ...order } = await shop.sql.db
    .selectFrom('orders')
    .selectAll()
    .where('id', '=', placed.id)
    .executeTakeFirstOrThrow()
  const count = 1001
  const copies = <Row>(row: Row) => Array.from({ length: count }, () => row)
  await shop.sql.db.insertInto('orders').values(copies(order)).execute()
  const now = new Date()
  const asked = { order_id: id, user_id: 46, status: 'requested' as const, reason: 'r', lines: '[]', created_at: now, updated_at: now }
  await shop.sql.db.insertInto('returns').values(copies(asked)).execute()

  const { orders, returns } = await shop.service.personalData.exportOf(46)
  expect(new Set(orders.map(each => each.id)).size).toBe(count + 1)
  expect(new Set(returns.map(each => each.id)).size).toBe(count)
})
