import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type TestNotification, testNotification } from './testing'
import { statusUpdated } from './testing-events'

let shop: TestNotification
beforeAll(async () => {
  shop = await testNotification()
})
afterAll(async () => {
  expect(shop.failures).toEqual([])
  await shop.stop()
})

describe('an event', () => {
  test('of an order that the shop has cancelled does not say that its buyer asked for it', async () => {
    const user = await shop.newUser()
    for (const [order, cancelled_by] of [[31, 'shop'] as const, [32, 'customer'] as const, [33, undefined] as const])
      await shop.handle(statusUpdated(order, user.id, 'cancelled', { reason: 'by_customer', ...(cancelled_by && { cancelled_by }) }))
    const { body } = await user.send('GET', '/')
    expect(body.items.map(({ text }: { text: string }) => text)).toEqual([
      'Order 33 has been cancelled.',
      'Order 32 has been cancelled, as you asked.',
      'Order 31 has been cancelled by the shop.',
    ])
  })
})
