import { afterAll, describe, expect, test } from 'bun:test'
import { orderCreated, orderRepriced, orderReturnReceived, orderStatusUpdated, paymentRefunded } from '#shared/catalog'
import type { Draft } from '#shared/event'
import { deliverTo, messageOf } from '#shared/testing'
import { compose } from './compose'
import { taxHandlers } from './events'
import { reportItems } from './model'
import { testTax } from './testing'

const { deliver, send, as, asService, failures, open, drop } = await testTax()
afterAll(async () => {
  expect(failures).toEqual([])
  await drop()
})

const receive = (draft: Draft, id: string = crypto.randomUUID(), time = '2026-03-05T10:00:00.000Z') =>
  deliver(messageOf(draft, { id, at: new Date(time) }))

describe('the report', () => {
  const amounts = { subtotal: 100, discount: 0, tax: 19, shipping: 0, total_amount: 119, currency: 'EUR' }
  const german = [{ category: 'Electronics', country: 'DE', rate_ppm: 190_000, net: 100, tax: 19 }]
  const created = (
    order_id: number,
    tax_lines: { category: string; country: string; region?: string; rate_ppm: number; net: number; tax: number }[] = german,
  ) =>
    orderCreated(
      { id: order_id, version: 1 },
      {
        order_id,
        user_id: 1,
        items: [{ product_id: 'p', sku: 's', quantity: 1, price: 100, category: 'Electronics' }],
        ...amounts,
        tax_lines,
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
  const refunded = (order_id: number, refund_id: number, amount: number, reason = 'goods_returned', more: object = {}) =>
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
        ...more,
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
  test('counts goods that came back at their own rates, in whatever order the events arrive and however often', async () => {
    const place = { category: 'Food', country: 'NL' }
    const lines = [
      { ...place, rate_ppm: 90_000, net: 50, tax: 4.5 },
      { ...place, rate_ppm: 210_000, net: 50, tax: 14.5 },
    ]
    const back = orderReturnReceived(
      { id: 71, version: 4 },
      {
        ...{ order_id: 71, return_id: 3, refund_amount: 32.25, currency: 'EUR', line_refunds: [0, 32.25] },
        lines: [{ product_id: 'p', sku: 's', quantity: 1 }],
      },
    )
    const drafts = [created(71, lines), paid(71), refunded(71, 9, 32.25, '', { cause: 'goods_returned' }), back]
    for (const draft of [...drafts.toReversed(), ...drafts, ...drafts.toReversed()]) await receive(draft)
    const { body } = await send('GET', '/api/tax/report?from=2026-03-01T00:00:00Z&to=2026-04-01T00:00:00Z&country=nl')
    expect(body.items).toMatchObject([
      { rate_ppm: 90_000, net: 50, tax: 4.5, refunded_net: 0, refunded_tax: 0 },
      { rate_ppm: 210_000, net: 25, tax: 7.25, refunded_net: 25, refunded_tax: 7.25 },
    ])
  })
  test('counts goods that came back under an earlier release, which does not say of which lines, with a share of each line', async () => {
    const old = { order_id: 72, return_id: 4, refund_amount: 59.5, lines: [{ product_id: 'p', sku: 's', quantity: 1 }] }
    const sold = german.map(line => ({ ...line, country: 'BE' }))
    const drafts = [created(72, sold), paid(72), refunded(72, 10, 59.5, '', { cause: 'goods_returned' })]
    for (const draft of [...drafts, orderReturnReceived({ id: 72, version: 4 }, old)]) await receive(draft)
    const { body } = await send('GET', '/api/tax/report?from=2026-03-01T00:00:00Z&to=2026-04-01T00:00:00Z&country=be')
    expect(body.items).toMatchObject([{ net: 50, tax: 9.5, refunded_net: 50, refunded_tax: 9.5 }])
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
  test('counts many orders whose events arrive together, on two instances, as if they came one by one', async () => {
    const other = deliverTo(taxHandlers(compose({ sql: await open() })))
    const ids = Array.from({ length: 40 }, (_, i) => 1000 + i)
    const french = (id: number) => created(id, [{ category: 'Electronics', country: 'FR', rate_ppm: 200_000, net: 100, tax: 20 }])
    const at = { at: new Date('2026-08-05T10:00:00.000Z') }
    const events = ids.flatMap(id => [
      created(id),
      paid(id),
      { ...french(id), body: { ...french(id).body, aggregate: { type: 'order', id: `${id}`, version: 2 } } },
    ])
    // Each event comes to both instances, in opposite order.
    await Promise.all([
      ...events.map(draft => deliver(messageOf(draft, at))),
      ...events.toReversed().map(draft => other(messageOf(draft, at))),
      ...ids.map(id => other(messageOf(refunded(id, id, 59.5), at))),
    ])
    const { body } = await send('GET', '/api/tax/report?from=2026-08-01T00:00:00Z&to=2026-09-01T00:00:00Z')
    expect(body.items).toEqual([
      // Forty refunds of 59.50 are reported to the cent.
      { country: 'FR', region: '', rate_ppm: 200_000, currency: 'EUR', net: 2000, tax: 420, refunded_net: 2000, refunded_tax: 380 },
    ])
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
    await receive(refunded(22, 10, 119, 'paid_twice', { cause: 'paid_twice' }))
    await receive(refunded(22, 11, 1, 'overpaid', { cause: 'overpaid' }))
    const [after] = await march()
    expect([after.net - before.net, after.refunded_net - before.refunded_net]).toEqual([100, 0])
    // What a person typed as the reason decides nothing.
    await receive(refunded(22, 12, 119, 'paid_twice', { cause: 'requested' }))
    expect((await march())[0].refunded_net - before.refunded_net).toBe(100)
  })
  test('has an order whose place is unknown, under no country', async () => {
    const lines = ['GERMANY', 'US'].map(country => ({
      category: 'Electronics',
      country,
      region: 'a region of more than ten letters',
      rate_ppm: 0,
      net: 50,
      tax: 0,
    }))
    await receive(created(31, lines))
    await receive(paid(31), undefined, '2026-07-05T10:00:00.000Z')
    const { body } = await send('GET', '/api/tax/report?from=2026-07-01T00:00:00Z&to=2026-08-01T00:00:00Z')
    expect(body.items).toMatchObject([
      { country: '', region: '', net: 50 },
      { country: 'US', region: '', net: 50 },
    ])
  })
  test('sums a year over its months', async () => {
    for (const [id, time] of [
      [41, '2025-01-05T10:00:00.000Z'],
      [42, '2025-12-05T10:00:00.000Z'],
    ] as const)
      for (const draft of [created(id), paid(id)]) await receive(draft, undefined, time)
    const { body } = await send('GET', '/api/tax/report?from=2025-01-01T00:00:00Z&to=2026-01-01T00:00:00Z')
    expect(body.items).toMatchObject([{ net: 200, tax: 38 }])
    expect(body.items_capped).toBeUndefined()
  })
  test('is in the order of places and rates, whichever month they were first sold in', () => {
    const sale = (country: string, rate_ppm: number, currency = 'EUR') => {
      return { country, region: '', rate_ppm, currency, kind: 'sale' as const, net: '100', tax: '1' }
    }
    const [january, february] = [
      [sale('DE', 190_000), sale('FR', 55_000)],
      [sale('DE', 70_000), sale('AT', 200_000), sale('DE', 70_000, 'CHF')],
    ]
    const { items } = reportItems([...january, ...february])
    expect(items.map(({ country, rate_ppm, currency }) => `${country} ${rate_ppm} ${currency}`)).toEqual([
      'AT 200000 EUR',
      'DE 70000 CHF',
      'DE 70000 EUR',
      'DE 190000 EUR',
      'FR 55000 EUR',
    ])
  })
  test('says so when it has more items than it shows', () => {
    const totals = Array.from({ length: 2001 }, (_, rate_ppm) => {
      return { country: 'DE', region: '', rate_ppm, currency: 'EUR', kind: 'sale' as const, net: '100', tax: '1' }
    })
    expect(reportItems(totals)).toMatchObject({ items: { length: 2000 }, items_capped: true })
    expect(reportItems(totals.slice(1))).not.toHaveProperty('items_capped')
  })
  test('refuses a window that cannot be read or is longer than a year', async () => {
    for (const [from, to] of [
      ['2026-01-01T00:00:00%2B05', '2026-02-01T00:00:00Z'],
      ['2026-01-01T00:00:60Z', '2026-02-01T00:00:00Z'],
      ['2024-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
    ])
      expect((await send('GET', `/api/tax/report?from=${from}&to=${to}`)).status).toBe(400)
  })
  test('tells discovery what it counts for an order, by window and by id', async () => {
    for (const draft of [created(51), paid(51), refunded(51, 5, 19)]) await receive(draft, undefined, '2026-09-05T10:00:00.000Z')
    const discovery = await asService('discovery')
    const window = 'since=2026-09-01T00:00:00Z&until=2026-10-01T00:00:00Z'
    expect((await send('GET', `/internal/drift?${window}`, undefined, discovery)).body).toEqual({ orders: { 51: 100 } })
    expect((await send('POST', '/internal/orders', { order_ids: [51, 999] }, discovery)).body).toEqual({ orders: { 51: 100 } })
    expect((await send('GET', `/internal/drift?${window}`, undefined, await asService('cart'))).status).toBe(403)
  })
  test('of days includes all of the last one, and is what a report of moments is', async () => {
    for (const draft of [created(61), paid(61)]) await receive(draft, undefined, '2027-05-31T23:59:59.000Z')
    const report = async (window: string) => (await send('GET', `/api/tax/report?${window}`)).body
    const may = await report('from=2027-05-01&to=2027-05-31')
    expect(may.items).toHaveLength(1)
    expect(may).toEqual(await report('from=2027-05-01T00:00:00Z&to=2027-06-01T00:00:00Z'))
    expect((await report('from=2027-05-01&to=2027-05-30')).items).toEqual([])
    expect((await report('from=2027-02-01&to=2027-02-30')).code).toBe('invalid_period')
    expect((await report('from=01/02/2027&to=2027-05-30')).code).toBe('invalid_input')
  })
  test('is open to admins only, and refuses a period that ends before it begins', async () => {
    const window = '/api/tax/report?from=2026-04-01T00:00:00Z&to=2026-03-01T00:00:00Z'
    expect((await send('GET', window)).status).toBe(400)
    expect((await send('GET', window, undefined, await as(2))).status).toBe(403)
  })
})
