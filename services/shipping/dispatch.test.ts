import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { cancelled, committed, laptop, mug, street, type TestShipping, testShipping } from './testing'

let shop: TestShipping
beforeAll(async () => {
  shop = await testShipping()
})
afterAll(() => shop.drop())

describe('an order whose stock is committed', () => {
  test('gets one parcel with all of its lines, told once', async () => {
    const orderId = shop.newOrder()
    await shop.hear(committed(orderId))
    const [parcel, ...others] = await shop.parcels(orderId)
    expect(others).toEqual([])
    expect(parcel).toMatchObject({ status: 'created', version: 1, user_id: 7, carrier: 'sandbox', shipping_option: 'standard' })
    const [event, ...more] = await shop.published(orderId)
    expect(more).toEqual([])
    expect(event).toMatchObject({
      type: 'shipment.created',
      aggregate: { id: String(parcel?.id), version: 1 },
      data: { status: 'created' },
    })
    expect(event?.data.lines).toEqual([
      { product_id: laptop, sku: 'LT-001', quantity: 2 },
      { product_id: mug, sku: 'MUG-RED', quantity: 3 },
      { product_id: mug, sku: 'MUG-BLUE', quantity: 1 },
    ])
    expect(JSON.stringify(event)).not.toContain('Main St')
  })

  test('gets one parcel however often and by whomever it is told', async () => {
    const other = await shop.instance()
    const orderId = shop.newOrder()
    const same = committed(orderId)
    const tellings = Array.from({ length: 10 }, (_, i) => (i % 2 ? other : shop).hear(i < 5 ? same : committed(orderId)))
    await Promise.all(tellings)
    await shop.hear(committed(orderId))
    expect((await shop.parcels(orderId)).length).toBe(1)
    expect((await shop.published(orderId)).length).toBe(1)
  })

  test('is not asked about again once its parcel is there', async () => {
    const { orderId } = await shop.sent()
    const before = shop.order.asked.length
    await shop.hear(committed(orderId))
    expect(shop.order.asked.length).toBe(before)
  })

  test('that was cancelled gets none, in whatever order that is heard', async () => {
    const orderId = shop.newOrder()
    await shop.hear(cancelled(orderId))
    await shop.hear(committed(orderId))
    const late = shop.newOrder(7, { status: 'cancelled' })
    await shop.hear(committed(late))
    expect([...(await shop.parcels(orderId)), ...(await shop.parcels(late))]).toEqual([])
  })

  test('that cannot be sent is refused aloud, so that its message is kept among the dead letters, and can be played again', async () => {
    const orderId = shop.newOrder(7, { shipping_address: null })
    const heard = committed(orderId)
    await expect(shop.hear(heard)).rejects.toMatchObject({ code: 'order_not_sendable' })
    await expect(shop.hear(committed(999_999))).rejects.toMatchObject({ code: 'order_not_found' })
    Object.assign(shop.order.known.get(orderId) ?? {}, { shipping_address: street })
    await shop.hear(heard)
    expect((await shop.parcels(orderId)).length).toBe(1)
  })

  test('that is collected is given to no carrier', async () => {
    const { orderId } = await shop.sent(7, { shipping_option: 'pickup' })
    expect((await shop.parcels(orderId))[0]).toMatchObject({ carrier: 'pickup', next_look_at: null })
  })
})

describe('POST /shipments', () => {
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    shop.call('POST', '/api/shipping/shipments', { body, headers: { ...shop.admin, ...headers } })
  /** An order whose own parcel could not go out whole. */
  const failedOrder = async () => {
    const { orderId, id } = await shop.sent()
    await shop.progress.report(id, 'failed')
    return orderId
  }

  test('sends an order in parts, and never more than it has', async () => {
    const orderId = await failedOrder()
    const first = await post({ order_id: orderId, lines: [{ product_id: laptop, quantity: 1 }] })
    expect(first.status).toBe(201)
    expect(first.headers.get('location')).toBe(`/api/shipping/shipments/${first.body.id}`)
    expect(first.body.lines).toEqual([{ product_id: laptop, sku: 'LT-001', quantity: 1 }])
    expect(first.text).not.toContain('Main St')
    const two = { product_id: laptop, sku: 'LT-001', quantity: 2 }
    expect((await post({ order_id: orderId, lines: [two] })).body.code).toBe('over_shipped')
    expect((await post({ order_id: orderId, lines: [{ product_id: mug, quantity: 1 }] })).body.code).toBe('sku_required')
    expect((await post({ order_id: orderId, lines: [{ product_id: mug, sku: 'OTHER', quantity: 1 }] })).body.code).toBe('unknown_line')
    const rest = await post({ order_id: orderId })
    expect(rest.body.lines.map(({ sku, quantity }) => [sku, quantity])).toEqual([
      ['LT-001', 1],
      ['MUG-RED', 3],
      ['MUG-BLUE', 1],
    ])
    expect((await post({ order_id: orderId })).body.code).toBe('nothing_left')
    const events = await shop.published(orderId)
    expect(events.map(({ type }) => type)).toEqual(['shipment.created', 'shipment.updated', 'shipment.created', 'shipment.created'])
  })

  test('never sends a line twice, however many try at once', async () => {
    const orderId = await failedOrder()
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => post({ order_id: orderId, lines: [{ product_id: mug, sku: 'MUG-RED', quantity: 1 }] })),
    )
    expect(answers.filter(({ status }) => status === 201).length).toBe(3)
    expect(answers.filter(({ status }) => status === 409).length).toBe(9)
  })

  test('once for an idempotency key, also when order is away by then', async () => {
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
    expect((await shop.parcels(orderId)).length).toBe(2)
    const kept = await shop.sql.kernel.selectFrom('idempotency_keys').select('answer').execute()
    expect(JSON.stringify(kept)).not.toContain('Main St')
  })

  test('sends nothing of an order that is unknown, not ready, whole on its way, or cancelled', async () => {
    expect((await post({ order_id: 999_999 })).body.code).toBe('order_not_found')
    expect((await post({ order_id: shop.newOrder() })).body.code).toBe('order_not_ready')
    const { orderId } = await shop.sent()
    expect((await post({ order_id: orderId })).body.code).toBe('nothing_left')
    await shop.hear(cancelled(orderId))
    expect((await post({ order_id: orderId })).body.code).toBe('order_cancelled')
    expect((await post({ order_id: orderId, carrier: 'dhl' })).status).toBe(409)
  })

  test('refuses what makes no sense, and whoever is no admin', async () => {
    const { orderId } = await shop.sent()
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
