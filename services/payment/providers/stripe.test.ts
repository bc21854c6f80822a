import { afterAll, describe, expect, test } from 'bun:test'
import { testPayments } from '../testing'
import { stripeProvider } from './stripe'
import { fakeStripe } from './testing-stripe'

const stripe = fakeStripe()
const shop = await testPayments({ providers: [stripeProvider(stripe.options)], onlineProvider: 'stripe', terms: { askAfterMs: 60_000 } })
const { pay, placed, send, get, admin, sql } = shop
afterAll(async () => {
  await shop.drop()
  await stripe.stop()
})
const intentOf = (payment: { id: number }) =>
  [...stripe.intents.values()].find(({ metadata }) => metadata.payment_id === String(payment.id))!
const tell = async (type: string, payment: { id: number }, options = {}) => {
  const { body, headers } = await stripe.webhook(type, intentOf(payment), options)
  return send('POST', '/api/payments/webhooks/stripe', body, headers)
}

describe('Stripe', () => {
  test('is asked for the amount in its smallest units, with a key of the intent and our ids', async () => {
    const { body } = await pay(placed({ total: 19.99, currency: 'EUR' }), { amount: 19.99, payment_token: 'pm_card' })
    expect(body).toMatchObject({ status: 'completed', provider: 'stripe', transaction_id: intentOf(body).id })
    expect(intentOf(body)).toMatchObject({
      amount: 1999,
      currency: 'eur',
      metadata: { payment_id: String(body.id), order_id: String(body.order_id) },
    })
    expect(stripe.keys).toContain(`charge-${body.id}`)
  })
  test.each([
    ['JPY', 3000, 3000],
    ['ISK', 3000, 300_000],
    ['KWD', 3.125, 3125],
  ])('counts %s as Stripe does', async (currency, total, amount) => {
    const { body } = await pay(placed({ total, currency }), { amount: total, payment_token: 'pm_card' })
    expect([body.status, intentOf(body).amount]).toEqual(['completed', amount])
  })
  test('says why a card was declined', async () => {
    const { body } = await pay(placed(), { payment_token: 'pm_declined' })
    expect(body).toMatchObject({ status: 'failed', reason: 'insufficient_funds' })
  })
  test('without a token hands the customer’s browser what it needs, and tells by webhook', async () => {
    const { body } = await pay(placed())
    expect(body).toMatchObject({
      status: 'requires_action',
      next_action: { type: 'provider_sdk', client_secret: intentOf(body).client_secret },
    })
    intentOf(body).status = 'succeeded'
    expect((await tell('payment_intent.succeeded', body)).status).toBe(200)
    expect((await get(body.id)).status).toBe('completed')
  })
  test('3-D Secure goes to the bank', async () => {
    const { body } = await pay(placed(), { payment_token: 'pm_3ds' })
    expect(body).toMatchObject({ status: 'requires_action', next_action: { type: 'redirect', url: 'https://bank.example/3ds' } })
  })
  test('an answer that was lost is found by our id, and nobody is charged twice', async () => {
    stripe.hangsUp(() => true)
    const { body } = await pay(placed(), { payment_token: 'pm_card' })
    expect(body.status).toBe('pending')
    stripe.hangsUp(undefined)
    await shop.followUp.sweep(new Date(Date.now() + 3_600_000))
    expect((await get(body.id)).status).toBe('completed')
    expect([...stripe.intents.values()].filter(({ metadata }) => metadata.payment_id === String(body.id))).toHaveLength(1)
  })
  test('captures, voids, and takes an intent that moved on as it is', async () => {
    const [one, two] = [(await pay(placed(), { payment_token: 'pm_auth' })).body, (await pay(placed(), { payment_token: 'pm_auth' })).body]
    expect(one.status).toBe('authorized')
    expect((await send('POST', `/api/payments/${one.id}/capture`, undefined, admin)).body.status).toBe('completed')
    intentOf(two).status = 'succeeded'
    expect((await send('POST', `/api/payments/${two.id}/void`, undefined, admin)).body.status).toBe('completed')
  })
  test('refunds once under one key, also when the answer is lost', async () => {
    const { body } = await pay(placed(), { payment_token: 'pm_card' })
    stripe.hangsUp(path => path === '/v1/refunds')
    const { body: refund } = await send('POST', `/api/payments/${body.id}/refunds`, { amount: 10.01 }, admin)
    expect(refund.status).toBe('pending')
    stripe.hangsUp(undefined)
    await shop.followUp.sweep(new Date(Date.now() + 3_600_000))
    expect((await get(body.id)).refunded_amount).toBe(10.01)
    expect(stripe.refunds.filter(one => one.metadata.refund_id === String(refund.id)).map(({ amount }) => amount)).toEqual([1001])
  })
  test('webhooks with a wrong signature or an old stamp are refused', async () => {
    const { body } = await pay(placed(), { payment_token: 'pm_3ds' })
    const wrong = await tell('payment_intent.succeeded', body, { secret: 'whsec_another' })
    const old = await tell('payment_intent.succeeded', body, { at: new Date(Date.now() - 400_000) })
    expect([wrong, old].map(({ status, body: { code } }) => [status, code])).toEqual([
      [400, 'invalid_signature'],
      [400, 'stale_webhook'],
    ])
    expect((await tell('customer.created', body)).status).toBe(200)
    expect((await get(body.id)).status).toBe('requires_action')
  })
  test('its report and our books agree', async () => {
    const { body } = await send('GET', '/api/payments/reconciliation', undefined, admin)
    expect(body).toMatchObject({ provider: 'stripe', differences: [] })
    expect(body.matched).toBeGreaterThan(5)
    expect((await sql.db.selectFrom('sandbox_charges').select('id').execute()).length).toBe(0)
    expect(shop.failures).toEqual([])
  })
})
