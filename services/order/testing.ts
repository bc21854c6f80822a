import { createClients } from '#shared/client'
import type { Draft, Handler, Message } from '#shared/event'
import type { SqlOptions } from '#shared/sql'
import { deliverTo, messageOf, sender, testHttp, testSql } from '#shared/testing'
import { orderApp } from './app'
import type { OrderDb, Terms } from './database'
import { orderHandlers } from './events'
import * as migrations from './migrations'
import type { OrderView } from './model'
import { neighbours } from './neighbours'
import { createOrders } from './orders'
import { neighbourhood, productOf } from './testing-neighbours'

export const laptop = '507f1f77bcf86cd799439011'
export const phone = '507f1f77bcf86cd799439012'
export const shirt = '507f1f77bcf86cd799439013'
const minute = 60_000
const usual: Terms = { paymentTimeoutMs: 15 * minute, transferDueMs: 3 * 24 * 60 * minute, claimMs: minute }

interface Sent {
  body?: unknown
  user?: number
  key?: string
  admin?: boolean
}

/** The service on a real database, among neighbours that answer over HTTP. */
export const testOrders = async (terms: Partial<Terms> = {}, store: Partial<SqlOptions> = {}) => {
  const [mysql, web] = await Promise.all([testSql<OrderDb>({ service: 'order', migrations, ...store }), testHttp('order')])
  const around = neighbourhood()
  const client = createClients({ resolver: around.resolver, internalToken: async name => `for-${name}`, attempts: 1 })
  const asked = neighbours(client)
  const orders = createOrders({ sql: mysql.sql, neighbours: asked, terms: { ...usual, ...terms } })
  const app = orderApp({ http: web.http, ...orders })
  const handlers: Handler[] = orderHandlers(orders)
  const { known } = around
  const refill = () => {
    known.products.clear()
    known.products.set(laptop, productOf(laptop))
    known.products.set(phone, productOf(phone, { sku: 'PH-1', name: 'Phone', price: 19.99 }))
    const variants = [
      { sku: 'SH-M', price: 10, stock: 5, attributes: {} },
      { sku: 'SH-L', price: 12, stock: 5, attributes: {} },
    ]
    known.products.set(shirt, productOf(shirt, { sku: 'SH', name: 'Shirt', price: 10, category: 'Clothes', variants }))
  }
  refill()

  const ask = sender(app)
  const send = async (method: string, path: string, { body, user = 42, key, admin = false }: Sent = {}) => {
    const headers = { ...(await web.as(user, admin ? 'admin' : 'customer')), ...(key !== undefined && { 'idempotency-key': key }) }
    return ask(method, path, body, headers)
  }
  const sample = { items: [{ product_id: laptop, quantity: 2, price: 1500 }], shipping_address: '123 Main St, City' }
  const place = async (body: object = sample, more: Sent = {}): Promise<OrderView> => {
    const answer = await send('POST', '/api/orders', { body, ...more })
    if (answer.status !== 201) throw new Error(`not placed: ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  const message = (draft: Draft, id: string = crypto.randomUUID()) => messageOf(draft, { id })
  const hear = deliverTo(handlers)

  return {
    ...orders,
    ...web,
    neighbours: asked,
    app,
    handlers,
    sql: mysql.sql,
    known,
    around,
    refill,
    send,
    sample,
    place,
    message,
    hear,
    tell: (...drafts: Draft[]) => hear(...drafts.map(draft => message(draft))),
    get: async (id: number): Promise<OrderView> => (await send('GET', `/api/orders/${id}`, { admin: true })).body,
    /** What was published of an order, oldest first. */
    async published(id: number, type?: string) {
      const rows = await mysql.sql.kernel.selectFrom('outbox').select(['body', 'due_at']).orderBy('id').execute()
      return rows
        .map(({ body, due_at }) => ({ ...(JSON.parse(body) as Message<Record<string, unknown>>), due_at }))
        .filter(one => one.aggregate.id === String(id) && (type === undefined || one.type === type))
    },
    internal: async (service: Parameters<typeof web.asService>[0], method: string, path: string, body?: unknown) =>
      ask(method, path, body, await web.asService(service)),
    async stop() {
      await around.stop()
      await mysql.drop()
    },
  }
}
