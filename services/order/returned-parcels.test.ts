import { afterAll, describe, expect, test } from 'bun:test'
import { laptop, phone, testOrders } from './testing'
import { eventsAbout } from './testing-events'

const shop = await testOrders()
const { deliver, send, published, get } = shop
afterAll(() => shop.stop())

const sent = async () => {
  const items = [
    { product_id: laptop, quantity: 2 },
    { product_id: phone, quantity: 3 },
  ]
  const order = await shop.place({ ...shop.sample, items })
  const events = eventsAbout(order)
  const [laptops, phones] = events.lines.map(line => [line])
  await deliver(events.reserved(), events.captured(), events.committed())
  return { id: order.id, events, laptops: laptops ?? [], phones: phones ?? [] }
}

describe('a parcel that comes back', () => {
  test('ends the order as undeliverable when nothing was delivered', async () => {
    const { id, events } = await sent()
    await deliver(events.packed(), events.pickedUp(), events.cameBack())
    expect(await get(id)).toMatchObject({ status: 'cancelled', cancel_reason: 'undeliverable', payment_status: 'paid' })
    expect(await published(id, 'order.cancelled')).toMatchObject([{ data: { reason: 'undeliverable' } }])
    expect(await published(id, 'order.return_received')).toEqual([])
  })
  test('is returned and refunded to the cent, once, when the rest was delivered', async () => {
    const { id, events, laptops, phones: bought } = await sent()
    const phones = bought.map(line => ({ ...line, warehouse: 'main' }))
    const back = events.cameBack(phones, 6)
    await deliver(events.packed(laptops, 5), events.packed(phones, 6), back, events.delivered(laptops, 5), back)
    await deliver(events.cameBack(phones, 6), events.delivered(laptops, 5))
    expect((await get(id)).status).toBe('delivered')
    expect(await published(id, 'order.return_received')).toMatchObject([{ data: { lines: phones, refund_amount: 59.97 } }])
    const { body } = await send('GET', `/api/orders/${id}/returns`)
    expect(body.items).toMatchObject([{ status: 'received', refund_amount: 59.97, shipment_id: 6 }])
    expect(body.items[0].lines).toEqual(bought)
  })
  test('cannot be returned by the customer as well', async () => {
    const { id, events, laptops, phones } = await sent()
    await deliver(events.delivered(laptops, 7), events.cameBack(phones, 8))
    const ask = (product_id: string) =>
      send('POST', `/api/orders/${id}/returns`, { body: { lines: [{ product_id, quantity: 1 }], reason: 'too heavy' } })
    expect((await ask(phone)).body.code).toBe('too_many_returned')
    expect((await ask(laptop)).status).toBe(201)
    expect(shop.failures).toEqual([])
  })
})
