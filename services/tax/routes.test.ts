import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { orderCreated, orderRepriced, orderStatusUpdated, paymentRefunded } from '#shared/catalog'
import type { Draft } from '#shared/event'
import { deliverTo, messageOf, sender, testHttp, testSql } from '#shared/testing'
import { taxApp } from './app'
import type { TaxDb } from './database'
import { taxHandlers } from './events'
import * as migrations from './migrations'
import { taxReport } from './report'
import { rateRepository } from './repository'

const stores = await testSql<TaxDb>({ migrations, service: 'tax' })
const { http, as, asService, failures } = await testHttp('tax')
const report = taxReport(stores.sql)
const app = taxApp({ http, rates: rateRepository(stores.sql), report })
const hear = deliverTo(taxHandlers({ report }))
const call = sender(app)
let admin: Record<string, string> = {}

beforeAll(async () => {
  admin = await as(1, 'admin')
})
afterAll(() => stores.drop())

const send = (method: string, path: string, body?: unknown, headers = admin) => call(method, path, body, headers)
const ask = (address: unknown, more: object = {}) =>
  send(
    'POST',
    '/api/tax/quote',
    {
      address,
      lines: [
        { amount: 100, category: 'Electronics' },
        { amount: 19.99, category: 'Books' },
      ],
      ...more,
    },
    {},
  )
const at = (country: string, region?: string) => ({ line1: 'a', city: 'b', country, ...(region && { region }) })

/** What is published comes as a message would. */
const tell = (draft: Draft, id: string = crypto.randomUUID(), time = '2026-03-05T10:00:00.000Z') =>
  hear(messageOf(draft, { id, at: new Date(time) }))

describe('a quote', () => {
  test('of free text has no tax', async () => {
    const { status, body } = await ask('123 Main St, City', { shipping: 5 })
    expect(status).toBe(200)
    expect(body).toMatchObject({ tax: 0, shipping_tax: 0, currency: 'USD' })
  })
  test('follows the published rates of a place, line by line', async () => {
    const { body } = await ask(at('DE'), { shipping: 4.9, currency: 'EUR' })
    expect(body.lines).toEqual([
      { category: 'Electronics', rate_ppm: 190_000, net: 100, tax: 19, country: 'DE' },
      { category: 'Books', rate_ppm: 70_000, net: 19.99, tax: 1.4, country: 'DE' },
    ])
    expect(body).toMatchObject({ shipping_tax: 0.93, tax: 21.33 })
  })
  test('takes the tax out of prices that have it inside', async () => {
    const { body } = await ask(at('GB'), { prices_include_tax: true, currency: 'GBP' })
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
  ])('knows %s %s', async (country, region, ppm) => {
    expect((await ask(at(country, region))).body.lines[0].rate_ppm).toBe(ppm)
  })
  test.each([
    [{ lines: [] }],
    [{ lines: [{ amount: -1 }] }],
    [{ lines: [{ amount: 1.999 }] }],
    [{ lines: [{ amount: '1' }] }],
    [{ lines: [{ amount: 1 }], currency: 'XXX' }],
    [{ lines: [{ amount: 1 }], surprise: 1 }],
  ])('of %j is refused', async body => {
    const answer = await send('POST', '/api/tax/quote', { address: 'somewhere', ...body }, {})
    expect(answer.status).toBe(400)
  })
  test('is given to order and cart alone on the internal route', async () => {
    const body = { address: 'somewhere', lines: [{ amount: 1 }] }
    expect((await send('POST', '/internal/quotes', body, await asService('order'))).status).toBe(200)
    expect((await send('POST', '/internal/quotes', body, await asService('rating'))).status).toBe(403)
    expect((await send('POST', '/internal/quotes', body, {})).status).toBe(401)
  })
})

describe('rates', () => {
  const body = { country: 'de', category: 'Museum tickets', rate: 7, valid_from: '2020-01-01' }
  test('are added, seen at once in quotes, changed, ended and removed', async () => {
    const made = await send('POST', '/api/tax/rates', body)
    expect(made.status).toBe(201)
    expect(made.headers.get('location')).toBe(`/api/tax/rates/${made.body.id}`)
    const price = async () =>
      (await send('POST', '/api/tax/quote', { address: at('DE'), lines: [{ amount: 100, category: 'museum Tickets' }] })).body.tax
    expect(await price()).toBe(7)
    expect((await send('PATCH', `/api/tax/rates/${made.body.id}`, { rate: 9.5 })).body.rate).toBe(9.5)
    expect(await price()).toBe(9.5)
    await send('PATCH', `/api/tax/rates/${made.body.id}`, { valid_to: '2021-01-01' })
    expect(await price()).toBe(19)
    expect((await send('DELETE', `/api/tax/rates/${made.body.id}`)).status).toBe(204)
    expect((await send('DELETE', `/api/tax/rates/${made.body.id}`)).status).toBe(404)
  })
  test('of one place, category and day stand once', async () => {
    await send('POST', '/api/tax/rates', { ...body, country: 'CH' })
    expect((await send('POST', '/api/tax/rates', { ...body, country: 'ch', category: ' museum TICKETS' })).status).toBe(409)
  })
  test('are listed by country with their source', async () => {
    const { body } = await send('GET', '/api/tax/rates?country=fr', undefined, {})
    expect(body.total).toBe(2)
    expect(body.items[0]).toMatchObject({ country: 'FR', rate: 5.5, source: expect.stringContaining('European Commission') })
  })
  test('are changed by an admin alone', async () => {
    expect((await send('POST', '/api/tax/rates', body, {})).status).toBe(401)
    expect((await send('POST', '/api/tax/rates', body, await as(2))).status).toBe(403)
  })
  test('have at most four decimals', async () => {
    expect((await send('POST', '/api/tax/rates', { ...body, country: 'NO', rate: 6.00001 })).status).toBe(400)
    expect((await send('POST', '/api/tax/rates', { ...body, country: 'NO', rate: 6.0001 })).body.rate).toBe(6.0001)
  })
  test('end after they begin', async () => {
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
  const became = (order_id: number, status: 'paid' | 'fulfilling' | 'cancelled', payment_status: string) =>
    orderStatusUpdated(
      { id: order_id, version: 2 },
      { order_id, user_id: 1, status, payment_status, items: [{ product_id: 'p', sku: 's', quantity: 1 }] },
    )
  const paid = (order_id: number) => became(order_id, 'paid', 'paid')
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

  test('counts an order once it is paid, less what was refunded, whatever order the news comes in and however often', async () => {
    const news = [created(1), paid(1), refunded(1, 1, 59.5), created(2), paid(2), created(3)].map(
      draft => [draft, crypto.randomUUID()] as const,
    )
    const expected = [
      { country: 'DE', region: '', rate_ppm: 190_000, currency: 'EUR', net: 150, tax: 28.5, refunded_net: 50, refunded_tax: 9.5 },
    ]
    for (const [draft, id] of [...news.toReversed(), ...news]) await tell(draft, id)
    expect(await march()).toEqual(expected)
    for (const [draft] of news) await tell(draft)
    expect(await march()).toEqual(expected)
  })
  test('an order that moved before it was paid counts where it went, whichever is heard first', async () => {
    const moved = orderRepriced(
      { id: 9, version: 3 },
      {
        order_id: 9,
        ...{ tax: 20, shipping: 0, total_amount: 120, currency: 'EUR' },
        tax_lines: [{ category: 'Electronics', country: 'FR', rate_ppm: 200_000, net: 100, tax: 20 }],
        destination: { country: 'FR' },
      },
    )
    for (const draft of [moved, created(9), paid(9)]) await tell(draft)
    const { body } = await send('GET', '/api/tax/report?from=2026-03-01T00:00:00Z&to=2026-04-01T00:00:00Z&country=fr')
    expect(body.items).toMatchObject([{ country: 'FR', net: 100, tax: 20 }])
  })
  test('an order counts on the day on which it was first paid, whichever of its steps is heard first', async () => {
    await tell(became(11, 'fulfilling', 'paid'), undefined, '2026-05-01T00:00:01.000Z')
    await tell(created(11))
    await tell(paid(11), undefined, '2026-04-30T23:59:59.000Z')
    const sold = async (from: string, to: string) =>
      (await send('GET', `/api/tax/report?from=${from}T00:00:00Z&to=${to}T00:00:00Z`)).body.items
    expect(await sold('2026-04-01', '2026-05-01')).toMatchObject([{ net: 100, tax: 19 }])
    expect(await sold('2026-05-01', '2026-06-01')).toEqual([])
  })
  test('what was cancelled before it was paid at the door never counts, nor does a second payment that goes back', async () => {
    const [before] = await march()
    await tell(became(21, 'cancelled', 'authorized'))
    await tell(created(21))
    await tell(became(21, 'fulfilling', 'authorized'))
    expect(await march()).toEqual([before])
    for (const draft of [created(22), paid(22), refunded(22, 9, 119, 'paid_twice')]) await tell(draft)
    const [after] = await march()
    expect([after.net - before.net, after.refunded_net - before.refunded_net]).toEqual([100, 0])
  })
  test('is for an admin, and for a time that passes', async () => {
    const window = '/api/tax/report?from=2026-04-01T00:00:00Z&to=2026-03-01T00:00:00Z'
    expect((await send('GET', window)).status).toBe(400)
    expect((await send('GET', window, undefined, await as(2))).status).toBe(403)
  })
})

test('nothing of this was our own fault', () => {
  expect(failures).toEqual([])
})
