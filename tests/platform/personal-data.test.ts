import { afterAll, describe, expect, test } from 'bun:test'
import { createPool, type RowDataPacket } from 'mysql2/promise'
import type { Static } from '#shared/schema'
import type { OrderView } from '../../services/order/model'
import type { ReviewView, SummaryView } from '../../services/rating/model'
import type { List } from '../caller'
import { expectNoDriftAfterwards, shop } from '../shop'
import { until } from '../shopper'
import { email, personal, useEverything } from './busy-person'
import { finder } from './encodings'
import { everything, type Kept, recordEvents } from './every-store'

/** A person uses every service, gets everything that is held about them, and is erased. */
expectNoDriftAfterwards()

describe('a text is found', () => {
  const find = finder({ text: 'Žofie"ghj&' })
  const hex = (text: string) => Buffer.from(text).toString('hex')
  test.each([
    ['as it is', 'x Žofie"ghj& y'],
    ['in capitals', 'ŽOFIE"GHJ&'],
    ['in small letters', 'žofie"ghj&'],
    ['in JSON', JSON.stringify({ a: 'Žofie"ghj&' })],
    ['in JSON of ASCII alone', '{"a":"\\u017dofie\\"ghj&"}'],
    ['in hexadecimal digits', hex('x Žofie"ghj&').toUpperCase()],
    ['in the query of an address', `?q=${encodeURIComponent('Žofie"ghj&')}`],
    ['in a form', new URLSearchParams({ q: 'Žofie"ghj&' }).toString()],
    ['in HTML', '<p>Žofie&quot;ghj&amp;</p>'],
    ['in base64', btoa(String.fromCharCode(...Buffer.from('Žofie"ghj&')))],
    ['in base64, one letter on', Buffer.from('xŽofie"ghj&yz').toString('base64url')],
    ['in base64, two letters on', Buffer.from('xxŽofie"ghj&').toString('base64')],
    ['in UTF-16', Buffer.from('x Žofie"ghj& y', 'utf16le')],
    ['in a mail', '=C5=BDofie"ghj&'],
  ])('%s', (_, written) => expect(find(Buffer.from(written as string))).toEqual(['text']))
  test('and no part of it is', () => expect(find(Buffer.from('Žofie "ghj&')).concat(find(Buffer.from('Zofie"ghj&')))).toEqual([]))
})

const mysql = createPool({ uri: String(Bun.env.TEST_MYSQL_URL), connectionLimit: 1 })
const rows = async (query: string, ...values: unknown[]) => (await mysql.query<RowDataPacket[]>(query, values))[0]

const events = await recordEvents()
const { person, product, orderId, reviews, recoveryCode, secrets } = await useEverything()
const admin = await shop.admin()
afterAll(async () => {
  await Promise.all([events.stop(), mysql.end()])
})

const sealedCells = async () => {
  const user = await rows('select phone, address, mfa_secret from shop_user.users where id = ?', person.id)
  const addresses = await rows('select value from shop_user.addresses where user_id = ?', person.id)
  return [...user, ...addresses].flatMap(row => Object.values(row)).filter(value => value !== null)
}
const sealed = Object.fromEntries((await sealedCells()).map((cell, at) => [`sealed ${at}`, String(cell)]))

/** Their words alone as well, since two encodings may lie over each other. */
const words = Object.fromEntries(
  Object.entries(personal).flatMap(([name, text]) => [...text.matchAll(/[g-z]{9,}/g)].map(([word]) => [`a word of ${name}`, word])),
)
/** A hash without a key gives its text away to everybody who tries that text. */
const hashed = { email, username: personal.username, phone: `+${personal.phone}`, device: personal.device }
const hashes = Object.fromEntries(
  Object.entries(hashed).flatMap(([name, text]) =>
    (['hex', 'base64', 'base64url'] as const).map(form => {
      const hash = new Bun.CryptoHasher('sha256').update(text).digest()
      return [`hash of ${name} in ${form}`, hash.toString(form).replace('=', '')]
    }),
  ),
)
const find = finder({ ...personal, ...words, ...secrets, ...sealed, ...hashes })
const ownKey = new RegExp(`^Redis 0 (?!cart:ordered:|search:orders:|search:erased:)[\\w:-]+:${person.id}$`)

/** Where anything of the person stands, in all that the platform holds and in all that it has told by events. */
const whereabouts = async () => {
  const found: string[] = []
  const look = ({ place, bytes }: Kept) => {
    found.push(...find(bytes).map(name => `${name}: ${place}`))
    if (ownKey.test(place)) found.push(`a key: ${place}`)
  }
  for await (const kept of everything()) look(kept)
  look(events.heard())
  return found.sort()
}

test('somebody who used every service gets what each of them holds', async () => {
  const { name, surname, username, phone, browser, device, returnReason, reportReason, shipToInstead } = personal
  // The last events of what they did may still be on their way.
  await until(async () => {
    const { services, ...account } = await person.call<{ services: Record<string, unknown> }>('GET', '/api/users/me/export')
    expect(account).toMatchObject({
      profile: { full_name: `${name} ${surname}`, username, phone: `+${phone}`, email, address: { line1: personal.street } },
      addresses: [{ label: personal.label, line2: personal.house }],
      sessions: [{ user_agent: browser }],
    })
    expect(services).toMatchObject({
      order: { orders: [{}, { id: orderId, shipping_address: { line1: shipToInstead } }], returns: [{ reason: returnReason }] },
      payment: { payments: [{ order_id: orderId }] },
      shipping: { shipments: [{ order_id: orderId, address: { line1: shipToInstead } }] },
      promotion: { redemptions: [{ order_id: orderId }] },
      rating: { reviews: [{ id: reviews.own.id }], votes: [{}], replies: [{}], reports: [{ reason: reportReason }], delivered: [{}] },
      favourite: { favourites: [{ product_id: product.id }] },
      cart: { items: [{ product_id: product.id, quantity: 3 }] },
      search: { purchases: [{ order_id: orderId }], views: [{ product_id: product.id }] },
      notification: { preferences: { language: 'ko' }, devices: [{ token: device }] },
    })
    return true
  })
})

test('their contact details are held in sealed cells, and their passwords, codes, tokens and keys as hashes', async () => {
  const held = [
    'username: MySQL shop_user.users',
    'browser: MySQL shop_user.sessions',
    'sealed 0: MySQL shop_user.users',
    'shipToInstead: MySQL shop_shipping.shipments',
    'shipTo: MySQL shop_order.idempotency_keys',
    'reportReason: MongoDB shop_rating.reports',
    'newMailbox: MySQL shop_notification.deliveries',
    'hash of device in hex: MySQL shop_notification.devices',
    `a key: Redis 0 cart:user:${person.id}`,
    `a key: Redis 0 search:views:${person.id}`,
  ]
  // This also shows that what is looked for below would be found.
  const found = await until(async () => {
    const all = await whereabouts()
    expect(all.filter(one => held.includes(one))).toEqual(held.toSorted())
    return all
  }, 30_000)
  const hidden = new RegExp(
    `^(a word of )?(${['street', 'label', 'firstPassword', 'password', 'requestKey', ...Object.keys(secrets)].join('|')}):`,
  )
  expect(found.filter(one => hidden.test(one))).toEqual([])
})

test('once they are erased, nothing of them is left in any store, queue or log', async () => {
  await person.call('DELETE', '/api/users/me', { body: { code: recoveryCode } })
  const [returned] = (await admin.call<List<{ id: number }>>('GET', `/api/orders/${orderId}/returns`)).items
  for (const step of ['approve', 'receive']) await admin.call('POST', `/api/orders/returns/${returned?.id}/${step}`)
  await until(async () => (await admin.call<OrderView>('GET', `/api/orders/${orderId}`)).payment_status === 'partially_refunded')
  await until(async () => {
    expect(await whereabouts()).toEqual([])
    return true
  }, 30_000)
  expect(await sealedCells()).toEqual([])
})

test('their sessions, links and names are at an end', async () => {
  const { username, password } = personal
  expect((await person.ask('GET', '/api/users/me')).status).toBe(401)
  expect((await shop.guest.ask('POST', '/auth/login', { body: { username, password } })).status).toBe(401)
  expect((await shop.guest.ask('POST', '/auth/refresh', { body: { refresh_token: secrets.refreshToken } })).status).toBe(401)
  expect((await shop.guest.ask('GET', `/api/favourites/shared/${secrets.favouritesToken}`)).status).toBe(404)
  expect((await admin.ask('POST', `/api/cart/shared/${secrets.cartToken}`)).status).toBe(404)
  const again = { username, email, password, full_name: 'Somebody Else' }
  expect((await shop.guest.ask('POST', '/auth/register', { body: again })).status).toBe(201)
})

test('orders, the ledger and reviews are kept, without the person', async () => {
  const order = await admin.call<OrderView>('GET', `/api/orders/${orderId}`)
  expect(order).toMatchObject({ status: 'delivered', shipping_address: 'erased', items: [{ product_id: product.id, quantity: 2 }] })
  const payment = 'select id from shop_payment.payments where order_id = ? and user_id = 0'
  const booked = `select sum(debit) as debit, sum(credit) as credit, count(distinct transaction_id) as transactions from shop_payment.ledger_entries
    where transaction_id in (select id from shop_payment.ledger_transactions where payment_id in (${payment}))`
  const [ledger] = await rows(booked, orderId)
  expect(ledger).toMatchObject({ credit: ledger?.debit, transactions: 2 })

  const { items } = await shop.guest.call<List<ReviewView>>('GET', `/api/products/${product.id}/reviews?sort=highest`)
  expect(items).toMatchObject([
    { id: reviews.own.id, user_id: null, rating: 5, title: 'Quiet', comment: 'Light to carry.', verified_purchase: true },
    { id: reviews.others.id, helpful_up: 0, replies: [{ user_id: null, comment: 'So it is.' }, { comment: 'Fine, I said.' }] },
  ])
  const summary = await shop.guest.call<Static<typeof SummaryView>>('GET', `/api/ratings/product/${product.id}/summary`)
  expect(summary).toMatchObject({ count: 2, average: 4 })
})
