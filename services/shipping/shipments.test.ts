import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { sql as raw } from 'kysely'
import { street, type TestShipping, testShipping } from './testing'

let shop: TestShipping
beforeAll(async () => {
  shop = await testShipping()
})
afterAll(() => shop.drop())

const record = (id: number, status: string) =>
  shop.call('POST', `/api/shipping/shipments/${id}/events`, { body: { status }, headers: shop.admin })
const get = async (path: string, userId?: number) =>
  shop.call('GET', `/api/shipping${path}`, { headers: userId === undefined ? shop.admin : await shop.as(userId) })

describe('POST /shipments/:id/events', () => {
  test('records each step, and publishes it with the next version', async () => {
    const { orderId, id } = await shop.shipped()
    for (const status of ['picked_up', 'in_transit', 'delivered']) expect((await record(id, status)).body.status).toBe(status)
    const events = await shop.published(orderId)
    expect(events.map(({ type, aggregate, data }) => [type, aggregate.version, data.status])).toEqual([
      ['shipment.created', 1, 'created'],
      ['shipment.updated', 2, 'picked_up'],
      ['shipment.updated', 3, 'in_transit'],
      ['shipment.delivered', 4, 'delivered'],
    ])
    expect(events.every(({ data }) => data.lines.length === 3)).toBe(true)
  })
  test('records that a parcel came back, also after it failed on its way', async () => {
    const [refused, lost] = [await shop.shipped(), await shop.shipped()]
    for (const status of ['picked_up', 'returned']) expect((await record(refused.id, status)).body.status).toBe(status)
    for (const status of ['picked_up', 'in_transit', 'failed', 'returned']) expect((await record(lost.id, status)).status).toBe(200)
    const events = await shop.published(refused.orderId)
    expect(events.map(({ type, data }) => [type, data.status])).toEqual([
      ['shipment.created', 'created'],
      ['shipment.updated', 'picked_up'],
      ['shipment.updated', 'returned'],
    ])
    const neverLeft = await shop.shipped()
    await record(neverLeft.id, 'failed')
    expect((await record(neverLeft.id, 'returned')).body.code).toBe('illegal_transition')
  })
  test('refuses a step that cannot follow, and an unknown status', async () => {
    const { id } = await shop.shipped()
    expect(await record(id, 'delivered')).toMatchObject({ status: 409, body: { code: 'illegal_transition' } })
    await record(id, 'picked_up')
    expect((await record(id, 'picked_up')).status).toBe(409)
    for (const status of ['voided', 'created', 'lost', 1]) expect((await record(id, String(status))).status).toBe(400)
    expect((await record(999_999, 'picked_up')).body.code).toBe('shipment_not_found')
    const asCustomer = { body: { status: 'in_transit' }, headers: await shop.as(7) }
    expect((await shop.call('POST', `/api/shipping/shipments/${id}/events`, asCustomer)).status).toBe(403)
  })
  test('records a step once for each idempotency key', async () => {
    const { orderId, id } = await shop.shipped()
    const keyed = { body: { status: 'picked_up' }, headers: { ...shop.admin, 'idempotency-key': `step-${id}` } }
    const answers = [1, 2].map(() => shop.call('POST', `/api/shipping/shipments/${id}/events`, keyed))
    expect((await Promise.all(answers)).some(({ status }) => status === 200)).toBe(true)
    const again = await shop.call('POST', `/api/shipping/shipments/${id}/events`, keyed)
    expect([again.status, again.body.status, again.headers.get('idempotent-replayed')]).toEqual([200, 'picked_up', 'true'])
    expect(await shop.published(orderId)).toHaveLength(2)
  })
  test('records a step once when it is reported several times at once', async () => {
    const { id } = await shop.shipped()
    const answers = await Promise.all(Array.from({ length: 8 }, () => record(id, 'picked_up')))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(409)])
  })
})

describe('POST /shipments/:id/ready', () => {
  const ready = async (id: number, headers = shop.admin) => shop.call('POST', `/api/shipping/shipments/${id}/ready`, { headers })
  const collected = () => shop.shipped(7, { shipping_option: 'pickup' })

  test('says since when a parcel can be collected, and publishes it once, however often it is said', async () => {
    const { orderId, id } = await collected()
    expect((await get(`/shipments/${id}`)).body).toMatchObject({ status: 'created', carrier: 'pickup', ready_at: null })
    const answers = await Promise.all(Array.from({ length: 6 }, () => ready(id)))
    const first = await ready(id)
    const { ready_at } = first.body
    expect(Date.parse(ready_at ?? '')).toBeWithin(Date.now() - 60_000, Date.now() + 1)
    for (const answer of answers) expect(answer).toMatchObject({ status: 200, body: first.body })
    const { body } = await get(`/shipments/${id}`, 7)
    expect(body).toMatchObject({ status: 'created', ready_at, events: [{ status: 'created' }] })
    const tracking = await shop.call('GET', `/api/shipping/track/${body.tracking_number}`)
    expect(tracking.body.ready_at).toBe(ready_at)
    expect((await record(id, 'picked_up')).body.ready_at).toBe(ready_at)
    expect((await shop.published(orderId)).map(({ type, aggregate, data }) => [type, aggregate.version, data.status])).toEqual([
      ['shipment.created', 1, 'created'],
      ['shipment.ready', 2, 'created'],
      ['shipment.updated', 3, 'picked_up'],
    ])
  })

  test('is refused for what a carrier takes, and once the parcel is taken or stopped', async () => {
    const [taken, stopped, carried] = [await collected(), await collected(), await shop.shipped()]
    await record(taken.id, 'picked_up')
    await shop.voidOrder(stopped.orderId)
    for (const { id } of [taken, stopped]) expect(await ready(id)).toMatchObject({ status: 409, body: { code: 'illegal_transition' } })
    expect(await ready(carried.id)).toMatchObject({ status: 409, body: { code: 'not_for_pickup' } })
    expect((await ready(999_999)).body.code).toBe('shipment_not_found')
    for (const { id } of [taken, stopped, carried]) expect((await get(`/shipments/${id}`)).body.ready_at).toBeNull()
  })

  test('is an administrator’s act, and entered as one', async () => {
    const { orderId, id } = await collected()
    expect((await ready(id, await shop.as(7))).status).toBe(403)
    expect(await shop.published(orderId)).toHaveLength(1)
    await ready(id)
    expect((await shop.acts()).at(-1)?.data).toMatchObject({
      user_id: 1,
      action: 'POST /api/shipping/shipments/:id/ready',
      target: { id: String(id) },
    })
  })
})

describe('GET /shipments', () => {
  test('shows a shipment with address and steps to its owner and to admins', async () => {
    const { id } = await shop.shipped(21)
    await record(id, 'picked_up')
    const { body } = await get(`/shipments/${id}`, 21)
    expect(body).toMatchObject({ id, status: 'picked_up', address: street })
    expect(body.events.map(({ status }) => status)).toEqual(['created', 'picked_up'])
    expect((await get(`/shipments/${id}`)).status).toBe(200)
    expect((await get(`/shipments/${id}`, 22)).body.code).toBe('shipment_not_found')
    expect((await shop.call('GET', `/api/shipping/shipments/${id}`)).status).toBe(401)
    expect((await get('/shipments/abc', 21)).status).toBe(400)
  })

  test('lists a user’s shipments, newest first, by order, status and cursor', async () => {
    const mine = [await shop.shipped(31), await shop.shipped(31), await shop.shipped(31)].map(({ id }) => id)
    const [first = 0, second = 0, third = 0] = mine
    await shop.shipped(32)
    const ids = async (query: string, userId?: number) => (await get(`/shipments${query}`, userId)).body.items.map(({ id }) => id)
    expect(await ids('', 31)).toEqual([third, second, first])
    const page = (await get('/shipments?limit=2', 31)).body
    expect(page.total).toBe(3)
    expect(await ids(`?limit=2&cursor=${page.next_cursor}`, 31)).toEqual([first])
    await record(second, 'picked_up')
    expect(await ids('?status=picked_up', 31)).toEqual([second])
    const [row] = await shop.sql.db.selectFrom('shipments').select('order_id').where('id', '=', first).execute()
    expect(await ids(`?order_id=${row?.order_id}`, 31)).toEqual([first])
    expect(await ids(`?order_id=${row?.order_id}`, 32)).toEqual([])
    expect((await ids('')).length).toBeGreaterThan(3)
    for (const query of ['?limit=0', '?limit=101', '?status=lost', '?x=1', '?cursor=x'])
      expect((await get(`/shipments${query}`, 31)).status).toBe(400)
    expect((await get('/shipments?skip=10001', 31)).body.code).toBe('use_cursor')
  })

  test('uses an index for every list and sweep', async () => {
    const { db } = shop.sql
    const keyOf = async (query: { compile(): { sql: string; parameters: readonly unknown[] } }) => {
      const compiled = query.compile()
      const parts = compiled.sql.split('?')
      const text = parts
        .map((part, i) => (i < compiled.parameters.length ? `${part}${JSON.stringify(compiled.parameters[i])}` : part))
        .join('')
      const { rows } = await raw<{ key: string | null; Extra: string }>`explain format=traditional ${raw.raw(text)}`.execute(db)
      return [rows[0]?.key, /filesort/.test(rows[0]?.Extra ?? '')]
    }
    const newest = db.selectFrom('shipments').selectAll().orderBy('id', 'desc').limit(20)
    expect(await keyOf(newest.where('user_id', '=', 31))).toEqual(['shipments_user', false])
    // With so few rows the optimizer may choose either of the user's indexes.
    expect(String(await keyOf(newest.where('user_id', '=', 31).where('status', '=', 'created')))).toMatch(
      /^shipments_user(_status)?,false$/,
    )
    expect(await keyOf(newest.where('order_id', '=', 101))).toEqual(['shipments_order', false])
    const due = db.selectFrom('shipments').select('id').where('next_look_at', '<=', new Date(0)).orderBy('next_look_at').limit(10)
    expect(await keyOf(due)).toEqual(['shipments_looks', false])
    const waiting = db.selectFrom('shipments').select('id').where('waiting_since', '<', new Date(0)).orderBy('waiting_since').limit(10)
    expect(await keyOf(waiting)).toEqual(['shipments_waiting', false])
  })
})

describe('GET /track', () => {
  test('shows the status to everyone with the number, without user, address and lines', async () => {
    const { id, orderId } = await shop.shipped(41)
    const [shipment] = await shop.shipmentsOf(orderId)
    expect(shipment?.tracking_number).toMatch(/^[0-9a-f]{32}$/)
    await record(id, 'picked_up')
    const { status, body } = await shop.call('GET', `/api/shipping/track/${shipment?.tracking_number}`)
    expect(status).toBe(200)
    const shown = ['carrier', 'carrier_tracking_number', 'carrier_tracking_url', 'events', 'ready_at', 'status']
    expect(Object.keys(body).sort()).toEqual([...shown, 'tracking_number', 'updated_at'])
    expect(body.events.map(step => step.status)).toEqual(['created', 'picked_up'])
  })
  test('answers 404 for any other number', async () => {
    expect((await shop.call('GET', `/api/shipping/track/${'0'.repeat(32)}`)).body.code).toBe('shipment_not_found')
    expect((await shop.call('GET', '/api/shipping/track/1')).status).toBe(404)
    expect(shop.failures).toEqual([])
  })
})
