import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { cancelled, committed, type TestShipping, testShipping } from './testing'

let shop: TestShipping
let other: Awaited<ReturnType<TestShipping['instance']>>
beforeAll(async () => {
  shop = await testShipping()
  other = await shop.instance()
})
afterAll(() => shop.drop())

const askVoid = async (orderId: number, by: Pick<TestShipping, 'call'> = shop) => {
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

describe('a void', () => {
  test('stops what was not picked up, and says so again when asked again', async () => {
    const { orderId, id } = await shop.sent()
    expect([await askVoid(orderId), await askVoid(orderId)]).toEqual(['voided', 'voided'])
    expect(await pickUp(id)).toBe('illegal_transition')
    expect((await shop.published(orderId)).map(({ type, aggregate, data }) => [type, aggregate.version, data.status])).toEqual([
      ['shipment.created', 1, 'created'],
      ['shipment.updated', 2, 'voided'],
    ])
  })

  test('comes too late for what was picked up, and changes nothing then', async () => {
    const { orderId, id } = await shop.sent()
    await pickUp(id)
    expect(await askVoid(orderId)).toBe('already_picked_up')
    await shop.progress.report(id, 'failed')
    expect(await askVoid(orderId)).toBe('already_picked_up')
    expect((await shop.parcels(orderId)).map(({ status }) => status)).toEqual(['failed'])
  })

  test('is all or nothing for an order in several parcels', async () => {
    const { orderId, id } = await shop.sent()
    await shop.progress.report(id, 'failed')
    const wanted = { order_id: orderId, lines: [{ product_id: '507f1f77bcf86cd799439011', quantity: 1 }] }
    const one = (await shop.dispatch.byHand({ scope: 'test', key: undefined }, wanted)).body
    await shop.dispatch.byHand({ scope: 'test', key: undefined }, { order_id: orderId })
    await pickUp(one.id)
    expect(await askVoid(orderId)).toBe('already_picked_up')
    expect((await shop.parcels(orderId)).map(({ status }) => status)).toEqual(['failed', 'picked_up', 'created'])
    await shop.hear(cancelled(orderId))
    expect((await shop.parcels(orderId)).map(({ status }) => status)).toEqual(['failed', 'picked_up', 'voided'])
  })

  test('of an order that was never heard of keeps it from ever being sent', async () => {
    const orderId = shop.newOrder()
    expect(await askVoid(orderId)).toBe('voided')
    await shop.hear(committed(orderId))
    expect(await shop.parcels(orderId)).toEqual([])
  })

  test('and a pick-up at the same moment: exactly one of them wins, a hundred times over two instances', async () => {
    const wins = { voided: 0, picked_up: 0 }
    const race = async (round: number) => {
      const { orderId, id } = await shop.sent()
      const [by, against] = round % 2 ? [shop, other] : [other, shop]
      const [voided, picked] =
        round % 4 < 2
          ? await Promise.all([askVoid(orderId, by), pickUp(id, against)])
          : (await Promise.all([pickUp(id, against), askVoid(orderId, by)])).toReversed()
      expect([
        ['voided', 'illegal_transition'],
        ['already_picked_up', 'picked_up'],
      ]).toContainEqual([String(voided), String(picked)])
      const [parcel] = await shop.parcels(orderId)
      expect(parcel?.status).toBe(voided === 'voided' ? 'voided' : 'picked_up')
      wins[voided === 'voided' ? 'voided' : 'picked_up']++
    }
    for (let batch = 0; batch < 10; batch++) await Promise.all(Array.from({ length: 10 }, (_, i) => race(batch * 10 + i)))
    expect(wins.voided + wins.picked_up).toBe(100)
    expect(wins.voided * wins.picked_up).toBeGreaterThan(0)
  })

  test('races the news of the committed stock: nothing of a void order is left to be picked up', async () => {
    for (let round = 0; round < 20; round++) {
      const orderId = shop.newOrder()
      await Promise.all([shop.hear(committed(orderId)), askVoid(orderId, other), other.hear(cancelled(orderId))])
      expect((await shop.parcels(orderId)).filter(({ status }) => status !== 'voided')).toEqual([])
    }
  })

  test('is for order alone to ask', async () => {
    const headers = await shop.asService('payment')
    expect((await shop.call('POST', '/internal/orders/1/void', { headers })).status).toBe(403)
    expect((await shop.call('POST', '/internal/orders/1/void', { headers: shop.admin })).status).toBe(401)
    expect(shop.failures).toEqual([])
  })
})
