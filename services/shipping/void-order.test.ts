import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { cancelled, committed, type TestShipping, testShipping } from './testing'

let shop: TestShipping
let other: Awaited<ReturnType<TestShipping['instance']>>
beforeAll(async () => {
  shop = await testShipping()
  other = await shop.instance()
})
afterAll(() => shop.drop())

const requestVoid = async (orderId: number, by: Pick<TestShipping, 'call'> = shop) => {
  const { status, body } = await by.call('POST', `/internal/orders/${orderId}/void`, { headers: await shop.asService('order') })
  return status === 200 ? 'voided' : body.code
}
const pickUp = async (id: number, by: Pick<TestShipping, 'call'> = shop) => {
  const { status, body } = await by.call('POST', `/api/shipping/shipments/${id}/events`, {
    body: { status: 'picked_up' },
    headers: shop.admin,
  })
  return status === 200 ? 'picked_up' : body.code
}

describe('voiding an order', () => {
  test('voids a shipment that is not picked up, and answers the same when it is repeated', async () => {
    const { orderId, id } = await shop.shipped()
    expect([await requestVoid(orderId), await requestVoid(orderId)]).toEqual(['voided', 'voided'])
    expect(await pickUp(id)).toBe('illegal_transition')
    expect((await shop.published(orderId)).map(({ type, aggregate, data }) => [type, aggregate.version, data.status])).toEqual([
      ['shipment.created', 1, 'created'],
      ['shipment.updated', 2, 'voided'],
    ])
  })

  test('is refused once a shipment is picked up, and changes nothing then', async () => {
    const { orderId, id } = await shop.shipped()
    await pickUp(id)
    expect(await requestVoid(orderId)).toBe('already_picked_up')
    await shop.steps.record(id, 'failed')
    expect(await requestVoid(orderId)).toBe('already_picked_up')
    expect((await shop.shipmentsOf(orderId)).map(({ status }) => status)).toEqual(['failed'])
  })

  test('voids all shipments of an order or none', async () => {
    const { orderId, id } = await shop.shipped()
    await shop.steps.record(id, 'failed')
    const request = { order_id: orderId, lines: [{ product_id: '507f1f77bcf86cd799439011', quantity: 1 }] }
    const one = (await shop.shipLines({ scope: 'test', key: undefined }, request)).body
    await shop.shipLines({ scope: 'test', key: undefined }, { order_id: orderId })
    await pickUp(one.id)
    expect(await requestVoid(orderId)).toBe('already_picked_up')
    expect((await shop.shipmentsOf(orderId)).map(({ status }) => status)).toEqual(['failed', 'picked_up', 'created'])
    await shop.receive(cancelled(orderId))
    expect((await shop.shipmentsOf(orderId)).map(({ status }) => status)).toEqual(['failed', 'picked_up', 'voided'])
  })

  test('before the stock is committed keeps the order from being shipped', async () => {
    const orderId = shop.newOrder()
    expect(await requestVoid(orderId)).toBe('voided')
    await shop.receive(committed(orderId))
    expect(await shop.shipmentsOf(orderId)).toEqual([])
  })

  test('and a pick-up at the same moment: exactly one of them succeeds, 100 times over two instances', async () => {
    const wins = { voided: 0, picked_up: 0 }
    const race = async (round: number) => {
      const { orderId, id } = await shop.shipped()
      const [by, against] = round % 2 ? [shop, other] : [other, shop]
      // One has a start of up to 16 ms, so that each wins at times.
      const startMs = (round % 5) * 4
      const [voidAfterMs, pickUpAfterMs] = round % 4 < 2 ? [0, startMs] : [startMs, 0]
      const [voided, picked] = await Promise.all([
        Bun.sleep(voidAfterMs).then(() => requestVoid(orderId, by)),
        Bun.sleep(pickUpAfterMs).then(() => pickUp(id, against)),
      ])
      expect([
        ['voided', 'illegal_transition'],
        ['already_picked_up', 'picked_up'],
      ]).toContainEqual([String(voided), String(picked)])
      const [shipment] = await shop.shipmentsOf(orderId)
      expect(shipment?.status).toBe(voided === 'voided' ? 'voided' : 'picked_up')
      wins[voided === 'voided' ? 'voided' : 'picked_up']++
    }
    for (let batch = 0; batch < 10; batch++) await Promise.all(Array.from({ length: 10 }, (_, i) => race(batch * 10 + i)))
    expect(wins.voided + wins.picked_up).toBe(100)
    expect(wins.voided * wins.picked_up).toBeGreaterThan(0)
  })

  test('while the stock is committed leaves no shipment to pick up', async () => {
    for (let round = 0; round < 20; round++) {
      const orderId = shop.newOrder()
      await Promise.all([shop.receive(committed(orderId)), requestVoid(orderId, other), other.receive(cancelled(orderId))])
      expect((await shop.shipmentsOf(orderId)).filter(({ status }) => status !== 'voided')).toEqual([])
    }
  })

  test('is open to the order service only', async () => {
    const headers = await shop.asService('payment')
    expect((await shop.call('POST', '/internal/orders/1/void', { headers })).status).toBe(403)
    expect((await shop.call('POST', '/internal/orders/1/void', { headers: shop.admin })).status).toBe(401)
    expect(shop.failures).toEqual([])
  })
})
