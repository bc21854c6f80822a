import { afterAll, describe, expect, test } from 'bun:test'
import { hour, minute } from '#shared/time'
import { testPayments } from '../testing'
import { paypalProvider } from './paypal'

interface Order {
  id: string
  status: string
  purchase_units: {
    custom_id: string
    amount: { currency_code: string; value: string }
    payments: {
      captures: { id: string; status: string }[]
      refunds: { id: string; status: string; custom_id: string; amount: { value: string } }[]
    }
  }[]
  links: { rel: string; href: string }[]
}
const webhookId = 'WH-1'
/** Currencies of which the fake makes no order. */
const refusals: Record<string, { status: number; body: object }> = {
  UAH: { status: 422, body: { name: 'UNPROCESSABLE_ENTITY', details: [{ issue: 'CURRENCY_NOT_SUPPORTED' }] } },
  KES: { status: 400, body: { name: 'INVALID_REQUEST' } },
  NOK: { status: 429, body: { name: 'RATE_LIMIT_REACHED' } },
}
const inWholeUnits = ['HUF', 'JPY', 'TWD']
const goodSignature = 'signed by PayPal'

/** The part of PayPal's REST API that we use. A repeated request id gets the first answer again, and PayPal verifies its own webhooks. */
const fakePayPal = () => {
  const orders = new Map<string, Order>()
  const answers = new Map<string, Response>()
  const calls: string[] = []
  let isLost = false
  const act = (path: string, body: Record<string, unknown>): Response => {
    const [, version, , , id = '', what] = path.split('/')
    if (path === '/v1/notifications/verify-webhook-signature') {
      const ok = body.webhook_id === webhookId && body.transmission_sig === goodSignature
      return Response.json({ verification_status: ok ? 'SUCCESS' : 'FAILURE' })
    }
    if (path === '/v2/checkout/orders') {
      const [unit] = body.purchase_units as Order['purchase_units']
      const refusal = refusals[unit!.amount.currency_code]
      if (refusal) return Response.json(refusal.body, { status: refusal.status })
      if (inWholeUnits.includes(unit!.amount.currency_code) && unit!.amount.value.includes('.'))
        return Response.json({ details: [{ issue: 'DECIMALS_NOT_SUPPORTED' }] }, { status: 422 })
      const made = { ...unit!, payments: { captures: [], refunds: [] } }
      const order: Order = {
        id: `O-${orders.size + 1}`,
        status: 'CREATED',
        purchase_units: [made],
        links: [{ rel: 'approve', href: 'https://paypal.example/approve' }],
      }
      orders.set(order.id, order)
      return Response.json({ id: order.id }, { status: 201 })
    }
    const order = [...orders.values()].find(one => one.id === id || one.purchase_units[0]?.payments.captures[0]?.id === id)
    const unit = order?.purchase_units[0]
    if (!order || !unit || version !== 'v2') return Response.json({}, { status: 404 })
    if (what === 'capture') {
      const token = (body.payment_source as { token?: { id: string } } | undefined)?.token?.id
      if (token === 'B-DECLINED' || (!token && order.status !== 'APPROVED'))
        return Response.json({ details: [{ issue: token ? 'INSTRUMENT_DECLINED' : 'ORDER_NOT_APPROVED' }] }, { status: 422 })
      order.status = 'COMPLETED'
      unit.payments.captures.push({ id: `C-${order.id}`, status: 'COMPLETED' })
      return Response.json(order, { status: 201 })
    }
    const refund = {
      id: `R-${calls.length}`,
      status: 'COMPLETED',
      custom_id: String(body.custom_id),
      amount: body.amount as { value: string },
    }
    unit.payments.refunds.push(refund)
    return Response.json(refund, { status: 201 })
  }
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      const { pathname } = new URL(request.url)
      if (pathname === '/v1/oauth2/token') {
        const known = request.headers.get('authorization') === `Basic ${btoa('client:secret')}`
        return known ? Response.json({ access_token: 'let-in', expires_in: 3600 }) : new Response(null, { status: 401 })
      }
      if (request.headers.get('authorization') !== 'Bearer let-in') return new Response(null, { status: 401 })
      if (request.method === 'GET') {
        const order = orders.get(pathname.split('/').at(-1) ?? '')
        return isLost || !order ? new Response(null, { status: 503 }) : Response.json(order)
      }
      const key = request.headers.get('paypal-request-id')
      const answer = (key ? answers.get(key)?.clone() : undefined) ?? act(pathname, await request.json())
      if (key) {
        calls.push(key)
        answers.set(key, answer.clone())
      }
      return isLost ? new Response(null, { status: 503 }) : answer
    },
  })
  return {
    orders,
    calls,
    loseAnswers: (lost: boolean) => (isLost = lost),
    url: `http://127.0.0.1:${server.port}`,
    stop: () => server.stop(true),
  }
}

const paypal = fakePayPal()
const provider = paypalProvider({ clientId: 'client', secret: 'secret', webhookId, deployment: 'here', url: paypal.url })
const shop = await testPayments({ providers: [provider], onlineProvider: 'paypal', terms: { askAfterMs: minute } })
const { pay, placed, send, get, admin } = shop
afterAll(async () => {
  await shop.drop()
  await paypal.stop()
})
const orderOf = (payment: { id: number }) =>
  [...paypal.orders.values()].find(one => one.purchase_units[0]?.custom_id === String(payment.id))!
const followUp = () => shop.followUp.sweep(new Date(Date.now() + hour))
const sendWebhook = (event_type: string, resource: object, { signature = goodSignature, at = new Date() } = {}) =>
  send('POST', '/api/payments/webhooks/paypal', JSON.stringify({ id: `WH-${crypto.randomUUID()}`, event_type, resource }), {
    'paypal-auth-algo': 'SHA256withRSA',
    'paypal-cert-url': 'https://api.paypal.com/cert',
    'paypal-transmission-id': 't',
    'paypal-transmission-sig': signature,
    'paypal-transmission-time': at.toISOString(),
  })

describe('PayPal', () => {
  test('charges a saved wallet at once, in decimal text, under the keys of the payment', async () => {
    const { body } = await pay(placed({ total: 19.9, currency: 'EUR' }), { amount: 19.9, payment_method: 'wallet', payment_token: 'B-1' })
    expect(body).toMatchObject({ status: 'completed', transaction_id: orderOf(body).id })
    expect(orderOf(body).purchase_units[0]?.amount).toEqual({ currency_code: 'EUR', value: '19.90' })
    expect(paypal.calls).toEqual(expect.arrayContaining([`charge-${body.id}`, `capture-${body.id}`]))
  })
  test.each(['HUF', 'TWD', 'JPY'])('receives whole amounts in %s without decimals', async currency => {
    const { body } = await pay(placed({ currency }), { payment_method: 'wallet', payment_token: 'B-1' })
    expect([body.status, orderOf(body).purchase_units[0]?.amount.value]).toEqual(['completed', '3000'])
    expect((await send('POST', `/api/payments/${body.id}/refunds`, { amount: 10 }, admin)).body.status).toBe('succeeded')
    expect(orderOf(body).purchase_units[0]?.payments.refunds.map(({ amount }) => amount.value)).toEqual(['10'])
  })
  test('refuses decimals in a currency in which it takes none', async () => {
    const { body } = await pay(placed({ total: 3000.5, currency: 'HUF' }), { amount: 3000.5, payment_method: 'wallet' })
    expect(body).toMatchObject({ status: 'failed', reason: 'decimals_not_supported' })
  })
  test('gives the reason of a declined wallet', async () => {
    const { body } = await pay(placed(), { payment_method: 'wallet', payment_token: 'B-DECLINED' })
    expect(body).toMatchObject({ status: 'failed', reason: 'instrument_declined' })
  })
  test.each([
    ['UAH', 'B-1', 'currency_not_supported'],
    ['UAH', undefined, 'currency_not_supported'],
    ['KES', undefined, 'invalid_request'],
  ])('fails a payment in %s of which it makes no order, and another one may follow', async (currency, token, reason) => {
    const id = placed({ currency })
    const { body } = await pay(id, { payment_method: 'wallet', ...(token && { payment_token: token }) })
    expect(body).toMatchObject({ status: 'failed', reason })
    expect((await pay(id, { payment_method: 'bank_transfer' })).body.status).toBe('pending')
  })
  test('fails a payment of which it makes no order, although its first answer was lost', async () => {
    paypal.loseAnswers(true)
    const { body } = await pay(placed({ currency: 'UAH' }), { payment_method: 'wallet' })
    expect(body.status).toBe('pending')
    paypal.loseAnswers(false)
    await followUp()
    expect(await get(body.id)).toMatchObject({ status: 'failed', reason: 'currency_not_supported' })
  })
  test('leaves a payment open that it did not refuse for good', async () => {
    const { body } = await pay(placed({ currency: 'NOK' }), { payment_method: 'wallet' })
    await followUp()
    expect((await get(body.id)).status).toBe('pending')
  })
  test('redirects the customer, and captures the money after the approval', async () => {
    const { body } = await pay(placed(), { payment_method: 'wallet' })
    expect(body).toMatchObject({ status: 'requires_action', next_action: { type: 'redirect', url: 'https://paypal.example/approve' } })
    orderOf(body).status = 'APPROVED'
    expect((await sendWebhook('CHECKOUT.ORDER.APPROVED', { id: orderOf(body).id })).status).toBe(200)
    await followUp()
    expect((await get(body.id)).status).toBe('completed')
  })
  test('makes one order even when the answer is lost', async () => {
    paypal.loseAnswers(true)
    const { body } = await pay(placed(), { payment_method: 'wallet' })
    expect(body.status).toBe('pending')
    paypal.loseAnswers(false)
    await followUp()
    expect((await get(body.id)).status).toBe('requires_action')
    expect([...paypal.orders.values()].filter(one => one.purchase_units[0]?.custom_id === String(body.id))).toHaveLength(1)
  })
  test('refunds a part once', async () => {
    const { body } = await pay(placed(), { payment_method: 'wallet', payment_token: 'B-1' })
    const answer = await send('POST', `/api/payments/${body.id}/refunds`, { amount: 0.5 }, admin)
    expect(answer.body.status).toBe('succeeded')
    expect(orderOf(body).purchase_units[0]?.payments.refunds.map(({ amount }) => amount.value)).toEqual(['0.50'])
  })
  test('voids a payment that was not approved', async () => {
    const { body } = await pay(placed(), { payment_method: 'wallet' })
    expect((await send('POST', `/api/payments/${body.id}/void`, undefined, admin)).body.status).toBe('voided')
  })
  test('verifies few webhooks at once, and refuses the others until later', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => sendWebhook('X', {}, { signature: 'mine' })))
    const counts = Object.groupBy(answers, ({ body }) => String(body.code))
    expect([counts.invalid_signature?.length, counts.provider_busy?.length]).toEqual([4, 8])
    expect(counts.provider_busy?.[0]?.headers.get('retry-after')).toBe('1')
    expect((await sendWebhook('X', {}, { signature: 'mine' })).body.code).toBe('invalid_signature')
  })
  test('has its webhooks refused when the signature is wrong or the time stamp old', async () => {
    const [forged, old] = [
      await sendWebhook('X', {}, { signature: 'mine' }),
      await sendWebhook('X', {}, { at: new Date(Date.now() - 400_000) }),
    ]
    expect([forged, old].map(({ status, body: { code } }) => [status, code])).toEqual([
      [400, 'invalid_signature'],
      [400, 'stale_webhook'],
    ])
    expect((await send('POST', '/api/payments/webhooks/paypal', '{}', {})).body.code).toBe('invalid_signature')
    expect(shop.failures).toEqual([])
  })
})
