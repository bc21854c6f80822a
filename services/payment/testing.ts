import { orderCancelled, orderReturnReceived, orderStatusUpdated } from '#shared/catalog'
import type { Message } from '#shared/event'
import { deliverTo, messageOf, sender, testClients, testHttp, testSql } from '#shared/testing'
import { hour, minute } from '#shared/time'
import { signatureHeader, signWebhook } from '#shared/webhook-signature'
import { paymentApp } from './app'
import { paymentClients } from './clients'
import { compose } from './compose'
import type { PaymentDb } from './database'
import { paymentHandlers } from './events'
import * as migrations from './migrations'
import type { PaymentView } from './model'
import { offlineProvider } from './providers/offline'
import type { Provider } from './providers/provider'
import { sandboxSecret as secretFrom } from './providers/providers'
import { sandboxProvider } from './providers/sandbox'
import type { PaymentTerms } from './terms'

export const shopper = 7
export const sandboxSecret = secretFrom('the key of a test')
const items = [{ product_id: '507f1f77bcf86cd799439011', sku: 'LT-001', quantity: 1 }]

interface FakeOrder {
  user_id: number
  total: number
  currency: string
  status: 'pending' | 'awaiting_payment' | 'paid' | 'cancelled'
  claimedBy?: number | undefined
  /** How long the payment asked the order to be held. */
  heldMs?: number
  /** The order service grants the claim, but its answer is lost. */
  losesClaims?: boolean
  /** The order service holds nothing for now. */
  refusesHolds?: boolean
  /** Nothing that is asked about the order is answered. */
  isDown?: boolean
}

/** The claim and release routes of the order service, with their refusals. */
const fakeOrders = () => {
  const orders = new Map<number, FakeOrder>()
  const requests: string[] = []
  const refuse = (status: number, code: string, retryAfter?: number) =>
    Response.json(
      { type: 'about:blank', title: code, status, code, detail: code, request_id: '1' },
      { status, headers: { 'content-type': 'application/problem+json', ...(retryAfter && { 'retry-after': String(retryAfter) }) } },
    )
  const fetch = async (request: Request) => {
    if (request.headers.get('authorization') !== 'Bearer for-order') return refuse(403, 'forbidden')
    const [, id, action] = /^\/internal\/orders\/(\d+)\/(claim|hold|release)$/.exec(new URL(request.url).pathname) ?? []
    const body = (await request.json()) as Record<string, unknown>
    requests.push(`${action} ${id}`)
    const order = orders.get(Number(id))
    if (action === 'release' && order?.isDown) return refuse(503, 'order_unavailable', 1)
    if (action === 'release') {
      if (order && order.claimedBy === body.payment_id) order.claimedBy = undefined
      return new Response(null, { status: 204 })
    }
    const down = () => refuse(503, 'order_unavailable', 1)
    if (action === 'hold' && order?.refusesHolds) return down()
    if (action === 'hold') {
      if (order?.status !== 'awaiting_payment' || body.amount !== order.total) return refuse(409, 'order_not_payable')
      order.heldMs = Number(body.hold_ms)
      return new Response(null, { status: 204 })
    }
    if (!order || (order.user_id !== body.user_id && body.is_admin !== true)) return refuse(404, 'order_not_found')
    const waitsUntil = Date.now() + Number(body.wait_ms)
    while (order.status === 'pending' && Date.now() < waitsUntil) await Bun.sleep(10)
    if (order.status === 'pending') return refuse(409, 'order_not_payable', 1)
    if (order.status !== 'awaiting_payment') return refuse(409, 'order_not_payable')
    if (body.currency !== undefined && body.currency !== order.currency) return refuse(409, 'currency_mismatch')
    if (body.amount !== order.total) return refuse(409, 'amount_mismatch')
    if (order.claimedBy !== undefined && order.claimedBy !== body.payment_id) return refuse(409, 'payment_in_progress')
    order.claimedBy = Number(body.payment_id)
    if (order.losesClaims || order.isDown) return down()
    return Response.json({ order_id: Number(id), user_id: order.user_id, amount: order.total, currency: order.currency })
  }
  const order = (id: number): FakeOrder => {
    const found = orders.get(id)
    if (!found) throw new Error(`the test has no order ${id}`)
    return found
  }
  return { orders, order, requests, fetch }
}

/** Events of the order service, as they arrive. */
const orderEvents = {
  cancelled: (order_id: number) =>
    messageOf(orderCancelled({ id: order_id, version: 3 }, { order_id, user_id: shopper, reason: 'by_customer', items })),
  /** With `due_amount`, an order for which something else was captured than that. */
  statusUpdated: (order_id: number, status: 'paid' | 'fulfilling' | 'delivered' | 'cancelled', due_amount?: number) => {
    const data = { order_id, user_id: shopper, status, payment_status: 'paid', items, ...(due_amount !== undefined && { due_amount }) }
    return messageOf(orderStatusUpdated({ id: order_id, version: 3 }, data))
  },
  returned: (order_id: number, return_id: number, refund_amount: number) =>
    messageOf(orderReturnReceived({ id: order_id, version: 5 }, { order_id, return_id, lines: items, refund_amount })),
}

type PaymentMessage = Message<{ payment_id: number; amount: number; reason?: string; total_refunded?: number; cause?: string }>

interface Options {
  providers?: readonly Provider[]
  onlineProvider?: string
  takesTransfers?: boolean
  terms?: Partial<PaymentTerms>
  keyPrefix?: string
}

/** The service in-process, on a schema of its own. The test plays the order service, over HTTP. */
export const testPayments = async (options: Options = {}) => {
  const { providers = [], onlineProvider = 'sandbox', takesTransfers = true, terms = {}, keyPrefix = '' } = options
  const store = await testSql<PaymentDb>({ service: 'payment', migrations })
  const { sql } = store
  const { http, as, asService, failures } = await testHttp('payment')
  const fake = fakeOrders()
  const clients = testClients({ order: fake })
  const sandbox = sandboxProvider({ sql, secret: sandboxSecret, lateMs: 1000 })
  const service = compose({
    sql,
    log: { warn() {}, error() {} },
    clients: paymentClients(clients.client),
    providers: [offlineProvider({ secret: sandboxSecret, dueMs: 1000 }), sandbox, ...providers],
    onlineProvider,
    takesTransfers,
    sandbox,
    terms,
    keyPrefix: () => keyPrefix,
  })
  const app = paymentApp({ http, ...service })
  const [own, admin] = await Promise.all([as(shopper), as(1, 'admin')])
  let orders = 0

  const send = sender(app, { by: own })
  /** An order that waits for its payment. */
  const placed = (fields: Partial<FakeOrder> = {}): number => {
    fake.orders.set(++orders, { user_id: shopper, total: 3000, currency: 'USD', status: 'awaiting_payment', ...fields })
    return orders
  }
  const pay = (order_id: number, fields: object = {}, headers: Record<string, string> = {}) =>
    send('POST', '/api/payments', { order_id, amount: 3000, payment_method: 'credit_card', ...fields }, { ...own, ...headers })
  const paid = async (fields: object = {}): Promise<PaymentView> => (await pay(placed(), fields)).body

  const webhook = (event: object, { at = new Date(), secret = sandboxSecret, provider = 'sandbox' } = {}) => {
    const body = JSON.stringify(event)
    return send('POST', `/api/payments/webhooks/${provider}`, body, { [signatureHeader]: signWebhook(secret, body, at) })
  }
  /** The events of a payment, oldest first. */
  const published = async (paymentId: number) =>
    ((await store.published()) as PaymentMessage[]).filter(({ data }) => data.payment_id === paymentId)
  const drift = async () => {
    const query = new URLSearchParams({
      since: new Date(Date.now() - hour).toISOString(),
      until: new Date(Date.now() + minute).toISOString(),
    })
    const { body } = await send('GET', `/internal/drift?${query}`, undefined, await asService('discovery'))
    return body
  }
  return {
    ...service,
    ...store,
    as,
    asService,
    admin,
    failures,
    send,
    placed,
    /** The order of a payment, as the order service has it. */
    order: fake.order,
    /** The requests that the order service received. */
    orderRequests: fake.requests,
    releaseClaim(orderId: number) {
      fake.order(orderId).claimedBy = undefined
    },
    pay,
    paid,
    receive: deliverTo(paymentHandlers(service)),
    orderEvents,
    webhook,
    published,
    drift,
    /** The periodic work of the service. */
    async sweep() {
      await service.deliverSandboxWebhooks()
      await service.followUp.sweep()
      await service.holds.sweep()
      await service.expire()
      await service.webhooks.sweep()
    },
    get: async (id: number): Promise<PaymentView> => (await send('GET', `/api/payments/${id}`, undefined, admin)).body,
    async drop() {
      await clients.stop()
      await store.drop()
    },
  }
}
