import { afterAll, beforeAll, expect, test } from 'bun:test'
import { testOrders } from './testing'
import { eventsAbout } from './testing-events'

let shop: Awaited<ReturnType<typeof testOrders>>
beforeAll(async () => {
  shop = await testOrders()
})
afterAll(() => shop.stop())

const timelineOf = async (id: number): Promise<{ type: string; data: object }[]> =>
  (await shop.send('GET', `/api/orders/${id}/timeline`, { admin: true })).body.items
const rowOf = (id: number) => shop.sql.db.selectFrom('orders').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
const placeMany = (count: number) => Promise.all(Array.from({ length: count }, () => shop.place()))

test('the facts of many orders that arrive together, several of one order among them, are each added to its own', async () => {
  const orders = await placeMany(20)
  const facts = orders.flatMap(order => {
    const about = eventsAbout(order)
    return order.id % 2 === 0 ? [about.captured(), about.reserved(), about.committed()] : [about.refusedByStock()]
  })
  await Promise.all(facts.map(draft => shop.deliver(draft)))
  for (const { id, user_id, items } of orders) {
    const even = id % 2 === 0
    expect(await shop.get(id)).toMatchObject(
      even ? { status: 'paid', payment_status: 'paid' } : { status: 'cancelled', payment_status: 'unpaid' },
    )
    const published = await shop.published(id, 'order.status_updated')
    expect(published.map(({ data }) => data.status)).toEqual(even ? ['awaiting_payment', 'paid'] : ['cancelled'])
    expect(published[0]?.data).toMatchObject({
      user_id,
      items: items.map(({ product_id, sku, quantity }) => ({ product_id, sku, quantity })),
    })
    const types = (await timelineOf(id)).map(({ type }) => type)
    expect(types.filter(type => type.startsWith('inventory.') || type.startsWith('payment.'))).toHaveLength(even ? 3 : 1)
    expect(types.filter(type => type === 'order.status_updated')).toHaveLength(even ? 2 : 1)
    const versions = (await shop.published(id)).map(({ aggregate }) => aggregate.version)
    expect(Math.max(...versions)).toBe((await rowOf(id)).version)
  }
})

test('the fact of an order that is not there does not hold up those of others', async () => {
  const order = await shop.place()
  await Promise.all([shop.deliver(eventsAbout({ ...order, id: 999_999 }).reserved()), shop.deliver(eventsAbout(order).reserved())])
  expect((await shop.get(order.id)).status).toBe('awaiting_payment')
})

test('a fact that is known already is shown in the timeline, and changes nothing else', async () => {
  const order = await shop.place()
  const about = eventsAbout(order)
  await shop.deliver(about.reserved(), about.captured(), about.committed(), about.packed())
  const before = await rowOf(order.id)
  const published = await shop.published(order.id)
  await shop.deliver(about.packed())
  expect(await rowOf(order.id)).toEqual(before)
  expect(await shop.published(order.id)).toEqual(published)
  expect((await timelineOf(order.id)).filter(({ type }) => type === 'shipment.created')).toHaveLength(2)
})

test('an order that an earlier release stored, without its lines beside it, goes its way', async () => {
  const [older, newer] = [await shop.place(), await shop.place()]
  await shop.sql.db.updateTable('orders').set({ lines: null }).where('id', '=', older.id).execute()
  for (const next of ['reserved', 'captured', 'committed', 'packed', 'pickedUp', 'delivered'] as const)
    await Promise.all([older, newer].map(order => shop.deliver(eventsAbout(order)[next]())))
  for (const order of [older, newer]) {
    expect((await shop.get(order.id)).status).toBe('delivered')
    const lines = eventsAbout(order).lines
    for (const { data } of await shop.published(order.id, 'order.status_updated')) expect(data.items).toEqual(lines)
  }
})
