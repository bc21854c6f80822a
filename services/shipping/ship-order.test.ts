import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { cancelled, committed, laptop, mug, street, type TestShipping, testShipping } from './testing'

let shop: TestShipping
beforeAll(async () => {
  shop = await testShipping()
})
afterAll(() => shop.drop())

describe('an order whose stock is committed', () => {
  test('gets one shipment with all of its lines, and one event', async () => {
    const orderId = shop.newOrder()
    await shop.receive(committed(orderId))
    const [shipment, ...others] = await shop.shipmentsOf(orderId)
    expect(others).toEqual([])
    expect(shipment).toMatchObject({ status: 'created', version: 1, user_id: 7, carrier: 'sandbox', shipping_option: 'standard' })
    const [event, ...more] = await shop.published(orderId)
    expect(more).toEqual([])
    expect(event).toMatchObject({
      type: 'shipment.created',
      aggregate: { id: String(shipment?.id), version: 1 },
      data: { status: 'created' },
    })
    expect(event?.data.lines).toEqual([
      { product_id: laptop, sku: 'LT-001', quantity: 2 },
      { product_id: mug, sku: 'MUG-RED', quantity: 3 },
      { product_id: mug, sku: 'MUG-BLUE', quantity: 1 },
    ])
    expect(JSON.stringify(event)).not.toContain('Main St')
  })

  test('gets one shipment from each warehouse that its goods leave', async () => {
    const orderId = shop.newOrder()
    const [first, ...others] = shop.lines.map(line => ({ ...line, warehouse: 'main' }))
    if (!first) throw new Error('the order has no lines')
    const lines = [{ ...first, quantity: 1 }, { ...first, quantity: 1, warehouse: 'east' }, ...others]
    await shop.receive(committed(orderId, lines))
    const { body } = await shop.call('GET', `/api/shipping/shipments?order_id=${orderId}`, { headers: shop.admin })
    expect(body.items.map(({ warehouse, lines }) => [warehouse, lines.map(({ sku, quantity }) => [sku, quantity])])).toEqual([
      ['east', [['LT-001', 1]]],
      [
        'main',
        [
          ['LT-001', 1],
          ['MUG-RED', 3],
          ['MUG-BLUE', 1],
        ],
      ],
    ])
    expect((await shop.published(orderId)).flatMap(({ data }) => data.lines)).toEqual([lines[0], ...lines.slice(2), lines[1]])
  })

  test('gets one shipment from repeated messages and on several instances', async () => {
    const other = await shop.instance()
    const orderId = shop.newOrder()
    const same = committed(orderId)
    const deliveries = Array.from({ length: 10 }, (_, i) => (i % 2 ? other : shop).receive(i < 5 ? same : committed(orderId)))
    await Promise.all(deliveries)
    await shop.receive(committed(orderId))
    expect((await shop.shipmentsOf(orderId)).length).toBe(1)
    expect((await shop.published(orderId)).length).toBe(1)
  })

  test('is not asked about again once it has its shipment', async () => {
    const { orderId } = await shop.shipped()
    const before = shop.order.asked.length
    await shop.receive(committed(orderId))
    expect(shop.order.asked.length).toBe(before)
  })

  test('gets its shipment beside many others whose stock is committed at the same time, and they are asked about together', async () => {
    const orders = Array.from({ length: 30 }, (_, i) => shop.newOrder(7 + (i % 3)))
    const before = shop.order.asked.length
    const split = (orderId: number) => shop.lines.map((line, i) => (orderId % 2 && i === 0 ? { ...line, warehouse: 'east' } : line))
    await Promise.all([...orders, ...orders.slice(0, 5)].map(orderId => shop.receive(committed(orderId, split(orderId)))))
    // How many share a question depends on when the database answers each of them.
    expect(shop.order.asked.length - before).toBeLessThan(orders.length)
    for (const [i, orderId] of orders.entries()) {
      const shipments = await shop.shipmentsOf(orderId)
      expect(shipments.map(({ user_id, version }) => [user_id, version])).toEqual(
        Array.from({ length: 1 + (orderId % 2) }, () => [7 + (i % 3), 1]),
      )
      const published = await shop.published(orderId)
      expect(published.map(({ aggregate }) => Number(aggregate.id))).toEqual(shipments.map(({ id }) => id))
      expect(published.flatMap(({ data }) => data.lines)).toEqual(expect.arrayContaining(split(orderId)))
      const steps = shop.sql.db.selectFrom('shipment_steps').select(['version', 'status'])
      for (const { id } of shipments)
        expect(await steps.where('shipment_id', '=', id).execute()).toEqual([{ version: 1, status: 'created' }])
    }
  })

  test('fails alone when it cannot be sent', async () => {
    const [bad, ...good] = [shop.newOrder(7, { shipping_address: null }), shop.newOrder(), shop.newOrder()]
    const received = await Promise.allSettled([bad, ...good].map(orderId => shop.receive(committed(orderId))))
    expect(received.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
    for (const orderId of good) expect(await shop.shipmentsOf(orderId)).toHaveLength(1)
  })

  test('gets no shipment once it is cancelled, whether or not that event has arrived', async () => {
    const orderId = shop.newOrder()
    await shop.receive(cancelled(orderId))
    await shop.receive(committed(orderId))
    const late = shop.newOrder(7, { status: 'cancelled' })
    await shop.receive(committed(late))
    expect([...(await shop.shipmentsOf(orderId)), ...(await shop.shipmentsOf(late))]).toEqual([])
  })

  test('fails with an error when it has no address, and gets its shipment when the message is replayed', async () => {
    const orderId = shop.newOrder(7, { shipping_address: null })
    const message = committed(orderId)
    await expect(shop.receive(message)).rejects.toMatchObject({ code: 'order_not_sendable' })
    await expect(shop.receive(committed(999_999))).rejects.toMatchObject({ code: 'order_not_found' })
    Object.assign(shop.order.known.get(orderId) ?? {}, { shipping_address: street })
    await shop.receive(message)
    expect((await shop.shipmentsOf(orderId)).length).toBe(1)
  })

  test('is given to no carrier when the buyer collects it', async () => {
    const { orderId } = await shop.shipped(7, { shipping_option: 'pickup' })
    expect((await shop.shipmentsOf(orderId))[0]).toMatchObject({ carrier: 'pickup', next_look_at: null })
  })
})
