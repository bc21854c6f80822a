import { afterAll, describe, expect, test } from 'bun:test'
import { hour, minute } from '#shared/time'
import { testPayments } from '../testing'
import { stripeProvider } from './stripe'
import { fakeStripe } from './testing-stripe'

const stripe = fakeStripe()
const shop = await testPayments({
  providers: [stripeProvider({ ...stripe.options, deployment: 'here' })],
  onlineProvider: 'stripe',
  terms: { askAfterMs: minute },
  keyPrefix: 'here-',
})
const { pay, placed, send, get, admin, sql } = shop
afterAll(async () => {
  await shop.drop()
  await stripe.stop()
})
const intentOf = (payment: { id: number }) =>
  [...stripe.intents.values()].find(({ metadata }) => metadata.payment_id === `here-${payment.id}`)!
/** What Stripe makes of an intent whose card is refused. */
const decline = (payment: { id: number }) =>
  Object.assign(intentOf(payment), {
    status: 'requires_payment_method',
    last_payment_error: { type: 'card_error', code: 'card_declined', decline_code: 'insufficient_funds' },
  })
const sendWebhook = async (type: string, payment: { id: number }, options = {}) => {
  const { body, headers } = await stripe.webhook(type, intentOf(payment), options)
  return send('POST', '/api/payments/webhooks/stripe', body, headers)
}

describe('Stripe', () => {
  test('receives the amount in minor units, our ids, and the key of the payment', async () => {
    const { body } = await pay(placed({ total: 19.99, currency: 'EUR' }), { amount: 19.99, payment_token: 'pm_card' })
    expect(body).toMatchObject({ status: 'completed', provider: 'stripe', transaction_id: intentOf(body).id })
    expect(intentOf(body)).toMatchObject({
      amount: 1999,
      currency: 'eur',
      metadata: { payment_id: `here-${body.id}`, order_id: String(body.order_id) },
    })
    expect(stripe.keys).toContain(`charge-here-${body.id}`)
  })
  test.each([
    ['JPY', 3000, 3000],
    ['ISK', 3000, 300_000],
    ['MGA', 3000, 3000],
    ['KWD', 3.125, 3125],
  ])('receives %s in the unit that Stripe counts in', async (currency, total, amount) => {
    const { body } = await pay(placed({ total, currency }), { amount: total, payment_token: 'pm_card' })
    expect([body.status, intentOf(body).amount]).toEqual(['completed', amount])
  })
  test('refuses a part of a unit in a currency that it counts in whole units', async () => {
    const { body } = await pay(placed({ total: 3000.5, currency: 'MGA' }), { amount: 3000.5, payment_token: 'pm_card' })
    expect(body).toMatchObject({ status: 'failed', reason: 'provider_refused' })
  })
  test('gives the reason of a declined card', async () => {
    const { body } = await pay(placed(), { payment_token: 'pm_declined' })
    expect(body).toMatchObject({ status: 'failed', reason: 'insufficient_funds' })
  })
  test('gives the customer’s browser a client secret when there is no token, and reports by webhook', async () => {
    const { body } = await pay(placed())
    expect(body).toMatchObject({
      status: 'requires_action',
      next_action: { type: 'provider_sdk', client_secret: intentOf(body).client_secret },
    })
    intentOf(body).status = 'succeeded'
    expect((await sendWebhook('payment_intent.succeeded', body)).status).toBe(200)
    expect((await get(body.id)).status).toBe('completed')
  })
  test('reports nothing about the charges of another deployment, whose payments have the same ids', async () => {
    const { body } = await pay(placed())
    const own = intentOf(body)
    const foreign = { ...own, id: 'pi_foreign', status: 'succeeded', metadata: { payment_id: `there-${body.id}` } }
    const { body: text, headers } = await stripe.webhook('payment_intent.succeeded', foreign)
    expect((await send('POST', '/api/payments/webhooks/stripe', text, headers)).status).toBe(200)
    expect((await get(body.id)).status).toBe('requires_action')
    expect(await sql.db.selectFrom('webhook_events').select('id').where('body', 'like', '%pi_foreign%').execute()).toEqual([])
  })
  test('still knows the charges that the release before made, under plain ids', async () => {
    const { body } = await pay(placed())
    const intent = intentOf(body)
    Object.assign(intent, { status: 'succeeded', metadata: { payment_id: String(body.id) } })
    const { body: text, headers } = await stripe.webhook('payment_intent.succeeded', intent)
    expect((await send('POST', '/api/payments/webhooks/stripe', text, headers)).status).toBe(200)
    expect((await get(body.id)).status).toBe('completed')
  })
  test('redirects to the bank for 3-D Secure', async () => {
    const { body } = await pay(placed(), { payment_token: 'pm_3ds' })
    expect(body).toMatchObject({ status: 'requires_action', next_action: { type: 'redirect', url: 'https://bank.example/3ds' } })
  })
  test('is asked by our id after a lost answer, and charges once', async () => {
    stripe.loseAnswers(() => true)
    const { body } = await pay(placed(), { payment_token: 'pm_card' })
    expect(body.status).toBe('pending')
    stripe.loseAnswers(undefined)
    await shop.followUp.sweep(new Date(Date.now() + hour))
    expect((await get(body.id)).status).toBe('completed')
    expect([...stripe.intents.values()].filter(({ metadata }) => metadata.payment_id === `here-${body.id}`)).toHaveLength(1)
  })
  test('captures, and voids unless the intent is captured already', async () => {
    const [one, two] = [(await pay(placed(), { payment_token: 'pm_auth' })).body, (await pay(placed(), { payment_token: 'pm_auth' })).body]
    expect(one.status).toBe('authorized')
    expect((await send('POST', `/api/payments/${one.id}/capture`, undefined, admin)).body.status).toBe('completed')
    intentOf(two).status = 'succeeded'
    expect((await send('POST', `/api/payments/${two.id}/void`, undefined, admin)).body.status).toBe('completed')
  })
  test('cancels an intent that its customer has not begun to pay, with the order or when its time is over', async () => {
    const [one, two] = [(await pay(placed())).body, (await pay(placed())).body]
    await shop.receive(shop.orderEvents.cancelled(one.order_id))
    await shop.followUp.sweep(new Date(Date.now() + minute))
    await shop.expire(new Date(Date.now() + hour))
    await shop.followUp.sweep(new Date(Date.now() + minute))
    expect([intentOf(one).status, intentOf(two).status]).toEqual(['canceled', 'canceled'])
    expect([(await get(one.id)).status, (await get(two.id)).status]).toEqual(['voided', 'voided'])
  })
  test('has the intent of a declined card cancelled, so that nobody can confirm it later', async () => {
    const declined = (await pay(placed(), { payment_token: 'pm_declined' })).body
    const inBrowser = (await pay(placed())).body
    decline(inBrowser)
    await sendWebhook('payment_intent.payment_failed', inBrowser)
    expect([declined, inBrowser].map(payment => intentOf(payment).status)).toEqual(['requires_payment_method', 'requires_payment_method'])
    await shop.followUp.sweep(new Date(Date.now() + minute))
    expect([declined, inBrowser].map(payment => intentOf(payment).status)).toEqual(['canceled', 'canceled'])
    await sendWebhook('payment_intent.canceled', declined)
    for (const { id } of [declined, inBrowser]) {
      expect(await get(id)).toMatchObject({ status: 'failed', reason: 'insufficient_funds' })
      expect(await sql.db.selectFrom('payments').select('doing').where('id', '=', id).execute()).toEqual([{ doing: null }])
      expect((await shop.published(id)).map(({ type }) => type)).toEqual(['payment.failed'])
    }
  })
  test('has an intent cancelled whose card was declined while its order was cancelled', async () => {
    const { body } = await pay(placed())
    await shop.receive(shop.orderEvents.cancelled(body.order_id))
    decline(body)
    await sendWebhook('payment_intent.payment_failed', body)
    await shop.followUp.sweep(new Date(Date.now() + minute))
    expect(intentOf(body).status).toBe('canceled')
  })
  test('cancels a declined intent that was being confirmed again, once that has failed, too', async () => {
    const { body } = await pay(placed(), { payment_token: 'pm_declined' })
    intentOf(body).status = 'processing'
    await shop.followUp.sweep(new Date(Date.now() + minute))
    expect(intentOf(body).status).toBe('processing')
    decline(body)
    await shop.followUp.sweep(new Date(Date.now() + hour))
    expect(intentOf(body).status).toBe('canceled')
  })
  test('refunds once what a declined intent brings after all, when its order is cancelled or paid by another payment', async () => {
    const orders = [placed(), placed()] as const
    const late = [(await pay(orders[0])).body, (await pay(orders[1])).body]
    for (const payment of late) {
      decline(payment)
      await sendWebhook('payment_intent.payment_failed', payment)
      // The customer confirms the intent again before it is cancelled.
      Object.assign(intentOf(payment), { status: 'succeeded', last_payment_error: null })
    }
    await shop.receive(shop.orderEvents.cancelled(orders[0]))
    shop.releaseClaim(orders[1])
    const other = (await pay(orders[1], { payment_token: 'pm_card' })).body
    expect(other.status).toBe('completed')
    for (const payment of late) await sendWebhook('payment_intent.succeeded', payment)
    for (const _ of ['first', 'again']) {
      await shop.followUp.sweep(new Date(Date.now() + hour))
      for (const payment of late) await sendWebhook('payment_intent.succeeded', payment)
    }
    for (const payment of late) {
      expect(await get(payment.id)).toMatchObject({ status: 'refunded', refunded_amount: 3000 })
      expect(stripe.refunds.filter(refund => refund.payment_intent === intentOf(payment).id)).toHaveLength(1)
    }
    expect((await get(other.id)).status).toBe('completed')
  })
  test('still waits for the customer when the request is repeated after a crash', async () => {
    const id = placed()
    const { body } = await pay(id, {}, { 'idempotency-key': 'crash' })
    await sql.db
      .updateTable('payments')
      .set({ status: 'pending', doing: 'charge', transaction_id: null, next_action: null, version: 0 })
      .where('id', '=', body.id)
      .execute()
    await sql.kernel.deleteFrom('idempotency_keys').execute()
    const again = await pay(id, {}, { 'idempotency-key': 'crash' })
    expect(again.body).toMatchObject({
      ...{ id: body.id, status: 'requires_action', transaction_id: intentOf(body).id },
      next_action: { type: 'provider_sdk', client_secret: intentOf(body).client_secret },
    })
  })
  test('gives the reason of a declined card whose answer was lost', async () => {
    stripe.loseAnswers(() => true)
    const { body } = await pay(placed(), { payment_token: 'pm_declined' })
    stripe.loseAnswers(undefined)
    await shop.followUp.sweep(new Date(Date.now() + hour))
    expect(await get(body.id)).toMatchObject({ status: 'failed', reason: 'insufficient_funds' })
  })
  test('refunds once even when the answer is lost', async () => {
    const { body } = await pay(placed(), { payment_token: 'pm_card' })
    stripe.loseAnswers(path => path === '/v1/refunds')
    const { body: refund } = await send('POST', `/api/payments/${body.id}/refunds`, { amount: 10.01 }, admin)
    expect(refund.status).toBe('pending')
    stripe.loseAnswers(undefined)
    await shop.followUp.sweep(new Date(Date.now() + hour))
    expect((await get(body.id)).refunded_amount).toBe(10.01)
    expect(stripe.refunds.filter(one => one.metadata.refund_id === String(refund.id)).map(({ amount }) => amount)).toEqual([1001])
  })
  test('has its webhooks refused when the signature is wrong or the time stamp old', async () => {
    const { body } = await pay(placed(), { payment_token: 'pm_3ds' })
    const wrong = await sendWebhook('payment_intent.succeeded', body, { secret: 'whsec_another' })
    const old = await sendWebhook('payment_intent.succeeded', body, { at: new Date(Date.now() - 400_000) })
    expect([wrong, old].map(({ status, body: { code } }) => [status, code])).toEqual([
      [400, 'invalid_signature'],
      [400, 'stale_webhook'],
    ])
    expect((await sendWebhook('customer.created', body)).status).toBe(200)
    expect((await get(body.id)).status).toBe('requires_action')
  })
  test('gives a report that agrees with our ledger', async () => {
    const { body } = await send('GET', '/api/payments/reconciliation', undefined, admin)
    expect(body).toMatchObject({ provider: 'stripe', differences: [] })
    expect(body.matched).toBeGreaterThan(5)
    expect((await sql.db.selectFrom('sandbox_charges').select('id').execute()).length).toBe(0)
    expect(shop.failures).toEqual([])
  })
})
