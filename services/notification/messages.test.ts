import { describe, expect, test } from 'bun:test'
import { sql as raw } from 'kysely'
import { eventually } from '#shared/testing'
import { day } from '#shared/time'
import { testNotification } from './testing'
import { placed, registered, reviewed, shipmentMoved, statusUpdated, stockLow } from './testing-events'

const shop = await testNotification({ heartbeatMs: 100 })

describe('an event', () => {
  test('becomes one message however often and on however many instances it arrives', async () => {
    const user = await shop.newUser()
    const other = await shop.instance()
    const event = placed(1, user.id)
    await Promise.all(Array.from({ length: 6 }, (_, n) => (n % 2 ? shop : other).handle(event)))
    const { body } = await user.send('GET', '/')
    expect(body).toMatchObject({ total: 1, unread: 1 })
    expect(body.items[0]).toMatchObject({ kind: 'order_placed', class: 'order', link: 'https://shop.example/orders/1', read_at: null })
    expect(await shop.deliveriesOf(user.id)).toHaveLength(1)
    const created = (await shop.published('notification.created')).filter(({ data }) => (data as { user_id: number }).user_id === user.id)
    expect(created.map(({ data }) => data)).toEqual([{ notification_id: body.items[0].id, user_id: user.id, kind: 'order_placed' }])
  })

  test('is told once even when the inbox has forgotten its id', async () => {
    const user = await shop.newUser()
    const event = placed(2, user.id)
    await shop.handle(event)
    await shop.sql.kernel.deleteFrom('inbox').where('message_id', '=', event.id).execute()
    await shop.handle(event)
    expect((await user.send('GET', '/')).body.total).toBe(1)
    expect(await shop.deliveriesOf(user.id)).toHaveLength(1)
  })

  test('that comes with others becomes one message for each person, and what was told before is not told again', async () => {
    const users = await Promise.all(Array.from({ length: 12 }, () => shop.newUser()))
    const events = users.flatMap(({ id }, at) => [
      placed(200 + at, id),
      statusUpdated(200 + at, id, 'paid'),
      shipmentMoved(300 + at, id, 'picked_up'),
    ])
    const first = events.slice(0, 18)
    await Promise.all(first.map(event => shop.handle(event)))
    // As after a month, when the inbox has forgotten them.
    await shop.sql.kernel.deleteFrom('inbox').execute()
    const again = users.map(({ id }, at) => shipmentMoved(300 + at, id, 'in_transit'))
    await Promise.all([...events, ...again].map(event => shop.handle(event)))
    for (const [at, user] of users.entries()) {
      const { items } = (await user.send('GET', '/')).body
      const told = items.map(({ kind, data }: { kind: string; data: { order_id: number } }) => [kind, data.order_id])
      expect(told.toSorted()).toEqual([
        ['order_paid', 200 + at],
        ['order_placed', 200 + at],
        ['order_shipped', 5],
      ])
      expect(await shop.deliveriesOf(user.id)).toHaveLength(3)
    }
    const ids = new Set(users.map(({ id }) => id))
    const created = (await shop.published('notification.created')).filter(({ data }) => ids.has((data as { user_id: number }).user_id))
    expect(created).toHaveLength(36)
  })

  test('of a parcel is told once for the parcel: being picked up and being under way are one message, in any order', async () => {
    const user = await shop.newUser()
    await shop.handle(
      shipmentMoved(70, user.id, 'in_transit'),
      shipmentMoved(70, user.id, 'picked_up'),
      shipmentMoved(71, user.id, 'picked_up'),
    )
    await shop.handle(shipmentMoved(72, user.id, 'failed'))
    const { body } = await user.send('GET', '/')
    expect(body.items.map(({ kind }: { kind: string }) => kind)).toEqual(['order_shipped', 'order_shipped'])
  })

  test('of an order is told when it means something to its buyer', async () => {
    const user = await shop.newUser()
    const statuses = ['awaiting_payment', 'paid', 'fulfilling', 'shipped', 'delivered', 'cancelled']
    for (const status of statuses) await shop.handle(statusUpdated(3, user.id, status, { reason: 'out_of_stock' }))
    // Says what the order costs, after it was paid more than once.
    for (const status of ['paid', 'delivered']) await shop.handle(statusUpdated(3, user.id, status, { previous: status }))
    const { body } = await user.send('GET', '/')
    expect(body.items.map(({ kind }: { kind: string }) => kind)).toEqual(['order_cancelled', 'order_delivered', 'order_paid'])
    expect(body.items[0].data).toEqual({ order_id: 3, reason: 'out_of_stock' })
  })

  test('of low stock, or of a review that waits, goes to every administrator, and to nobody else', async () => {
    shop.neighbours.admins.add(2)
    const user = await shop.newUser()
    await shop.handle(stockLow('MUG'))
    const of = async (id: number) => (await shop.send('GET', '/', undefined, await shop.as(id, 'admin'))).body.items
    expect((await of(1))[0]).toMatchObject({ kind: 'low_stock', data: { sku: 'MUG', available: 3 } })
    expect(await of(2)).toHaveLength(1)
    expect((await user.send('GET', '/')).body.total).toBe(0)
    await shop.handle(reviewed('a'.repeat(24), 'published'), reviewed('b'.repeat(24), 'waiting'))
    expect((await of(2))[0]).toMatchObject({ kind: 'review_waiting', data: { rating_id: 'b'.repeat(24), rating: 2 } })
    expect(await of(2)).toHaveLength(2)
  })

  test('that asks for a review does so days after the delivery, once', async () => {
    const user = await shop.newUser()
    const other = await shop.instance()
    const delivered = new Date()
    const event = statusUpdated(4, user.id, 'delivered', {}, delivered)
    await shop.handle(event, event)
    const kinds = async () => (await user.send('GET', '/')).body.items.map(({ kind }: { kind: string }) => kind)
    await shop.telling.tellDue(new Date(delivered.getTime() + 7 * day - 1000))
    expect(await kinds()).toEqual(['order_delivered'])
    const due = new Date(delivered.getTime() + 7 * day)
    await Promise.all([shop.telling.tellDue(due), other.telling.tellDue(due)])
    await shop.telling.tellDue(due)
    expect(await kinds()).toEqual(['review_request', 'order_delivered'])
  })
})

describe('the list', () => {
  test('is paged from the newest, filtered by what was read, and one’s own', async () => {
    const [user, other] = await Promise.all([shop.newUser(), shop.newUser()])
    for (const order of [11, 12, 13]) await shop.handle(placed(order, user.id))
    const first = await user.send('GET', '/?limit=2')
    expect(first.body.items.map(({ data }: { data: { order_id: number } }) => data.order_id)).toEqual([13, 12])
    const second = await user.send('GET', `/?limit=2&cursor=${first.body.next_cursor}`)
    expect(second.body.items.map(({ data }: { data: { order_id: number } }) => data.order_id)).toEqual([11])
    const id = second.body.items[0].id
    expect(await other.send('POST', `/${id}/read`)).toMatchObject({ status: 404, body: { code: 'notification_not_found' } })
    const read = await user.send('POST', `/${id}/read`)
    expect(read).toMatchObject({ status: 200, body: { id } })
    expect((await user.send('POST', `/${id}/read`)).body).toEqual(read.body)
    expect((await user.send('GET', '/?unread=true')).body).toMatchObject({ total: 2, unread: 2 })
    expect((await user.send('GET', '/?unread=false')).body.items).toMatchObject([{ id }])
    expect((await other.send('GET', '/')).body.total).toBe(0)
    expect((await user.send('GET', '/?unread=perhaps')).status).toBe(400)
  })

  test('leaves out what a newer release has stored, and shows the rest', async () => {
    const user = await shop.newUser()
    for (const order of [15, 16]) await shop.handle(placed(order, user.id))
    const [newer, known] = (await user.send('GET', '/')).body.items
    await raw`update messages set kind = 'of_a_newer_release' where id = ${newer.id}`.execute(shop.sql.db)
    expect((await user.send('GET', '/')).body).toMatchObject({ items: [{ id: known.id }], total: 1, unread: 1 })
    expect((await user.send('POST', `/${newer.id}/read`)).status).toBe(404)
  })

  test('is marked as seen, then as read, and each keeps its first time', async () => {
    const user = await shop.newUser()
    await shop.handle(placed(21, user.id))
    expect((await user.send('POST', '/seen')).body).toEqual({ unread: 1 })
    const seen = (await user.send('GET', '/')).body.items[0]
    expect(seen).toMatchObject({ seen_at: expect.any(String), read_at: null })
    expect((await user.send('POST', '/read-all')).body).toEqual({ unread: 0 })
    expect((await user.send('GET', '/')).body.items[0]).toMatchObject({ seen_at: seen.seen_at, read_at: expect.any(String) })
  })

  test('is in the language of its reader: the chosen one, else that of the account', async () => {
    const user = await shop.newUser()
    shop.neighbours.people.set(user.id, { language: 'vi-VN' })
    await shop.handle(placed(31, user.id))
    const title = async () => (await user.send('GET', '/')).body.items[0].title
    const vietnamese = await title()
    await user.send('PUT', '/preferences', { language: 'ko' })
    const korean = await title()
    expect(korean).toMatch(/[가-힣]/)
    expect(vietnamese).not.toBe(korean)
    await user.send('PUT', '/preferences', { language: 'en' })
    expect(await title()).toContain('31')
  })

  test('can be read while neither the accounts nor the catalog answer', async () => {
    const user = await shop.newUser()
    await shop.handle(registered(user.id))
    shop.neighbours.down.add('user').add('product')
    expect((await user.send('GET', '/')).body.items).toMatchObject([{ kind: 'welcome' }])
    shop.neighbours.down.clear()
  })
})

describe('the stream', () => {
  const watch = async (userId: number, { by = shop, lastSeen }: { by?: Pick<typeof shop, 'app'>; lastSeen?: string } = {}) => {
    const headers = { ...(await shop.as(userId)), ...(lastSeen !== undefined && { 'last-event-id': lastSeen }) }
    const answer = await by.app.handle(new Request('http://localhost/api/notifications/stream', { headers }))
    const state = { text: '', ended: false }
    const reader = answer.body?.getReader()
    const decoder = new TextDecoder()
    const read = async () => {
      for (;;) {
        const next = await reader?.read()
        if (!next || next.done) break
        state.text += decoder.decode(next.value)
      }
      state.ended = true
    }
    if (answer.status === 200) void read().catch(() => {})
    const orders = () => [...state.text.matchAll(/id: (\d+)\ndata: (.*)\n\n/g)].map(([, , data = '{}']) => JSON.parse(data).data.order_id)
    return { answer, state, orders, leave: () => reader?.cancel() }
  }

  test('has every message of its user as it comes, on every instance and from every instance, and of nobody else', async () => {
    const [user, stranger] = await Promise.all([shop.newUser(), shop.newUser()])
    const other = await shop.instance()
    await shop.handle(placed(41, user.id))
    const [here, there, elsewhere] = [await watch(user.id), await watch(user.id, { by: other }), await watch(stranger.id)]
    await shop.handle(placed(42, user.id))
    await other.handle(placed(43, user.id))
    await eventually(() => here.orders().length === 2 && there.orders().length === 2)
    expect([here.orders(), there.orders(), elsewhere.orders()]).toEqual([[42, 43], [42, 43], []])
    for (const client of [here, there, elsewhere]) await client.leave()
  })

  test('sends what came since the last event that the client saw, and takes a forged or future id for the newest', async () => {
    const user = await shop.newUser()
    for (const order of [51, 52, 53]) await shop.handle(placed(order, user.id))
    const { body } = await user.send('GET', '/')
    const back = await watch(user.id, { lastSeen: String(body.items[2].id) })
    const forged = await watch(user.id, { lastSeen: "1' or 1=1" })
    const ahead = await watch(user.id, { lastSeen: '999999999999999' })
    await eventually(() => back.orders().length === 2)
    await shop.handle(placed(54, user.id))
    await eventually(() => [back, forged, ahead].every(client => client.orders().at(-1) === 54))
    expect([back.orders(), forged.orders(), ahead.orders()]).toEqual([[52, 53, 54], [54], [54]])
    for (const client of [back, forged, ahead]) await client.leave()
  })

  test('with the id of somebody else’s message shows nothing of theirs', async () => {
    const [user, stranger] = await Promise.all([shop.newUser(), shop.newUser()])
    await shop.handle(placed(61, user.id), placed(62, user.id))
    const spy = await watch(stranger.id, { lastSeen: '1' })
    await shop.handle(placed(63, stranger.id))
    await eventually(() => spy.orders().length > 0)
    expect(spy.orders()).toEqual([63])
    await spy.leave()
  })

  test('ends with its session, and needs a token', async () => {
    const user = await shop.newUser()
    const client = await watch(user.id)
    await eventually(() => client.state.text.includes('retry'))
    shop.streams.endSession(`session-${user.id}`)
    await eventually(() => client.state.ended)
    expect((await shop.send('GET', '/stream')).status).toBe(401)
  })
})
