import { afterAll, describe, expect, test } from 'bun:test'
import { laptop, phone, testOrders } from './testing'
import { eventsAbout } from './testing-events'

const shop = await testOrders()
const { place, deliver, send, published, known } = shop
afterAll(() => shop.stop())

const delivered = async (body: object = shop.sample, user = 42) => {
  const order = await place(body, { user })
  const events = eventsAbout(order)
  await deliver(
    events.reserved(),
    events.redeemed(),
    events.captured(),
    events.committed(),
    events.packed(),
    events.pickedUp(),
    events.delivered(),
  )
  return order
}
const ask = (id: number, quantity: number, more: object = {}, product_id = laptop) =>
  send('POST', `/api/orders/${id}/returns`, { body: { lines: [{ product_id, quantity }], reason: 'too heavy' }, ...more })
const step = (id: number, name: string) => send('POST', `/api/orders/returns/${id}/${name}`, { user: 1, admin: true })
const receive = async (id: number) => {
  await step(id, 'approve')
  return (await step(id, 'receive')).body.refund_amount
}

describe('a return', () => {
  test('is requested, approved and received; then it is published with its exact refund', async () => {
    const order = await delivered()
    const answer = await ask(order.id, 1)
    expect(answer.status).toBe(201)
    expect(answer.headers.get('location')).toBe(`/api/orders/returns/${answer.body.id}`)
    expect(answer.body).toMatchObject({
      order_id: order.id,
      status: 'requested',
      lines: [{ product_id: laptop, sku: 'LT-001', quantity: 1 }],
    })
    const { id } = answer.body
    expect((await step(id, 'approve')).body.status).toBe('approved')
    expect((await step(id, 'receive')).body).toMatchObject({ status: 'received', refund_amount: 1500 })
    expect(await published(order.id, 'order.return_received')).toMatchObject([
      {
        data: {
          ...{ order_id: order.id, return_id: id, lines: [{ sku: 'LT-001', quantity: 1 }] },
          ...{ refund_amount: 1500, currency: 'USD', line_refunds: [1500] },
        },
      },
    ])
    expect((await send('GET', `/api/orders/returns/${id}`)).body.status).toBe('received')
    expect((await send('GET', `/api/orders/${order.id}/returns`)).body.items).toHaveLength(1)
    const { body } = await send('GET', `/api/orders/${order.id}/timeline`)
    const types = body.items.map((item: { type: string }) => item.type)
    expect(types.slice(-3)).toEqual(['order.return_requested', 'order.return_approved', 'order.return_received'])
    const about = { return_id: id, order_id: order.id, user_id: order.user_id }
    const updated = await published(order.id, 'order.return_updated')
    expect(updated.map(({ data }) => data)).toEqual([
      { ...about, status: 'requested' },
      { ...about, status: 'approved' },
    ])
    // The timeline names the events that it is of, and each of them is a change of its own.
    expect(body.items.slice(-3, -1).map((item: { event_id: string }) => item.event_id)).toEqual(updated.map(event => event.id))
    const versions = (await published(order.id)).filter(event => event.due_at === null).map(event => event.aggregate.version)
    expect(new Set(versions).size).toBe(versions.length)
  })

  test('is rejected with the reason that the customer reads, or with none', async () => {
    const order = await delivered()
    const reject = (id: number, more: object = {}) =>
      send('POST', `/api/orders/returns/${id}/reject`, { user: 1, admin: true, key: `no-${id}`, ...more })
    const [worn, other] = [(await ask(order.id, 1)).body.id, (await ask(order.id, 1)).body.id]
    const body = { reason: 'It was worn.' }
    expect((await reject(worn, { body: { reason: ' ' } })).status).toBe(400)
    expect((await reject(worn, { body })).body).toMatchObject({ status: 'rejected', reason: 'too heavy', reject_reason: 'It was worn.' })
    expect((await reject(worn, { body })).headers.get('idempotent-replayed')).toBe('true')
    expect((await reject(worn)).body.code).toBe('idempotency_key_reused')
    expect((await send('GET', `/api/orders/returns/${worn}`)).body.reject_reason).toBe('It was worn.')
    expect((await reject(other)).body).not.toHaveProperty('reject_reason')
    const told = (await published(order.id, 'order.return_updated')).filter(({ data }) => data.status === 'rejected')
    expect(told.map(({ data }) => data.reason)).toEqual(['It was worn.', undefined])
    const timeline = await send('GET', `/api/orders/${order.id}/timeline`)
    expect(JSON.stringify(timeline.body)).not.toContain('worn')
  })

  test('is received once when it is repeated with its key, and answers the same', async () => {
    const order = await delivered()
    const { id } = (await ask(order.id, 1)).body
    await step(id, 'approve')
    const receiveAgain = () => send('POST', `/api/orders/returns/${id}/receive`, { user: 1, admin: true, key: 'here' })
    const [first, again] = [await receiveAgain(), await receiveAgain()]
    expect([first.status, again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 200, 'true'])
    expect(again.body).toEqual(first.body)
    expect(await published(order.id, 'order.return_received')).toHaveLength(1)
  })

  test('of a discounted and taxed line is worth its share; all parts add up to the whole', async () => {
    known.coupons.set('TEN', { percent: 10 })
    const shipping_address = { line1: 'Hauptstr. 1', city: 'Berlin', country: 'DE' }
    const order = await delivered({ items: [{ product_id: phone, quantity: 3 }], shipping_address, coupon_code: 'TEN' })
    const refunds: number[] = []
    for (let piece = 0; piece < 3; piece++) refunds.push(await receive((await ask(order.id, 1, {}, phone)).body.id))
    const cents = refunds.reduce((sum, refund) => sum + Math.round(refund * 100), 0)
    expect(cents).toBe(Math.round(order.total_amount * 100))
    expect(Math.max(...refunds) - Math.min(...refunds)).toBeLessThan(0.015)
  })

  test('never has more than was bought, however many are requested at once', async () => {
    const { id } = await delivered()
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask(id, 1)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 201, 409, 409, 409])
    expect((await ask(id, 1)).body.code).toBe('too_many_returned')
    const first = answers.find(({ status }) => status === 201)!.body.id
    await step(first, 'reject')
    expect((await ask(id, 1)).status).toBe(201)
  })

  test('is counted, approved and received behind a thousand that were rejected', async () => {
    const { id } = await delivered()
    const [at, lines] = [new Date(), JSON.stringify([{ product_id: laptop, sku: 'LT-001', quantity: 1 }])]
    const rejected = { order_id: id, user_id: 42, status: 'rejected', reason: 'x', lines, created_at: at, updated_at: at } as const
    await shop.sql.db.insertInto('returns').values(Array(1000).fill(rejected)).execute()
    expect(await receive((await ask(id, 1)).body.id)).toBeGreaterThan(0)
    expect([(await ask(id, 2)).body.code, (await ask(id, 1)).status]).toEqual(['too_many_returned', 201])
  })

  test('is refused before delivery, to other customers, and of what was not bought', async () => {
    const unpaid = await place()
    expect((await ask(unpaid.id, 1)).body.code).toBe('illegal_transition')
    const { id } = await delivered()
    expect((await ask(id, 1, { user: 43 })).status).toBe(404)
    expect((await ask(id, 1, {}, phone)).body.code).toBe('unknown_line')
    expect((await ask(id, 0)).status).toBe(400)
    const { body } = await ask(id, 1)
    expect((await send('GET', `/api/orders/returns/${body.id}`, { user: 43 })).status).toBe(404)
    expect((await send('POST', `/api/orders/returns/${body.id}/approve`)).status).toBe(403)
  })

  test('is received once, and only after approval', async () => {
    const order = await delivered()
    const { id } = (await ask(order.id, 2)).body
    expect((await step(id, 'receive')).body.code).toBe('illegal_transition')
    await step(id, 'approve')
    const answers = await Promise.all(Array.from({ length: 5 }, () => step(id, 'receive')))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(await published(order.id, 'order.return_received')).toHaveLength(1)
    expect((await step(999_999, 'approve')).status).toBe(404)
  })

  test('with an Idempotency-Key is requested once', async () => {
    const { id } = await delivered()
    const [first, again] = [await ask(id, 1, { key: 'r' }), await ask(id, 1, { key: 'r' })]
    expect(again.body).toEqual(first.body)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect((await ask(id, 2, { key: 'r' })).status).toBe(422)
  })
})

describe('the list of returns', () => {
  const list = async (query = '', who: object = {}) => (await send('GET', `/api/orders/returns${query}`, who)).body
  const idsOf = (body: { items: { id: number }[] }) => body.items.map(({ id }) => id)
  const admin = { user: 1, admin: true }

  test('has one’s own, newest first, and for an admin everybody’s; by status and by page', async () => {
    const [mine, theirs] = [await delivered(), await delivered(shop.sample, 77)]
    const first = (await ask(mine.id, 1)).body
    const second = (await ask(mine.id, 1)).body
    const other = (await ask(theirs.id, 1, { user: 77 })).body
    await step(first.id, 'approve')
    expect(await list('', { user: 77 })).toEqual({ items: [other], total: 1, skip: 0, limit: 20 })
    expect(idsOf(await list()).slice(0, 2)).toEqual([second.id, first.id])
    expect(idsOf(await list('', admin)).slice(0, 3)).toEqual([other.id, second.id, first.id])
    expect(idsOf(await list('?status=approved&limit=1'))).toEqual([first.id])
    const page = await list('?status=requested&limit=1', admin)
    expect(idsOf(page)).toEqual([other.id])
    expect(idsOf(await list(`?status=requested&limit=1&cursor=${page.next_cursor}`, admin))).toEqual([second.id])
    expect(idsOf(await list('?status=requested&limit=1&skip=1', admin))).toEqual([second.id])
    for (const query of ['status=gone', 'limit=101', 'cursor=x', 'user_id=77'])
      expect((await send('GET', `/api/orders/returns?${query}`)).status).toBe(400)
  })
})
