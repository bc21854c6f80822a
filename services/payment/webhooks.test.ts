import { afterAll, describe, expect, test } from 'bun:test'
import { minute, second } from '#shared/time'
import { sandboxSecret, testPayments } from './testing'

const shop = await testPayments()
const { pay, paid, placed, webhook, get, published, send, sql } = shop
afterAll(() => shop.drop())

const eventAbout = (payment: { id: number; transaction_id: string | null }, fields: object = {}) => ({
  id: `evt_${crypto.randomUUID()}`,
  type: 'payment.captured',
  payment_id: payment.id,
  transaction_id: payment.transaction_id,
  amount: 3000,
  currency: 'USD',
  ...fields,
})
const codeOf = async (sent: ReturnType<typeof send>) => {
  const { status, body } = await sent
  return [status, body.code]
}

describe('a webhook is refused', () => {
  test.each([
    ['without a signature', () => send('POST', '/api/payments/webhooks/sandbox', '{}', {}), 'invalid_signature'],
    ['signed by another secret', () => webhook({}, { secret: 'another' }), 'invalid_signature'],
    ['with an old time stamp', () => webhook({}, { at: new Date(Date.now() - 5 * minute - second) }), 'stale_webhook'],
    ['with a time stamp in the future', () => webhook({}, { at: new Date(Date.now() + 5 * minute + 2 * second) }), 'stale_webhook'],
    ['when it is signed but not an event', () => webhook({ id: 'x' }), 'invalid_webhook'],
  ])('%s', async (_, sent, code) => {
    expect(await codeOf(sent())).toEqual([400, code])
    expect(await sql.db.selectFrom('webhook_events').select('id').execute()).toEqual([])
  })
  test('when its body was changed on the way', async () => {
    const { signatureHeader, signWebhook } = await import('#shared/webhook-signature')
    const signature = signWebhook(sandboxSecret, '{"amount":1}', new Date())
    expect(await codeOf(send('POST', '/api/payments/webhooks/sandbox', '{"amount":2}', { [signatureHeader]: signature }))).toEqual([
      400,
      'invalid_signature',
    ])
  })
  test('from an unknown provider', async () => expect((await webhook({}, { provider: 'nobody' })).status).toBe(404))
  test('when it is too long', async () => {
    const answer = await send('POST', '/api/payments/webhooks/sandbox', 'x'.repeat(1024 * 1024 + 1), {})
    expect(answer.status).toBe(413)
  })
})

describe('a webhook takes effect', () => {
  test('once, however often it arrives', async () => {
    const { body } = await pay(placed(), { payment_token: 'tok_3ds' })
    const event = eventAbout(body)
    const answers = await Promise.all(Array.from({ length: 10 }, () => webhook(event)))
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200))
    expect((await get(body.id)).status).toBe('completed')
    expect((await published(body.id)).map(({ type }) => type)).toEqual(['payment.processed'])
  })
  test('on a payment that had failed, which then is the payment of its order, and not a later one that failed', async () => {
    const order = placed()
    const late = (await pay(order, { payment_token: 'tok_decline' })).body
    expect((await pay(order, { payment_token: 'tok_decline' })).body.status).toBe('failed')
    await webhook(eventAbout(late))
    expect((await send('GET', `/api/payments/order/${order}`)).body).toMatchObject({ id: late.id, status: 'completed' })
  })
  test('in any order: a late one changes nothing', async () => {
    const { body } = await pay(placed(), { payment_token: 'tok_3ds' })
    await webhook(eventAbout(body))
    for (const type of ['payment.authorized', 'payment.failed', 'payment.voided'])
      expect((await webhook(eventAbout(body, { type }))).status).toBe(200)
    expect((await get(body.id)).status).toBe('completed')
  })
  test('as soon as its payment is known', async () => {
    const next = (await paid()).id + 1
    const event = eventAbout({ id: next, transaction_id: 'sbx_early' })
    expect(await webhook(event)).toMatchObject({ status: 202, body: { received: true, settled: false } })
    expect((await webhook(event)).status).toBe(202)
    const { body } = await pay(placed(), { payment_token: 'tok_3ds' })
    expect(body.id).toBe(next)
    await shop.webhooks.sweep(new Date(Date.now() + minute))
    expect((await get(next)).status).toBe('completed')
    expect((await webhook(event)).status).toBe(200)
  })
  test('although another one that waits cannot be read, which is tried again later', async () => {
    const now = new Date()
    const unreadable = { provider: 'sandbox', event_id: 'unreadable', body: '{}', try_at: new Date(now.getTime() - second) }
    await sql.db.insertInto('webhook_events').values(unreadable).execute()
    const next = (await paid()).id + 1
    expect((await webhook(eventAbout({ id: next, transaction_id: 'sbx_early' }))).status).toBe(202)
    await pay(placed(), { payment_token: 'tok_3ds' })
    const sweptAt = new Date(now.getTime() + minute)
    await shop.webhooks.sweep(sweptAt)
    expect((await get(next)).status).toBe('completed')
    const row = sql.db.selectFrom('webhook_events').select(['state', 'try_at']).where('event_id', '=', 'unreadable')
    const { state, try_at } = await row.executeTakeFirstOrThrow()
    expect([state, Number(try_at) > Number(sweptAt)]).toEqual(['waiting', true])
  })
  test('not when it reports another amount than its payment, and is listed until a person has looked at it', async () => {
    const { body } = await pay(placed(), { payment_token: 'tok_3ds' })
    const event = eventAbout(body, { amount: 1 })
    for (const _ of ['once', 'and again']) expect(await webhook(event)).toMatchObject({ status: 200, body: { settled: false } })
    expect((await get(body.id)).status).toBe('requires_action')
    const { items } = (await send('GET', '/api/payments/webhook-events', undefined, shop.admin)).body
    expect(items).toMatchObject([{ event_id: event.id, payment_id: body.id, amount: 1, currency: 'USD' }])
    const later = { provider: 'sandbox', event_id: 'later', body: '{}', state: 'refused' as const }
    await sql.db.insertInto('webhook_events').values(later).execute()
    const listed = async (query: string) => (await send('GET', `/api/payments/webhook-events?${query}`, undefined, shop.admin)).body
    const { next_cursor, ...first } = await listed('limit=1')
    expect(first).toEqual({ items, total: 2, skip: 0, limit: 1 })
    expect((await listed(`limit=1&cursor=${next_cursor}`)).items).toMatchObject([{ event_id: 'later' }])
    await sql.db.deleteFrom('webhook_events').where('event_id', '=', 'later').execute()
    const outstanding = async (window = { from: new Date(Date.now() + minute), to: new Date(Date.now() + 2 * minute) }) =>
      (await shop.payments.drift(window)).outstanding
    expect(await outstanding()).toEqual({ count: 1, examples: [`webhook:${items[0].id}`] })
    const acknowledge = () => send('POST', `/api/payments/webhook-events/${items[0].id}/acknowledge`, undefined, shop.admin)
    expect([(await acknowledge()).status, (await acknowledge()).status]).toEqual([204, 204])
    expect((await outstanding()).count).toBe(0)
    expect((await send('POST', '/api/payments/webhook-events/987654/acknowledge', undefined, shop.admin)).status).toBe(404)
    expect((await webhook(event)).body.settled).toBe(false)
  })
  test('never on another provider’s payment', async () => {
    const { body } = await pay(placed(), { payment_method: 'bank_transfer' })
    expect((await webhook(eventAbout(body))).status).toBe(202)
    expect((await get(body.id)).status).toBe('pending')
  })
})

describe('money that arrives for a voided payment', () => {
  test('pays the order when no other payment did', async () => {
    const { body } = await pay(placed(), { payment_token: 'tok_3ds' })
    await send('POST', `/api/payments/${body.id}/void`, undefined, shop.admin)
    await webhook(eventAbout(body))
    expect((await get(body.id)).status).toBe('completed')
  })
  test('is refunded once when another payment has paid the order', async () => {
    const id = placed()
    const first = await pay(id, { payment_token: 'tok_3ds' })
    await send('POST', `/api/payments/${first.body.id}/void`, undefined, shop.admin)
    shop.releaseClaim(id)
    const second = await pay(id)
    await webhook(eventAbout(first.body))
    await shop.sweep()
    await shop.sweep()
    expect(await get(first.body.id)).toMatchObject({ status: 'refunded', refunded_amount: 3000 })
    expect((await get(second.body.id)).status).toBe('completed')
    expect((await published(first.body.id)).at(-1)?.data.reason).toBe('paid_twice')
  })
  test('is refunded when the order is cancelled', async () => {
    const id = placed()
    const { body } = await pay(id, { payment_method: 'bank_transfer' })
    await shop.receive(shop.orderEvents.cancelled(id))
    await shop.sweep()
    expect((await get(body.id)).status).toBe('voided')
    await webhook(eventAbout(body), { provider: 'offline' })
    await shop.sweep()
    expect((await get(body.id)).status).toBe('refunded')
    expect((await shop.drift()).ledger.count).toBe(0)
  })
})

describe('money that arrives for a voided payment while another payment of its order is open', () => {
  const both = async (other: object, price = 3000) => {
    const order = placed()
    const { body: first } = await pay(order, { payment_token: 'tok_3ds' })
    await send('POST', `/api/payments/${first.id}/void`, undefined, shop.admin)
    shop.order(order).total = price
    const { body: second } = await pay(order, { ...other, amount: price })
    await webhook(eventAbout(first))
    await shop.sweep()
    const states = async () => {
      await shop.sweep()
      return Promise.all([first.id, second.id].map(async id => (await published(id)).map(({ type }) => type)))
    }
    return { order, second, states }
  }
  test('pays the order, and the payment on delivery is voided and not captured', async () => {
    const { order, states } = await both({ payment_method: 'cash_on_delivery' })
    await shop.receive(shop.orderEvents.statusUpdated(order, 'delivered'))
    expect(await states()).toEqual([
      ['payment.voided', 'payment.processed'],
      ['payment.authorized', 'payment.voided'],
    ])
    expect((await shop.drift()).ledger.count).toBe(0)
  })
  test('pays the order, and a card that still has to be confirmed is voided', async () => {
    const { second, states } = await both({ payment_token: 'tok_3ds' })
    expect(await states()).toEqual([['payment.voided', 'payment.processed'], ['payment.voided']])
    expect((await send('POST', second.next_action.url, { outcome: 'success' }, {})).status).toBe(202)
    await shop.sweep()
    expect((await get(second.id)).status).toBe('voided')
  })
  test('goes back when it is less than the order costs by now, and the payment on delivery stays', async () => {
    const { order, second, states } = await both({ payment_method: 'cash_on_delivery' }, 3600)
    expect((await get(second.id)).status).toBe('authorized')
    await shop.receive(shop.orderEvents.statusUpdated(order, 'delivered'))
    await shop.sweep()
    await shop.receive(shop.orderEvents.statusUpdated(order, 'delivered', 3600))
    expect(await states()).toEqual([
      ['payment.voided', 'payment.processed', 'payment.refunded'],
      ['payment.authorized', 'payment.processed'],
    ])
  })
})

describe('money that arrives for two payments, begun before and after the price changed,', () => {
  const both = async (price: number) => {
    const order = placed()
    const first = (await pay(order, { payment_token: 'tok_3ds' })).body
    await send('POST', `/api/payments/${first.id}/void`, undefined, shop.admin)
    shop.releaseClaim(order)
    shop.order(order).total = price
    const second = (await pay(order, { payment_token: 'tok_3ds', amount: price })).body
    await webhook(eventAbout(first))
    await webhook(eventAbout(second, { amount: price }))
    await shop.sweep()
    const states = async () => {
      await shop.sweep()
      const payments = await Promise.all([get(first.id), get(second.id)])
      return payments.map(({ status, refunded_amount }) => `${status} ${refunded_amount}`)
    }
    return { order, states }
  }
  test('waits until order says what the order costs', async () => {
    const { order, states } = await both(3600)
    expect(await states()).toEqual(['completed 0', 'completed 0'])
    await shop.receive(shop.orderEvents.statusUpdated(order, 'paid', 3600))
    expect(await states()).toEqual(['refunded 3000', 'completed 0'])
  })
  test('pays a cheaper order with the first, of which the rest goes back', async () => {
    const { order, states } = await both(2400)
    await shop.receive(shop.orderEvents.statusUpdated(order, 'paid', 2400))
    expect(await states()).toEqual(['partially_refunded 600', 'refunded 2400'])
  })
  test('goes back when the order is cancelled', async () => {
    const { order, states } = await both(3600)
    await shop.receive(shop.orderEvents.cancelled(order))
    expect(await states()).toEqual(['refunded 3000', 'refunded 3600'])
  })
})
