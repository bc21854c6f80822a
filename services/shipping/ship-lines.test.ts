import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { cancelled, laptop, mug, type TestShipping, testShipping } from './testing'

let shop: TestShipping
beforeAll(async () => {
  shop = await testShipping()
})
afterAll(() => shop.drop())

describe('POST /shipments', () => {
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    shop.call('POST', '/api/shipping/shipments', { body, headers: { ...shop.admin, ...headers } })
  /** An order whose first shipment failed, so that all of its lines are left to ship. */
  const failedOrder = async () => {
    const { orderId, id } = await shop.shipped()
    await shop.steps.record(id, 'failed')
    return orderId
  }

  test('splits a parcel that has not left: the lines move to a new one, and the rest stays', async () => {
    const { orderId, id } = await shop.shipped()
    const made = await post({ order_id: orderId, lines: [{ product_id: laptop, quantity: 1 }] })
    expect(made.status).toBe(201)
    expect(made.headers.get('location')).toBe(`/api/shipping/shipments/${made.body.id}`)
    expect(made.body.lines).toEqual([{ product_id: laptop, sku: 'LT-001', quantity: 1 }])
    expect(made.text).not.toContain('Main St')
    const { body: first } = await shop.call('GET', `/api/shipping/shipments/${id}`, { headers: shop.admin })
    expect(first.lines.map(({ sku, quantity }) => [sku, quantity])).toEqual([
      ['LT-001', 1],
      ['MUG-RED', 3],
      ['MUG-BLUE', 1],
    ])
    expect(first.events.map(({ status }) => status)).toEqual(['created'])
    const events = await shop.published(orderId)
    expect(events.map(({ type, aggregate, data }) => [type, aggregate.version, data.lines.length])).toEqual([
      ['shipment.created', 1, 3],
      ['shipment.updated', 2, 3],
      ['shipment.created', 1, 1],
    ])
    await shop.steps.record(id, 'picked_up')
    await shop.steps.record(made.body.id, 'picked_up')
    expect((await post({ order_id: orderId, lines: [{ product_id: laptop, quantity: 1 }] })).body.code).toBe('over_shipped')
  })

  test('voids a parcel whose last line moves out of it', async () => {
    const { orderId, id } = await shop.shipped()
    const all = { order_id: orderId, lines: shop.lines.map(({ product_id, sku, quantity }) => ({ product_id, sku, quantity })) }
    const { body: second } = await post(all)
    expect((await shop.shipmentsOf(orderId)).map(row => [row.id, row.status])).toEqual([
      [id, 'voided'],
      [second.id, 'created'],
    ])
  })

  test('ships what is in no parcel, and never more than has not left', async () => {
    const orderId = await failedOrder()
    const two = { product_id: laptop, sku: 'LT-001', quantity: 2 }
    const { body: first } = await post({ order_id: orderId, lines: [two] })
    await shop.steps.record(first.id, 'picked_up')
    expect((await post({ order_id: orderId, lines: [two] })).body.code).toBe('over_shipped')
    expect((await post({ order_id: orderId, lines: [{ product_id: mug, quantity: 1 }] })).body.code).toBe('sku_required')
    expect((await post({ order_id: orderId, lines: [{ product_id: mug, sku: 'OTHER', quantity: 1 }] })).body.code).toBe('unknown_line')
    const rest = await post({ order_id: orderId })
    expect(rest.body.lines.map(({ sku, quantity }) => [sku, quantity])).toEqual([
      ['MUG-RED', 3],
      ['MUG-BLUE', 1],
    ])
    expect((await post({ order_id: orderId })).body.code).toBe('nothing_left')
  })

  test('never ships a line twice when several requests come at once', async () => {
    const orderId = await failedOrder()
    const one = { order_id: orderId, lines: [{ product_id: mug, sku: 'MUG-RED', quantity: 1 }] }
    const answers = await Promise.all(Array.from({ length: 12 }, () => post(one)))
    expect(answers.every(({ status }) => status === 201)).toBe(true)
    const packed = (await shop.shipmentsOf(orderId)).filter(({ status }) => status === 'created')
    expect(packed.map(({ lines }) => JSON.parse(lines)[0].quantity)).toEqual([1, 1, 1])
    await Promise.all(packed.map(({ id }) => shop.steps.record(id, 'picked_up')))
    expect((await post(one)).body.code).toBe('over_shipped')
  })

  test('ships once for each idempotency key, also when the order service does not know the order any more', async () => {
    const orderId = await failedOrder()
    const body = { order_id: orderId, lines: [{ product_id: laptop, quantity: 1 }] }
    const first = await post(body, { 'idempotency-key': `k-${orderId}` })
    const known = shop.order.known.get(orderId)
    shop.order.known.delete(orderId)
    const again = await post(body, { 'idempotency-key': `k-${orderId}` })
    if (known) shop.order.known.set(orderId, known)
    expect(again.status).toBe(201)
    expect(again.body).toEqual(first.body)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect((await post({ order_id: orderId }, { 'idempotency-key': `k-${orderId}` })).status).toBe(422)
    expect((await shop.shipmentsOf(orderId)).length).toBe(2)
    const kept = await shop.sql.kernel.selectFrom('idempotency_keys').select('answer').execute()
    expect(JSON.stringify(kept)).not.toContain('Main St')
  })

  test('refuses an order that is unknown, not ready, completely shipped or cancelled', async () => {
    expect((await post({ order_id: 999_999 })).body.code).toBe('order_not_found')
    expect((await post({ order_id: shop.newOrder() })).body.code).toBe('order_not_ready')
    const { orderId } = await shop.shipped()
    expect((await post({ order_id: orderId })).body.code).toBe('nothing_left')
    await shop.receive(cancelled(orderId))
    expect((await post({ order_id: orderId })).body.code).toBe('order_cancelled')
    expect((await post({ order_id: orderId, carrier: 'dhl' })).status).toBe(409)
  })

  test('refuses invalid bodies, and everyone but admins', async () => {
    const { orderId } = await shop.shipped()
    const bad = [
      {},
      { order_id: 0 },
      { order_id: orderId, lines: [] },
      { order_id: orderId, carrier: 'pigeon' },
      { order_id: orderId, x: 1 },
    ]
    const line = (quantity: number) => ({ order_id: orderId, lines: [{ product_id: laptop, quantity }] })
    for (const body of [...bad, line(0), line(-1), line(1.5), line(10 ** 10)]) expect((await post(body)).status).toBe(400)
    expect((await shop.call('POST', '/api/shipping/shipments', { body: {} })).status).toBe(401)
    expect((await shop.call('POST', '/api/shipping/shipments', { body: {}, headers: await shop.as(7) })).status).toBe(403)
    expect(shop.failures).toEqual([])
  })
})
