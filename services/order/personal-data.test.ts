import { afterAll, expect, test } from 'bun:test'
import { userDeleted } from '#shared/catalog'
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

test('an erasure takes what the customer and the shop wrote about a return', async () => {
  const { id } = await shop.place(shop.sample, { user: 47 })
  const now = new Date()
  const written = { reason: 'My son broke it.', reject_reason: 'Your son was too strong.', status: 'rejected' as const, lines: '[]' }
  await shop.sql.db
    .insertInto('returns')
    .values({ order_id: id, user_id: 47, ...written, created_at: now, updated_at: now })
    .execute()
  expect((await shop.service.personalData.exportOf(47)).returns).toMatchObject([{ reject_reason: 'Your son was too strong.' }])
  await shop.deliver(userDeleted({ id: 47, version: 2 }, { user_id: 47 }))
  const kept = shop.sql.db.selectFrom('returns').select(['reason', 'reject_reason']).where('user_id', '=', 47)
  expect(await kept.execute()).toEqual([{ reason: 'erased', reject_reason: null }])
  // An instance of an earlier release leaves the shop's reason, and what is under way at an erasure writes later: the sweep takes it.
  await shop.sql.db.updateTable('returns').set({ reject_reason: written.reject_reason }).where('user_id', '=', 47).execute()
  await shop.service.personalData.forgetStragglers(new Date())
  expect(await kept.execute()).toEqual([{ reason: 'erased', reject_reason: null }])
})
