import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { testOrders } from './testing'
import { newsOf } from './testing-news'

const shop = await testOrders()
const { place, tell, get, published, send, known, around } = shop
afterAll(() => shop.stop())
beforeEach(() => {
  around.down.clear()
  known.voided.length = 0
})

const cancel = (id: number, more: object = {}) => send('POST', `/api/orders/${id}/cancel`, more)
const paid = async () => {
  const order = await place()
  const news = newsOf(order)
  await tell(news.reserved(), news.captured())
  return { ...order, news }
}
const later = () => new Date(Date.now() + 60_000)

describe('cancelling', () => {
  test('an unpaid order is done at once', async () => {
    for (const more of [{}, { user: 1, admin: true }]) {
      const { id } = await place()
      const answer = await cancel(id, more)
      expect([answer.status, answer.body.status, answer.body.cancel_reason]).toEqual([200, 'cancelled', 'by_customer'])
      expect(await published(id, 'order.cancelled')).toHaveLength(1)
    }
    expect(known.voided).toEqual([])
  })

  test('a paid order stops the parcel first', async () => {
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

  test('a parcel that was picked up goes on its way', async () => {
    const { id, news } = await paid()
    known.pickedUp.add(id)
    expect((await cancel(id)).body).toMatchObject({ status: 409, code: 'already_picked_up' })
    expect((await get(id)).status).toBe('paid')
    await shop.cancelling.finish(later())
    await tell(news.packed(), news.pickedUp())
    expect((await get(id)).status).toBe('shipped')
    expect(await published(id, 'order.cancelled')).toEqual([])
  })

  test('what a crash or an absent shipping service left is finished later', async () => {
    const { id } = await paid()
    around.down.add('shipping')
    expect((await cancel(id)).body).toMatchObject({ status: 503, code: 'shipping_unavailable' })
    expect((await get(id)).status).toBe('paid')
    around.down.clear()
    await shop.cancelling.finish(new Date(Date.now() - 60_000))
    expect((await get(id)).status).toBe('paid')
    await Promise.all([shop.cancelling.finish(later()), shop.cancelling.finish(later())])
    expect((await get(id)).status).toBe('cancelled')
    expect(await published(id, 'order.cancelled')).toHaveLength(1)
  })

  test('is a step like any other: not from every state, not by everybody', async () => {
    const { id, news } = await paid()
    expect((await cancel(id, { user: 43 })).status).toBe(404)
    await tell(news.packed(), news.pickedUp())
    expect((await cancel(id)).body.code).toBe('illegal_transition')
    const other = await place()
    await cancel(other.id)
    expect((await cancel(other.id)).body).toMatchObject({ status: 409, code: 'illegal_transition' })
    expect((await cancel(999_999)).status).toBe(404)
  })

  test('ten at once cancel once', async () => {
    const { id } = await paid()
    const answers = await Promise.all(Array.from({ length: 10 }, () => cancel(id)))
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true)
    expect(await published(id, 'order.cancelled')).toHaveLength(1)
  })

  test('racing a payment it ends one legal way', async () => {
    for (let round = 0; round < 10; round++) {
      const order = await place()
      await tell(newsOf(order).reserved())
      const [answer] = await Promise.all([cancel(order.id), tell(newsOf(order).captured())])
      const { status, payment_status } = await get(order.id)
      expect([answer.status, status, payment_status]).toEqual([200, 'cancelled', 'paid'])
    }
  })
})
