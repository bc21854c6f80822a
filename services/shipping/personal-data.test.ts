import { afterAll, beforeAll, expect, test } from 'bun:test'
import { erased, street, type TestShipping, testShipping } from './testing'

let shop: TestShipping
beforeAll(async () => {
  shop = await testShipping()
})
afterAll(() => shop.drop())

const addressOf = async (orderId: number) => (await shop.shipmentsOf(orderId))[0]?.address
const deliver = async (id: number) => {
  for (const status of ['picked_up', 'in_transit', 'delivered'] as const) await shop.steps.record(id, status)
}

test('the export of a user has their shipments and addresses, and only the user service may ask for it', async () => {
  const { id } = await shop.shipped(51)
  const path = '/internal/users/51/export'
  const { text } = await shop.call('GET', path, { headers: await shop.asService('user') })
  expect(JSON.parse(text).data.shipments).toMatchObject([{ shipment_id: id, address: street, status: 'created' }])
  expect((await shop.call('GET', path, { headers: await shop.asService('order') })).status).toBe(403)
})

test('an erased user’s address is removed at once from delivered shipments, and from the others when they are delivered', async () => {
  const arrived = await shop.shipped(52)
  await deliver(arrived.id)
  const underWay = await shop.shipped(52)
  const others = await shop.shipped(53)
  const message = erased(52)
  await shop.receive(message)
  await shop.receive(message)
  expect(await addressOf(arrived.orderId)).toBeNull()
  expect(await addressOf(underWay.orderId)).toBe(JSON.stringify(street))
  await deliver(underWay.id)
  expect(await addressOf(underWay.orderId)).toBeNull()
  expect(await addressOf(others.orderId)).toBe(JSON.stringify(street))
  const { body } = await shop.call('GET', `/api/shipping/shipments/${arrived.id}`, { headers: shop.admin })
  expect(body.address).toBeNull()
})

test('an account that is erased again, after a restored backup, loses what came back and nothing else', async () => {
  await shop.receive(erased(56))
  const back = await shop.shipped(56)
  await deliver(back.id)
  await shop.sql.db
    .updateTable('shipments')
    .set({ address: JSON.stringify(street) })
    .where('id', '=', back.id)
    .execute()
  const others = await shop.shipped(57)
  await shop.receive(erased(56, 3))
  expect([await addressOf(back.orderId), await addressOf(others.orderId)]).toEqual([null, JSON.stringify(street)])
  expect(await shop.sql.db.selectFrom('erased_users').select('user_id').where('user_id', '=', 56).execute()).toHaveLength(1)
})

test('an erased user’s kept answers are removed, whichever route gave them, and nobody else’s', async () => {
  const kept = async () => {
    const rows = await shop.sql.kernel.selectFrom('idempotency_keys').select(['owner', 'answer']).where('answer', 'is not', null).execute()
    return rows.map(({ owner }) => Number(owner)).sort()
  }
  const keyed = async (user: number) => ({ ...(await shop.as(user, 'admin')), 'idempotency-key': 'mine' })
  const zone = (user: number) => ({ name: `Zone of ${user}`, countries: [] })
  const { id } = await shop.shipped(54)
  const step = { body: { status: 'picked_up' }, headers: await keyed(54) }
  expect((await shop.call('POST', `/api/shipping/shipments/${id}/events`, step)).status).toBe(200)
  for (const user of [54, 55])
    expect((await shop.call('POST', '/api/shipping/zones', { body: zone(user), headers: await keyed(user) })).status).toBe(201)
  expect(await kept()).toEqual([54, 54, 55])
  await shop.receive(erased(54))
  expect(await kept()).toEqual([55])
  const again = await shop.call('POST', '/api/shipping/zones', { body: zone(55), headers: await keyed(55) })
  expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 'true'])
})

test('an erasure and a delivery at the same moment remove the address, whichever is first', async () => {
  const other = await shop.instance()
  for (let user = 60; user < 75; user++) {
    const { id, orderId } = await shop.shipped(user)
    await shop.steps.record(id, 'picked_up')
    await Promise.all([shop.receive(erased(user)), other.steps.record(id, 'delivered')])
    expect(await addressOf(orderId)).toBeNull()
  }
})

test('no event and no log line contains an address', async () => {
  const { id } = await shop.shipped(80, { shipping_address: { line1: '9 Secret Road', city: 'Hidden', country: 'US' } })
  await deliver(id)
  const outbox = await shop.sql.kernel.selectFrom('outbox').selectAll().execute()
  expect(outbox.length).toBeGreaterThan(0)
  expect(JSON.stringify([outbox, shop.warnings, shop.failures])).not.toMatch(/Secret|Hidden|Main St/)
})
