import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { orderCreated, orderRepriced, orderStatusUpdated, paymentRefunded } from '#shared/catalog'
import type { Draft } from '#shared/event'
import { deliverTo, messageOf, sender, testHttp, testSql } from '#shared/testing'
import { taxApp } from './app'
import { compose } from './compose'
import type { TaxDb } from './database'
import { taxHandlers } from './events'
import * as migrations from './migrations'

const stores = await testSql<TaxDb>({ migrations, service: 'tax' })
const { http, as, asService, failures } = await testHttp('tax')
const tax = compose({ sql: stores.sql })
const app = taxApp({ http, ...tax })
const deliver = deliverTo(taxHandlers(tax))
const call = sender(app)
let admin: Record<string, string> = {}

beforeAll(async () => {
  admin = await as(1, 'admin')
})
afterAll(() => stores.drop())

const send = (method: string, path: string, body?: unknown, headers = admin) => call(method, path, body, headers)
const quote = (address: unknown, more: object = {}) =>
  send(
    'POST',
    '/api/tax/quote',
    {
      address,
      lines: [
        { amount: 100, category: 'Electronics' },
        { amount: 19.99, tax_class: 'books' },
      ],
      ...more,
    },
    {},
  )
const at = (country: string, region?: string) => ({ line1: 'a', city: 'b', country, ...(region && { region }) })

const receive = (draft: Draft, id: string = crypto.randomUUID(), time = '2026-03-05T10:00:00.000Z') =>
  deliver(messageOf(draft, { id, at: new Date(time) }))

describe('a quote', () => {
  test('for a free-text address has no tax', async () => {
    const { status, body } = await quote('123 Main St, City', { shipping: 5 })
    expect(status).toBe(200)
    expect(body).toMatchObject({ tax: 0, shipping_tax: 0, currency: 'USD' })
  })
  test('uses the published rates of the place for each line', async () => {
    const { body } = await quote(at('DE'), { shipping: 4.9, currency: 'EUR' })
    expect(body.lines).toEqual([
      { category: 'Electronics', tax_class: 'standard', rate_ppm: 190_000, net: 100, tax: 19, country: 'DE' },
      { category: 'books', tax_class: 'books', rate_ppm: 70_000, net: 19.99, tax: 1.4, country: 'DE' },
    ])
    expect(body).toMatchObject({ shipping_tax: 0.93, tax: 21.33 })
  })
  test('splits tax-inclusive prices into net and tax', async () => {
    const { body } = await quote(at('GB'), { prices_include_tax: true, currency: 'GBP' })
    expect(body.lines[0]).toMatchObject({ net: 83.33, tax: 16.67 })
  })
  test.each([
    ['US', 'CA', 72_500],
    ['US', 'OR', 0],
    ['JP', undefined, 100_000],
    ['VN', undefined, 100_000],
    ['KR', undefined, 100_000],
    ['CN', undefined, 130_000],
    ['FI', undefined, 255_000],
  ])('has the standard rate of %s %s', async (country, region, ppm) => {
    expect((await quote(at(country, region))).body.lines[0].rate_ppm).toBe(ppm)
  })
  test.each([
    [{ lines: [] }],
    [{ lines: [{ amount: -1 }] }],
    [{ lines: [{ amount: 1.999 }] }],
    [{ lines: [{ amount: '1' }] }],
    [{ lines: [{ amount: 1 }], currency: 'XXX' }],
    [{ lines: [{ amount: 1 }], surprise: 1 }],
  ])('is refused for %j', async body => {
    const answer = await send('POST', '/api/tax/quote', { address: 'somewhere', ...body }, {})
    expect(answer.status).toBe(400)
  })
  test('is given on the internal route to order and cart only', async () => {
    const body = { address: 'somewhere', lines: [{ amount: 1 }] }
    expect((await send('POST', '/internal/quotes', body, await asService('order'))).status).toBe(200)
    expect((await send('POST', '/internal/quotes', body, await asService('rating'))).status).toBe(403)
    expect((await send('POST', '/internal/quotes', body, {})).status).toBe(401)
  })
})

describe('rates', () => {
  const body = { country: 'li', tax_class: 'newspapers', rate: 7, valid_from: '2020-01-01' }
  test('are added, changed, ended and removed, each with an effect on the next quote', async () => {
    const added = await send('POST', '/api/tax/rates', body)
    expect(added.status).toBe(201)
    expect(added.headers.get('location')).toBe(`/api/tax/rates/${added.body.id}`)
    const price = async () =>
      (await send('POST', '/api/tax/quote', { address: at('LI'), lines: [{ amount: 100, tax_class: 'newspapers' }] })).body.tax
    expect(await price()).toBe(7)
    expect((await send('PATCH', `/api/tax/rates/${added.body.id}`, { rate: 9.5 })).body.rate).toBe(9.5)
    expect(await price()).toBe(9.5)
    await send('PATCH', `/api/tax/rates/${added.body.id}`, { valid_to: '2021-01-01' })
    expect(await price()).toBe(0)
    expect((await send('DELETE', `/api/tax/rates/${added.body.id}`)).status).toBe(204)
    expect((await send('DELETE', `/api/tax/rates/${added.body.id}`)).status).toBe(404)
  })
  test('are refused when their place and class already have one from that day', async () => {
    await send('POST', '/api/tax/rates', { ...body, country: 'CH' })
    expect((await send('POST', '/api/tax/rates', { ...body, country: 'ch' })).status).toBe(409)
  })
  test('are listed by country, with their source', async () => {
    const { body } = await send('GET', '/api/tax/rates?country=fr', undefined, {})
    expect(body.total).toBe(2)
    expect(body.items[0]).toMatchObject({ country: 'FR', rate: 5.5, source: expect.stringContaining('European Commission') })
  })
  test('are changed by admins only', async () => {
    expect((await send('POST', '/api/tax/rates', body, {})).status).toBe(401)
    expect((await send('POST', '/api/tax/rates', body, await as(2))).status).toBe(403)
  })
  test('have at most four decimals', async () => {
    expect((await send('POST', '/api/tax/rates', { ...body, country: 'NO', rate: 6.00001 })).status).toBe(400)
    expect((await send('POST', '/api/tax/rates', { ...body, country: 'NO', rate: 6.0001 })).body.rate).toBe(6.0001)
  })
  test('are refused when they end before they begin', async () => {
    expect((await send('POST', '/api/tax/rates', { ...body, country: 'IS', valid_to: '2020-01-01' })).status).toBe(400)
  })
})

describe('the report', () => {
  const amounts = { subtotal: 100, discount: 0, tax: 19, shipping: 0, total_amount: 119, currency: 'EUR' }
  const created = (order_id: number) =>
    orderCreated(
      { id: order_id, version: 1 },
      {
        order_id,
        user_id: 1,
        items: [{ product_id: 'p', sku: 's', quantity: 1, price: 100, category: 'Electronics' }],
        ...amounts,
        tax_lines: [{ category: 'Electronics', country: 'DE', rate_ppm: 190_000, net: 100, tax: 19 }],
        shipping_option: 'standard',
        destination: { country: 'DE' },
        payment_due_at: '',
        reservation_expires_at: '',
      },
    )
  const statusUpdated = (order_id: number, status: 'paid' | 'fulfilling' | 'cancelled', payment_status: string) =>
    orderStatusUpdated(
      { id: order_id, version: 2 },
      { order_id, user_id: 1, status, payment_status, items: [{ product_id: 'p', sku: 's', quantity: 1 }] },
    )
  const paid = (order_id: number) => statusUpdated(order_id, 'paid', 'paid')
  const refunded = (order_id: number, refund_id: number, amount: number, reason = 'goods_returned') =>
    paymentRefunded(
      { id: order_id, version: 3 },
      {
        payment_id: order_id,
        order_id,
        user_id: 1,
        amount,
        currency: 'EUR',
        payment_method: 'wallet',
        transaction_id: 't',
        refund_id,
        total_refunded: amount,
        reason,
      },
    )
  const march = async () => (await send('GET', '/api/tax/report?from=2026-03-01T00:00:00Z&to=2026-04-01T00:00:00Z&country=de')).body.items

  test('counts a paid order less its refunds, in whatever order its events arrive and however often', async () => {
    const messages = [created(1), paid(1), refunded(1, 1, 59.5), created(2), paid(2), created(3)].map(
      draft => [draft, crypto.randomUUID()] as const,
    )
    const expected = [
      { country: 'DE', region: '', rate_ppm: 190_000, currency: 'EUR', net: 150, tax: 28.5, refunded_net: 50, refunded_tax: 9.5 },
    ]
    for (const [draft, id] of [...messages.toReversed(), ...messages]) await receive(draft, id)
    expect(await march()).toEqual(expected)
    for (const [draft] of messages) await receive(draft)
    expect(await march()).toEqual(expected)
  })
  test('counts an order that was priced again for another address there, whichever event arrives first', async () => {
    const repriced = orderRepriced(
      { id: 9, version: 3 },
      {
        order_id: 9,
        ...{ tax: 20, shipping: 0, total_amount: 120, currency: 'EUR' },
        tax_lines: [{ category: 'Electronics', country: 'FR', rate_ppm: 200_000, net: 100, tax: 20 }],
        destination: { country: 'FR' },
      },
    )
    for (const draft of [repriced, created(9), paid(9)]) await receive(draft)
    const { body } = await send('GET', '/api/tax/report?from=2026-03-01T00:00:00Z&to=2026-04-01T00:00:00Z&country=fr')
    expect(body.items).toMatchObject([{ country: 'FR', net: 100, tax: 20 }])
  })
  test('counts an order on the day on which it was first paid, whichever event arrives first', async () => {
    await receive(statusUpdated(11, 'fulfilling', 'paid'), undefined, '2026-05-01T00:00:01.000Z')
    await receive(created(11))
    await receive(paid(11), undefined, '2026-04-30T23:59:59.000Z')
    const sold = async (from: string, to: string) =>
      (await send('GET', `/api/tax/report?from=${from}T00:00:00Z&to=${to}T00:00:00Z`)).body.items
    expect(await sold('2026-04-01', '2026-05-01')).toMatchObject([{ net: 100, tax: 19 }])
    expect(await sold('2026-05-01', '2026-06-01')).toEqual([])
  })
  test('counts neither an order cancelled before payment on delivery, nor the refund of a second payment', async () => {
    const [before] = await march()
    await receive(statusUpdated(21, 'cancelled', 'authorized'))
    await receive(created(21))
    await receive(statusUpdated(21, 'fulfilling', 'authorized'))
    expect(await march()).toEqual([before])
    for (const draft of [created(22), paid(22), refunded(22, 9, 119, 'paid_twice')]) await receive(draft)
    const [after] = await march()
    expect([after.net - before.net, after.refunded_net - before.refunded_net]).toEqual([100, 0])
  })
  test('is open to admins only, and refuses a period that ends before it begins', async () => {
    const window = '/api/tax/report?from=2026-04-01T00:00:00Z&to=2026-03-01T00:00:00Z'
    expect((await send('GET', window)).status).toBe(400)
    expect((await send('GET', window, undefined, await as(2))).status).toBe(403)
  })
})

test('no request of this file logged an internal error', () => {
  expect(failures).toEqual([])
})
