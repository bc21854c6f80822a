import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { testOrders } from './testing'
import { eventsAbout } from './testing-events'

const shop = await testOrders()
const { place, deliver, get, published, send, known, down } = shop
afterAll(() => shop.stop())
beforeEach(() => {
  down.clear()
  known.voided.length = 0
})

const cancel = (id: number, more: object = {}) => send('POST', `/api/orders/${id}/cancel`, more)
const paid = async () => {
  const order = await place()
  const events = eventsAbout(order)
  await deliver(events.reserved(), events.captured())
  return { ...order, events }
}
const later = () => new Date(Date.now() + 60_000)

describe('cancelling', () => {
  test('ends an unpaid order at once', async () => {
    for (const more of [{}, { user: 1, admin: true }]) {
      const { id } = await place()
      const answer = await cancel(id, more)
      expect([answer.status, answer.body.status, answer.body.cancel_reason]).toEqual([200, 'cancelled', 'by_customer'])
      expect(await published(id, 'order.cancelled')).toHaveLength(1)
    }
    expect(known.voided).toEqual([])
  })

  test('says whether the customer or the shop did it, also when the sweep finishes it', async () => {
    const expectSaid = async (id: number, cancelled_by: string) => {
      const said = { status: 'cancelled', cancelled_by }
      expect((await published(id, 'order.status_updated')).at(-1)?.data).toMatchObject({ ...said, reason: 'by_customer' })
      expect(await get(id)).toMatchObject({ ...said, cancel_reason: 'by_customer' })
    }
    for (const [cancelled_by, more] of [['customer', {}] as const, ['shop', { user: 1, admin: true }] as const]) {
      for (const { id } of [await place(), await paid()]) {
        expect((await cancel(id, more)).body).toMatchObject({ cancelled_by })
        await expectSaid(id, cancelled_by)
      }
      const { id } = await paid()
      down.add('shipping')
      await cancel(id, more)
      down.clear()
      await shop.service.finishCancellations(later())
      await expectSaid(id, cancelled_by)
    }
  })

  test('says nothing of a person where none did it', async () => {
    const { id } = await place()
    await deliver(eventsAbout(await get(id)).refusedByStock())
    for (const said of [(await published(id, 'order.status_updated')).at(-1)?.data, await get(id)]) {
      expect(said).toMatchObject({ status: 'cancelled' })
      expect(said).not.toHaveProperty('cancelled_by')
    }
  })

  test('of a paid order stops the parcel first', async () => {
    const { id } = await paid()
    const answer = await cancel(id)
    expect([answer.status, answer.body.status]).toEqual([200, 'cancelled'])
    expect(known.voided).toEqual([id])
    const { body } = await send('GET', `/api/orders/${id}/timeline`)
    expect(body.items.map((item: { type: string }) => item.type).slice(-3)).toEqual([
      'order.cancel_requested',
      'order.status_updated',
      'order.cancelled',
    ])
  })

  test('is refused when the parcel was picked up: the order is delivered', async () => {
    const { id, events } = await paid()
    known.pickedUp.add(id)
    expect((await cancel(id)).body).toMatchObject({ status: 409, code: 'already_picked_up' })
    expect((await get(id)).status).toBe('paid')
    await shop.service.finishCancellations(later())
    await deliver(events.packed(), events.pickedUp())
    expect((await get(id)).status).toBe('shipped')
    expect(await published(id, 'order.cancelled')).toEqual([])
  })

  test('that shipping could not be asked about is finished by the sweep', async () => {
    const { id } = await paid()
    down.add('shipping')
    expect((await cancel(id)).body).toMatchObject({ status: 503, code: 'shipping_unavailable' })
    expect((await get(id)).status).toBe('paid')
    down.clear()
    await shop.service.finishCancellations(new Date(Date.now() - 60_000))
    expect((await get(id)).status).toBe('paid')
    await Promise.all([shop.service.finishCancellations(later()), shop.service.finishCancellations(later())])
    expect((await get(id)).status).toBe('cancelled')
    expect(await published(id, 'order.cancelled')).toHaveLength(1)
  })

  test('is finished by the sweep although an order before it fails', async () => {
    const [broken, other] = [await paid(), await paid()]
    down.add('shipping')
    for (const { id } of [broken, other]) expect((await cancel(id)).status).toBe(503)
    down.clear()
    await shop.sql.db.updateTable('orders').set({ facts: '{}' }).where('id', '=', broken.id).execute()
    await shop.service.finishCancellations(later())
    expect((await get(other.id)).status).toBe('cancelled')
    expect(shop.warnings.map(({ order_id }) => order_id)).toEqual([broken.id])
    await shop.sql.db.deleteFrom('orders').where('id', '=', broken.id).execute()
  })

  test('is logged once a sweep while shipping is down', async () => {
    const orders = [await paid(), await paid(), await paid()]
    down.add('shipping')
    for (const { id } of orders) expect((await cancel(id)).status).toBe(503)
    shop.warnings.length = 0
    await shop.service.finishCancellations(later())
    expect(shop.warnings).toMatchObject([{ failed: 3 }])
    down.clear()
    await shop.service.finishCancellations(later())
  })

  test('with an Idempotency-Key gives its answer again', async () => {
    const { id } = await paid()
    const first = await cancel(id, { key: 'off' })
    const again = await cancel(id, { key: 'off' })
    expect([again.status, again.headers.get('idempotent-replayed'), again.body]).toEqual([200, 'true', first.body])
    expect((await cancel(id, { key: 'other' })).status).toBe(409)
  })

  test('is refused in a later state, and to other customers', async () => {
    const { id, events } = await paid()
    expect((await cancel(id, { user: 43 })).status).toBe(404)
    await deliver(events.packed(), events.pickedUp())
    expect((await cancel(id)).body.code).toBe('illegal_transition')
    const other = await place()
    await cancel(other.id)
    expect((await cancel(other.id)).body).toMatchObject({ status: 409, code: 'illegal_transition' })
    expect((await cancel(999_999)).status).toBe(404)
  })

  test('ten times at once cancels once', async () => {
    const { id } = await paid()
    const answers = await Promise.all(Array.from({ length: 10 }, () => cancel(id)))
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true)
    expect(await published(id, 'order.cancelled')).toHaveLength(1)
  })

  test('beside a payment always cancels, and shows the money', async () => {
    for (let round = 0; round < 10; round++) {
      const order = await place()
      await deliver(eventsAbout(order).reserved())
      const [answer] = await Promise.all([cancel(order.id), deliver(eventsAbout(order).captured())])
      const { status, payment_status } = await get(order.id)
      expect([answer.status, status, payment_status]).toEqual([200, 'cancelled', 'paid'])
    }
  })
})
