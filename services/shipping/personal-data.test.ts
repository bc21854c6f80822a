import { afterAll, beforeAll, expect, test } from 'bun:test'
import { erased, street, type TestShipping, testShipping } from './testing'

let shop: TestShipping
beforeAll(async () => {
  shop = await testShipping()
})
afterAll(() => shop.drop())

const addressOf = async (orderId: number) => (await shop.parcels(orderId))[0]?.address
const deliver = async (id: number) => {
  for (const status of ['picked_up', 'in_transit', 'delivered'] as const) await shop.progress.report(id, status)
}

test('a person gets what is held of them, by the user service alone', async () => {
  const { id } = await shop.sent(51)
  const path = '/internal/users/51/export'
  const { text } = await shop.call('GET', path, { headers: await shop.asService('user') })
  expect(JSON.parse(text).data.shipments).toMatchObject([{ shipment_id: id, address: street, status: 'created' }])
  expect((await shop.call('GET', path, { headers: await shop.asService('order') })).status).toBe(403)
})

test('who is erased is forgotten at once where the parcel has arrived, and else when it has', async () => {
  const arrived = await shop.sent(52)
  await deliver(arrived.id)
  const underWay = await shop.sent(52)
  const others = await shop.sent(53)
  const told = erased(52)
  await shop.hear(told)
  await shop.hear(told)
  expect(await addressOf(arrived.orderId)).toBeNull()
  expect(await addressOf(underWay.orderId)).toBe(JSON.stringify(street))
  await deliver(underWay.id)
  expect(await addressOf(underWay.orderId)).toBeNull()
  expect(await addressOf(others.orderId)).toBe(JSON.stringify(street))
  const { body } = await shop.call('GET', `/api/shipping/shipments/${arrived.id}`, { headers: shop.admin })
  expect(body.address).toBeNull()
})

test('an erasure that meets the delivery forgets, whichever is first', async () => {
  const other = await shop.instance()
  for (let user = 60; user < 75; user++) {
    const { id, orderId } = await shop.sent(user)
    await shop.progress.report(id, 'picked_up')
    await Promise.all([shop.hear(erased(user)), other.progress.report(id, 'delivered')])
    expect(await addressOf(orderId)).toBeNull()
  }
})

test('nothing that is published or logged holds an address', async () => {
  const { id } = await shop.sent(80, { shipping_address: { line1: '9 Secret Road', city: 'Hidden', country: 'US' } })
  await deliver(id)
  const outbox = await shop.sql.kernel.selectFrom('outbox').selectAll().execute()
  expect(outbox.length).toBeGreaterThan(0)
  expect(JSON.stringify([outbox, shop.warnings, shop.failures])).not.toMatch(/Secret|Hidden|Main St/)
})
