import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { userDeleted } from '#shared/catalog'
import { mostConnections } from '#shared/testing'
import type { OrderView } from './model'
import { laptop, phone, testOrders } from './testing'
import { eventsAbout } from './testing-events'

const shop = await testOrders()
const { place, deliver, send, internal, get } = shop
afterAll(() => shop.stop())

const mine: OrderView[] = []
const advance = async (order: OrderView, far: 'paid' | 'delivered') => {
  const events = eventsAbout(order)
  await deliver(events.reserved(), events.captured())
  if (far === 'delivered') await deliver(events.committed(), events.packed(), events.pickedUp(), events.delivered())
}
beforeAll(async () => {
  for (let n = 0; n < 7; n++) mine.push(await place({ ...shop.sample, items: [{ product_id: n % 2 ? laptop : phone, quantity: 1 }] }))
  await place(shop.sample, { user: 43 })
  await advance(mine[0]!, 'delivered')
  await advance(mine[1]!, 'paid')
  await send('POST', `/api/orders/${mine[2]!.id}/cancel`)
})
const idsOf = (body: { items: { id: number }[] }) => body.items.map(({ id }) => id)
const today = new Date().toISOString().slice(0, 10)

describe('the list of orders', () => {
  test('has my own, newest first', async () => {
    const { body } = await send('GET', '/api/orders')
    expect(idsOf(body)).toEqual(mine.map(({ id }) => id).toReversed())
    expect(body).toMatchObject({ total: 7, skip: 0, limit: 20 })
    expect(body.items[6]).toEqual(await get(mine[0]!.id))
    expect((await send('GET', `/api/orders?user_id=43`)).body.total).toBe(7)
  })
  test('has those of everybody, or of one user, for an admin', async () => {
    expect((await send('GET', '/api/orders', { user: 1, admin: true })).body.total).toBe(8)
    expect((await send('GET', '/api/orders?user_id=43', { user: 1, admin: true })).body.total).toBe(1)
  })
  test('is filtered by status and by time', async () => {
    expect(idsOf((await send('GET', '/api/orders?status=cancelled')).body)).toEqual([mine[2]!.id])
    expect((await send('GET', `/api/orders?from=${today}&to=${today}`)).body.total).toBe(7)
    expect((await send('GET', `/api/orders?from=${mine[5]!.created_at}`)).body.total).toBeGreaterThanOrEqual(2)
    expect((await send('GET', '/api/orders?to=2020-01-01')).body.total).toBe(0)
    for (const query of ['status=gone', 'from=2026-02-31', 'from=x', 'from=2026-02-02&to=2026-02-01', 'limit=101'])
      expect((await send('GET', `/api/orders?${query}`)).status).toBe(400)
  })
  test('shows each order once when it is followed by cursor', async () => {
    const seen: number[] = []
    let cursor = ''
    for (let pages = 0; pages < 10; pages++) {
      const { body } = await send('GET', `/api/orders?limit=3${cursor}`)
      seen.push(...idsOf(body))
      if (!body.next_cursor) break
      cursor = `&cursor=${body.next_cursor}`
    }
    expect(seen).toEqual(mine.map(({ id }) => id).toReversed())
  })
  test('hides the orders of others: they are not found', async () => {
    for (const path of ['', '/timeline', '/returns'])
      expect((await send('GET', `/api/orders/${mine[0]!.id}${path}`, { user: 43 })).body).toMatchObject({
        status: 404,
        code: 'order_not_found',
      })
  })
  test('is not for services: payment reads one order at a time, and shipping those that it names', async () => {
    const { body } = await internal('shipping', 'GET', `/internal/orders/${mine[1]!.id}`)
    expect(body).toMatchObject({
      order_id: mine[1]!.id,
      user_id: 42,
      status: 'paid',
      total_amount: 1500,
      shipping_address: '123 Main St, City',
      shipping_option: 'standard',
      items: [{ product_id: laptop, sku: 'LT-001', quantity: 1, price: 1500 }],
    })
    expect((await internal('cart', 'GET', `/internal/orders/${mine[1]!.id}`)).status).toBe(403)
    const ids = [mine[1]!.id, 999_999, mine[0]!.id]
    const { body: some } = await internal('shipping', 'POST', '/internal/orders/batch', { ids })
    expect(some.items.map(({ order_id }: { order_id: number }) => order_id).toSorted()).toEqual([mine[0]!.id, mine[1]!.id].toSorted())
    const { order_id, user_id, status, shipping_address, shipping_option } = body
    expect(some.items).toContainEqual({ order_id, user_id, status, shipping_address, shipping_option })
    expect((await internal('payment', 'POST', '/internal/orders/batch', { ids })).status).toBe(403)
    expect((await internal('shipping', 'POST', '/internal/orders/batch', { ids: [] })).status).toBe(400)
  })
})

describe('statistics', () => {
  const stats = (query: string) => send('GET', `/api/orders/stats?${query}`, { user: 1, admin: true })
  test('count orders, revenue and cancellations', async () => {
    const { status, body } = await stats(`from=${today}&to=${today}`)
    expect(status).toBe(200)
    expect(body).toMatchObject({ orders: 8, cancelled: 1, cancellation_rate: 0.125, revenue: 1519.99, average: 760, currency: 'USD' })
    expect(body.top_products.map((top: { product_id: string }) => top.product_id).toSorted()).toEqual([laptop, phone])
    expect(body.buckets).toMatchObject([{ start: today, orders: 8, revenue: 1519.99 }])
    expect((await stats('currency=EUR')).body).toMatchObject({ orders: 0, revenue: 0, cancellation_rate: 0 })
  })
  test('come by day, week or month, empty ones included', async () => {
    expect((await stats('from=2026-01-01&to=2026-01-31')).body.buckets).toHaveLength(31)
    const weeks = (await stats('from=2026-01-01&to=2026-01-31&by=week')).body.buckets
    expect([weeks[0].start, weeks.length]).toEqual(['2025-12-29', 5])
    expect((await stats('from=2024-02-10&to=2024-04-01&by=month')).body.buckets.map((one: { start: string }) => one.start)).toEqual([
      '2024-02-01',
      '2024-03-01',
      '2024-04-01',
    ])
  })
  test('are bounded, and for admins', async () => {
    expect((await stats('from=2020-01-01&to=2026-01-01')).body.code).toBe('period_too_long')
    expect((await stats('from=2026-02-01&to=2026-01-01')).body.code).toBe('invalid_period')
    expect((await send('GET', '/api/orders/stats')).status).toBe(403)
  })
})

describe('the drift report', () => {
  test('has the state, the money and the stock of each order', async () => {
    const query = `since=${new Date(0).toISOString()}&until=${new Date(Date.now() + 1000).toISOString()}`
    const { body } = await internal('discovery', 'GET', `/internal/drift?${query}`)
    const [sold, paid, cancelled, waiting] = mine.map(({ id }) => body.orders[String(id)])
    expect(sold).toEqual({
      status: 'delivered',
      payment_status: 'paid',
      total_amount: 19.99,
      currency: 'USD',
      paid: 19.99,
      has_stock: 'committed',
    })
    expect(paid).toMatchObject({ paid: 1500, has_stock: 'committed' })
    expect(cancelled).toMatchObject({ paid: 0, has_stock: 'none' })
    expect(waiting).toMatchObject({ status: 'pending', has_stock: 'none' })
    expect(body.stuck).toEqual({ count: 0, examples: [] })
  })
  test('takes one connection at a time, so that customers have the others', async () => {
    const reports = async () => {
      for (let n = 0; n < 10; n++) await shop.service.drift(new Date(0), new Date())
    }
    expect(await mostConnections(shop.sql, reports)).toBe(1)
  })
  test('names orders that are stuck', async () => {
    const inAnHour = new Date(Date.now() + 3_600_000)
    const { stuck } = await shop.service.drift(new Date(0), new Date(), inAnHour)
    expect(stuck.examples).toContain(String(mine[1]!.id))
    expect(stuck.examples).toContain(String(mine[3]!.id))
    expect(stuck.examples).not.toContain(String(mine[0]!.id))
  })
  test('names cancelled orders whose money was kept for long', async () => {
    const order = await shop.place()
    await deliver(eventsAbout(order).reserved(), eventsAbout(order).captured(), eventsAbout(order).commitFailed())
    const kept = async (minutes: number) => {
      const now = new Date(Date.now() + minutes * 60_000)
      return (await shop.service.drift(new Date(0), new Date(), now)).money_kept.examples
    }
    expect(await kept(10)).toEqual([])
    expect(await kept(20)).toEqual([String(order.id)])
    await deliver(eventsAbout(order).refunded(2999.99))
    expect(await kept(20)).toEqual([String(order.id)])
    await deliver(eventsAbout(order).refunded(3000))
    expect(await kept(20)).toEqual([])
    await shop.sql.db.deleteFrom('orders').where('id', '=', order.id).execute()
  })
  test('names an order as stuck that was delivered, and whose payment on delivery was ended before', async () => {
    const order = await shop.place()
    const { reserved, authorized, packed, pickedUp, voided, delivered, captured } = eventsAbout(order)
    const payment = { payment_method: 'cash_on_delivery' }
    const stuck = async (hours: number) => {
      const now = new Date(Date.now() + hours * 3_600_000)
      return (await shop.service.drift(new Date(0), new Date(), now)).stuck.examples.includes(String(order.id))
    }
    await deliver(reserved(), authorized(payment), packed(), pickedUp(), delivered())
    expect(await get(order.id)).toMatchObject({ status: 'delivered', payment_status: 'authorized' })
    expect(await stuck(25)).toBe(false)
    await deliver(voided(payment))
    expect(await get(order.id)).toMatchObject({ status: 'delivered', payment_status: 'unpaid' })
    expect([await stuck(23), await stuck(25)]).toEqual([false, true])
    await deliver(captured(payment))
    expect(await stuck(25)).toBe(false)
    await shop.sql.db.deleteFrom('orders').where('id', '=', order.id).execute()
  })
  test('names an order that cannot be read, and has the others', async () => {
    const broken = await shop.place()
    await shop.sql.db.updateTable('orders').set({ facts: '{}' }).where('id', '=', broken.id).execute()
    const { orders, stuck } = await shop.service.drift(new Date(0), new Date(Date.now() + 1000))
    expect(stuck.examples).toEqual([String(broken.id)])
    expect(orders).toHaveProperty(String(mine[0]!.id))
    await shop.sql.db.deleteFrom('orders').where('id', '=', broken.id).execute()
  })
})

describe('a deleted account', () => {
  test('could export its orders, and see how many are open', async () => {
    const { body } = await internal('user', 'GET', '/internal/users/42/export')
    expect(body.data.orders).toHaveLength(7)
    expect((await internal('user', 'GET', '/internal/users/42/open-orders')).body).toEqual({ count: 5 })
  })
  test('leaves no address: orders that are over lose it at once, the others when they are over', async () => {
    await deliver(userDeleted({ id: 42, version: 2 }, { user_id: 42 }))
    expect((await get(mine[0]!.id)).shipping_address).toBe('erased')
    expect((await get(mine[3]!.id)).shipping_address).toBe('123 Main St, City')
    await deliver(eventsAbout(mine[3]!).refusedByStock())
    expect((await get(mine[3]!.id)).shipping_address).toBe('erased')
    expect(shop.failures).toEqual([])
  })
  test('leaves no saved answer to its requests', async () => {
    await send('POST', '/api/orders', { user: 44, key: 'before-the-erasure', body: { ...shop.sample, shipping_address: '7 Hidden Road' } })
    const saved = async () => JSON.stringify(await shop.sql.kernel.selectFrom('idempotency_keys').select('answer').execute())
    expect(await saved()).toContain('7 Hidden Road')
    await deliver(userDeleted({ id: 44, version: 2 }, { user_id: 44 }))
    expect(await saved()).not.toContain('7 Hidden Road')
  })
  test('leaves no address in an order that was placed while it was being erased', async () => {
    await deliver(userDeleted({ id: 45, version: 2 }, { user_id: 45 }))
    const late = await place(shop.sample, { user: 45 })
    await shop.service.personalData.forgetStragglers(new Date())
    await deliver(eventsAbout(late).refusedByStock())
    expect((await get(late.id)).shipping_address).toBe('erased')
  })
})
