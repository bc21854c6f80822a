import { afterAll, beforeAll, expect, test } from 'bun:test'
import { createPool, type RowDataPacket } from 'mysql2/promise'
import type { List } from '../caller'
import { shop } from '../shop'
import { pieces, type Shopper, shopperOf, until } from '../shopper'
import { gateway } from './operations'
import { logIn, newPerson } from './people'

interface Message {
  id: number
  kind: string
  title: string
  text: string
}
interface Delivery {
  id: number
  kind: string
  state: string
  content: { to: string; subject: string; text: string } | null
}

const began = new Date()
const mysql = createPool({ uri: String(Bun.env.TEST_MYSQL_URL), connectionLimit: 1 })
let ann: Shopper
beforeAll(async () => {
  ann = await shop.shopper()
})
afterAll(() => mysql.end())

const kindsOf = async () => (await ann.call<List<Message>>('GET', '/api/notifications?limit=100')).items.map(({ kind }) => kind)
const deliveries = async (filter: string) =>
  (await (await shop.admin()).call<List<Delivery>>('GET', `/api/notifications/deliveries?user_id=${ann.id}&${filter}`)).items

test('a buyer is told of each step of an order once, in the shop and by mail', async () => {
  const product = await shop.addProduct({ stock: 5 })
  const { id } = await ann.buy(pieces(product, 2))
  const parcel = await ann.untilShipment(id)
  await shop.deliver(parcel.id)
  const expected = ['order_delivered', 'order_paid', 'order_placed', 'order_shipped', 'welcome']
  await until(async () => {
    expect((await kindsOf()).toSorted()).toEqual(expected)
    return true
  })
  const mails = await until(async () => {
    const sent = (await deliveries('channel=email&limit=100')).filter(({ state }) => state === 'sent' || state === 'delivered')
    return sent.length === expected.length + 1 ? sent : undefined
  })
  expect(mails.map(({ kind }) => kind).toSorted()).toEqual([...expected, 'verify_email'].toSorted())
  const placed = mails.find(({ kind }) => kind === 'order_placed')
  const { content } = await (await shop.admin()).call<Delivery>('GET', `/api/notifications/deliveries/${placed?.id}`)
  expect(content?.text).toContain('2 × Laptop')
  expect(content?.subject).toContain(String(id))
})

test('a buyer who collects an order is told when it is packed, not before, and not that it left', async () => {
  const [product, bob] = await Promise.all([shop.addProduct({ stock: 5 }), shop.shopper()])
  const { id } = await bob.buy({ ...pieces(product), shipping_option: 'pickup' })
  const messagesOnce = (count: number) =>
    until(async () => {
      const { items } = await bob.call<List<Message>>('GET', '/api/notifications?limit=100')
      return items.length >= count ? items : undefined
    })
  const parcel = await bob.untilShipment(id)
  expect((await messagesOnce(3)).map(({ kind }) => kind).toSorted()).toEqual(['order_paid', 'order_placed', 'welcome'])
  for (let said = 0; said < 2; said++) await shop.makeReady(parcel.id)
  await messagesOnce(4)
  await shop.deliver(parcel.id)
  const kinds = ['order_delivered', 'order_paid', 'order_placed', 'ready_for_pickup', 'welcome']
  const messages = await messagesOnce(kinds.length)
  expect(messages.map(({ kind }) => kind).toSorted()).toEqual(kinds)
  expect(messages.find(({ kind }) => kind === 'order_delivered')?.title).toBe(`You have collected order ${id}`)
})

test('a buyer is told how to transfer the money, and who cancelled the order', async () => {
  const [product, bob, admin] = await Promise.all([shop.addProduct({ stock: 5 }), shop.shopper(), shop.admin()])
  const placed = await bob.place(pieces(product))
  const { body: payment } = await bob.pay(placed, { payment_method: 'bank_transfer' })
  const told = (kind: string) =>
    until(async () => (await bob.call<List<Message>>('GET', '/api/notifications?limit=100')).items.find(one => one.kind === kind))
  expect((await told('payment_pending')).text).toContain(`Reference: ${payment.next_action?.reference}`)
  expect(payment.next_action?.bank_account).toContain('send no money')
  await admin.call('POST', `/api/orders/${placed.id}/cancel`)
  expect((await told('order_cancelled')).text).toBe(`Order ${placed.id} has been cancelled by the shop.`)
})

test('messages come live through the gateway, those that were missed first', async () => {
  const person = await newPerson()
  const answer = await fetch(`${gateway}/api/v1/notifications/stream`, {
    headers: { authorization: `Bearer ${person.token}`, 'last-event-id': '0' },
  })
  expect(answer.headers.get('content-type')).toBe('text/event-stream')
  const reader = answer.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  while (!text.includes('"kind":"welcome"')) {
    const { value, done } = (await reader?.read()) ?? { done: true, value: undefined }
    if (done) break
    text += decoder.decode(value, { stream: true })
  }
  await reader?.cancel()
  expect(text).toMatch(/^id: \d+\ndata: .*"kind":"welcome"/m)
})

test('a device gets messages until its session ends, and goes with it', async () => {
  const [product, person] = await Promise.all([shop.addProduct({ stock: 5 }), newPerson()])
  const second = shopperOf(person.id, shop.as(await logIn(person)))
  for (const [{ call }, name] of [
    [person, 'first'],
    [second, 'second'],
  ] as const)
    await call('POST', '/api/notifications/devices', { body: { token: `${name}-of-${person.username}`, platform: 'android' } })
  await person.call('POST', '/api/users/logout')
  const [left] = await until(async () => {
    const { items } = await second.call<List<{ id: number }>>('GET', '/api/notifications/devices')
    return items.length === 1 ? items : undefined
  })
  await second.cancel((await second.place(pieces(product))).id)
  const pushed = await until(async () => {
    const path = `/api/notifications/deliveries?user_id=${person.id}&channel=push&kind=order_cancelled`
    const [delivery] = (await (await shop.admin()).call<List<Delivery>>('GET', path)).items
    return delivery && ['sent', 'delivered'].includes(delivery.state) ? delivery : undefined
  })
  const { content } = await (await shop.admin()).call<Delivery>('GET', `/api/notifications/deliveries/${pushed.id}`)
  expect(content?.to).toBe('1 devices')
  expect((await second.ask('DELETE', `/api/notifications/devices/${left?.id}`)).status).toBe(204)
})

test('drift names a message that nobody will send', async () => {
  const [mail] = await deliveries('kind=welcome&channel=email')
  // Without a time that it is due at, no instance claims it.
  const broken = `update shop_notification.deliveries set state = 'queued', queued_at = queued_at - interval 1 hour where id = ?`
  await mysql.query<RowDataPacket[]>(broken, [mail?.id])
  const mended = `update shop_notification.deliveries set state = 'delivered' where id = ?`
  const { drift, examples } = await shop.driftSince(began).finally(() => mysql.query(mended, [mail?.id]))
  expect({ drift, examples }).toEqual({
    drift: { stuck_messages: 1 },
    examples: { stuck_messages: [`delivery ${mail?.id}: welcome by email`] },
  })
  await shop.expectNoDrift(began)
})
