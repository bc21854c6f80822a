import { afterAll, describe, expect, test } from 'bun:test'
import { sandboxSecret, testPayments } from './testing'

const shop = await testPayments()
const { pay, paid, placed, webhook, get, published, send, sql } = shop
afterAll(() => shop.drop())

const about = (payment: { id: number; transaction_id: string | null }, fields: object = {}) => ({
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
    ['unsigned', () => send('POST', '/api/payments/webhooks/sandbox', '{}', {}), 'invalid_signature'],
    ['signed by another secret', () => webhook({}, { secret: 'another' }), 'invalid_signature'],
    ['with an old stamp', () => webhook({}, { at: new Date(Date.now() - 301_000) }), 'stale_webhook'],
    ['with a stamp of the future', () => webhook({}, { at: new Date(Date.now() + 302_000) }), 'stale_webhook'],
    ['signed, but no event', () => webhook({ id: 'x' }), 'invalid_webhook'],
  ])('%s', async (_, sent, code) => {
    expect(await codeOf(sent())).toEqual([400, code])
    expect(await sql.db.selectFrom('webhook_events').select('id').execute()).toEqual([])
  })
  test('when its body was changed on the way', async () => {
    const { signatureHeader, signWebhook } = await import('./providers/signature')
    const signature = signWebhook(sandboxSecret, '{"amount":1}', new Date())
    expect(await codeOf(send('POST', '/api/payments/webhooks/sandbox', '{"amount":2}', { [signatureHeader]: signature }))).toEqual([
      400,
      'invalid_signature',
    ])
  })
  test('from a provider that we don’t have', async () => expect((await webhook({}, { provider: 'nobody' })).status).toBe(404))
  test('when it is too long', async () => {
    const answer = await send('POST', '/api/payments/webhooks/sandbox', 'x'.repeat(1024 * 1024 + 1), {})
    expect(answer.status).toBe(413)
  })
})

describe('a webhook is taken in', () => {
  test('once, however often it comes', async () => {
    const { body } = await pay(placed(), { payment_token: 'tok_3ds' })
    const event = about(body)
    const answers = await Promise.all(Array.from({ length: 10 }, () => webhook(event)))
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200))
    expect((await get(body.id)).status).toBe('completed')
    expect((await published(body.id)).map(({ type }) => type)).toEqual(['payment.processed'])
  })
  test('in any order: what comes late changes nothing', async () => {
    const { body } = await pay(placed(), { payment_token: 'tok_3ds' })
    await webhook(about(body))
    for (const type of ['payment.authorized', 'payment.failed', 'payment.voided'])
      expect((await webhook(about(body, { type }))).status).toBe(200)
    expect((await get(body.id)).status).toBe('completed')
  })
  test('for a payment that is not known yet, and settled when it is', async () => {
    const next = (await paid()).id + 1
    const event = about({ id: next, transaction_id: 'sbx_early' })
    expect(await webhook(event)).toMatchObject({ status: 202, body: { received: true, settled: false } })
    expect((await webhook(event)).status).toBe(202)
    const { body } = await pay(placed(), { payment_token: 'tok_3ds' })
    expect(body.id).toBe(next)
    await shop.webhooks.sweep(new Date(Date.now() + 60_000))
    expect((await get(next)).status).toBe('completed')
    expect((await webhook(event)).status).toBe(200)
  })
  test('that speaks of another amount, changes nothing and shows in drift', async () => {
    const { body } = await pay(placed(), { payment_token: 'tok_3ds' })
    expect((await webhook(about(body, { amount: 1 }))).status).toBe(200)
    expect((await get(body.id)).status).toBe('requires_action')
    expect((await shop.drift()).outstanding.count).toBe(1)
  })
  test('that is for another provider’s payment, is kept and touches nothing', async () => {
    const { body } = await pay(placed(), { payment_method: 'bank_transfer' })
    expect((await webhook(about(body))).status).toBe(202)
    expect((await get(body.id)).status).toBe('pending')
  })
})

describe('money that comes after all', () => {
  test('pays the order when nothing else did', async () => {
    const { body } = await pay(placed(), { payment_token: 'tok_3ds' })
    await send('POST', `/api/payments/${body.id}/void`, undefined, shop.admin)
    await webhook(about(body))
    expect((await get(body.id)).status).toBe('completed')
  })
  test('for an order that another payment paid goes back, once', async () => {
    const id = placed()
    const first = await pay(id, { payment_token: 'tok_3ds' })
    await send('POST', `/api/payments/${first.body.id}/void`, undefined, shop.admin)
    shop.releaseClaim(id)
    const second = await pay(id)
    await webhook(about(first.body))
    await shop.sweep()
    await shop.sweep()
    expect(await get(first.body.id)).toMatchObject({ status: 'refunded', refunded_amount: 3000 })
    expect((await get(second.body.id)).status).toBe('completed')
    expect((await published(first.body.id)).at(-1)?.data.reason).toBe('paid_twice')
  })
  test('for a cancelled order goes back', async () => {
    const id = placed()
    const { body } = await pay(id, { payment_method: 'bank_transfer' })
    await shop.receive(shop.orderEvents.cancelled(id))
    await shop.sweep()
    expect((await get(body.id)).status).toBe('voided')
    await webhook(about(body), { provider: 'offline' })
    await shop.sweep()
    expect((await get(body.id)).status).toBe('refunded')
    expect((await shop.drift()).ledger.count).toBe(0)
  })
})
