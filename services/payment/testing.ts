import { createInternalIdentity } from '#shared/auth'
import { orderCancelled, orderReturnReceived, orderStatusUpdated } from '#shared/catalog'
import { createClients } from '#shared/client'
import type { Message } from '#shared/event'
import type { ServiceName } from '#shared/platform'
import { deliverTo, messageOf, sender, testHttp, testSql } from '#shared/testing'
import { paymentApp } from './app'
import { orderDesk } from './claim'
import type { PaymentDb } from './database'
import { paymentHandlers } from './events'
import * as migrations from './migrations'
import type { PaymentView } from './model'
import { createPayments } from './payments'
import { offlineProvider } from './providers/offline'
import type { Provider } from './providers/provider'
import { sandboxSecret as secretFrom } from './providers/providers'
import { sandboxProvider } from './providers/sandbox'
import { sign, signatureHeader } from './providers/signature'

const internalKey = 'an internal key that only tests know of'
export const shopper = 7
const items = [{ product_id: '507f1f77bcf86cd799439011', sku: 'LT-001', quantity: 1 }]

interface FakeOrder {
  user_id: number
  total: number
  currency: string
  status: 'pending' | 'awaiting_payment' | 'paid' | 'cancelled'
  claimedBy?: number | undefined
}

/** The order service's two doors, over HTTP, as it describes them. */
const fakeOrders = () => {
  const orders = new Map<number, FakeOrder>()
  const seen: { path: string; body: Record<string, unknown> }[] = []
  const identity = createInternalIdentity('order', internalKey)
  const refuse = (status: number, code: string, retryAfter?: number) =>
    Response.json(
      { type: 'about:blank', title: 'no', status, code, detail: code, request_id: '1' },
      { status, headers: { 'content-type': 'application/problem+json', ...(retryAfter && { 'retry-after': String(retryAfter) }) } },
    )
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      if ((await identity.callerOf(request.headers.get('authorization'))) !== 'payment') return refuse(403, 'forbidden')
      const [, id, door] = /^\/internal\/orders\/(\d+)\/(claim|release)$/.exec(new URL(request.url).pathname) ?? []
      const body = (await request.json()) as Record<string, unknown>
      seen.push({ path: `${door} ${id}`, body })
      const order = orders.get(Number(id))
      if (door === 'release') {
        if (order && order.claimedBy === body.payment_id) order.claimedBy = undefined
        return new Response(null, { status: 204 })
      }
      if (!order || (order.user_id !== body.user_id && body.is_admin !== true)) return refuse(404, 'order_not_found')
      if (order.status === 'pending') return refuse(409, 'order_not_payable', 1)
      if (order.status !== 'awaiting_payment') return refuse(409, 'order_not_payable')
      if (body.currency !== undefined && body.currency !== order.currency) return refuse(409, 'currency_mismatch')
      if (body.amount !== order.total) return refuse(409, 'amount_mismatch')
      if (order.claimedBy !== undefined && order.claimedBy !== body.payment_id) return refuse(409, 'payment_in_progress')
      order.claimedBy = Number(body.payment_id)
      return Response.json({ order_id: Number(id), user_id: order.user_id, amount: order.total, currency: order.currency })
    },
  })
  return { orders, seen, port: Number(server.port), stop: () => server.stop(true) }
}

interface Options {
  providers?: readonly Provider[]
  provider?: string
  deadlineMs?: number
  giveUpMs?: number
  readyMs?: number
  askAfterMs?: number
  actionMs?: number
}

/** The service in-process, on a schema of its own, beside an order service that speaks HTTP. */
export const sandboxSecret = secretFrom('the key of a test')

export const testPayments = async ({ providers = [], provider = 'sandbox', ...times }: Options = {}) => {
  const store = await testSql<PaymentDb>({ service: 'payment', migrations })
  const { sql } = store
  const { http, as, asService, failures } = await testHttp('payment')
  const order = fakeOrders()
  const client = createClients({
    resolver: {
      instances: async () => [
        {
          id: 'o',
          address: `127.0.0.1:${order.port}`,
          host: '127.0.0.1',
          port: order.port,
          version: '1',
          started_at: '',
          last_heartbeat: '',
        },
      ],
    },
    internalToken: createInternalIdentity('payment', internalKey).tokenFor,
  })
  const silent = { warn() {}, error() {} }
  const sandbox = sandboxProvider({ sql, secret: sandboxSecret, lateMs: 1000 })
  const service = createPayments({
    sql,
    log: silent,
    orders: orderDesk(client),
    providers: [offlineProvider({ secret: sandboxSecret, dueMs: 1000 }), sandbox, ...providers],
    provider,
    sandbox,
    ...times,
  })
  const app = paymentApp({ http, ...service })
  const [own, admin] = await Promise.all([as(shopper), as(1, 'admin')])
  let orders = 0

  const send = sender(app, { by: own })
  /** An order that waits for its payment. */
  const placed = (fields: Partial<FakeOrder> = {}): number => {
    order.orders.set(++orders, { user_id: shopper, total: 3000, currency: 'USD', status: 'awaiting_payment', ...fields })
    return orders
  }
  const pay = (order_id: number, fields: object = {}, headers: Record<string, string> = {}) =>
    send('POST', '/api/payments', { order_id, amount: 3000, payment_method: 'credit_card', ...fields }, { ...own, ...headers })
  const paid = async (fields: object = {}): Promise<PaymentView> => (await pay(placed(), fields)).body

  const told = {
    cancelled: (order_id: number) =>
      messageOf(orderCancelled({ id: order_id, version: 3 }, { order_id, user_id: shopper, reason: 'by_customer', items })),
    status: (order_id: number, status: 'delivered' | 'cancelled') =>
      messageOf(orderStatusUpdated({ id: order_id, version: 3 }, { order_id, user_id: shopper, status, payment_status: 'paid', items })),
    returned: (order_id: number, return_id: number, refund_amount: number) =>
      messageOf(orderReturnReceived({ id: order_id, version: 5 }, { order_id, return_id, lines: items, refund_amount })),
  }
  const webhook = (event: object, { at = new Date(), secret = sandboxSecret, provider = 'sandbox' } = {}) => {
    const body = JSON.stringify(event)
    return send('POST', `/api/payments/webhooks/${provider}`, body, { [signatureHeader]: sign(secret, body, at) })
  }
  /** The events of a payment, oldest first. */
  const published = async (paymentId?: number) => {
    const rows = await sql.kernel.selectFrom('outbox').select('body').orderBy('id').execute()
    const all = rows.map(
      row => JSON.parse(row.body) as Message<{ payment_id: number; amount: number; reason?: string; total_refunded?: number }>,
    )
    return paymentId === undefined ? all : all.filter(({ data }) => data.payment_id === paymentId)
  }
  const drift = async () => {
    const query = new URLSearchParams({
      since: new Date(Date.now() - 3_600_000).toISOString(),
      until: new Date(Date.now() + 60_000).toISOString(),
    })
    const { body } = await send('GET', `/internal/drift?${query}`, undefined, await asService('discovery' satisfies ServiceName))
    return body
  }
  return {
    ...service,
    ...store,
    order,
    app,
    as,
    asService,
    admin,
    own,
    failures,
    send,
    placed,
    pay,
    paid,
    hear: deliverTo(paymentHandlers({ orders: service.news })),
    told,
    webhook,
    published,
    drift,
    /** What the service does by the clock. */
    async sweep() {
      await service.deliver()
      await service.errands.sweep()
      await service.errands.expire()
      await service.webhooks.sweep()
    },
    look: async (id: number): Promise<PaymentView> => (await send('GET', `/api/payments/${id}`, undefined, admin)).body,
    async drop() {
      await order.stop()
      await store.drop()
    },
  }
}
