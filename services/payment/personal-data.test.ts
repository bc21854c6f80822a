import { afterAll, expect, test } from 'bun:test'
import { userDeleted } from '#shared/catalog'
import { messageOf } from '#shared/testing'
import { shopper, testPayments } from './testing'

const shop = await testPayments()
const { pay, placed, send, receive, admin } = shop
afterAll(() => shop.drop())

test('an erased user’s payments stay, and no longer say whose they were', async () => {
  const { body: payment } = await pay(placed(), {}, { 'idempotency-key': 'before-the-erasure' })
  const message = messageOf(userDeleted({ id: shopper, version: 2 }, { user_id: shopper }))
  await receive(message, message)
  const { body } = await send('GET', `/api/payments/${payment.id}`, undefined, admin)
  expect(body).toMatchObject({ id: payment.id, amount: 3000, user_id: 0 })
  expect(await shop.personalData.exportOf(shopper)).toEqual({ payments: [] })
  expect(await shop.sql.kernel.selectFrom('idempotency_keys').selectAll().where('owner', '=', shopper).execute()).toEqual([])

  // What the shop still does with them works as before.
  expect((await send('POST', `/api/payments/${payment.id}/refunds`, { amount: 1 }, admin)).status).toBe(201)
  expect(shop.failures).toEqual([])
})
