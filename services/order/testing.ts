import type { Draft, Message } from '#shared/event'
import type { Notices } from '#shared/redis'
import type { SqlOptions } from '#shared/sql'
import { deliverTo, messageOf, sender, testHttp, testSql } from '#shared/testing'
import { minute } from '#shared/time'
import { orderApp } from './app'
import { orderClients } from './clients'
import { compose } from './compose'
import type { OrderDb, Terms } from './database'
import { orderHandlers } from './events'
import * as migrations from './migrations'
import type { OrderView } from './model'
import { laptop, testOrderClients } from './testing-clients'

export { laptop, phone, shirt } from './testing-clients'

/** Nobody is told: there is no other instance. */
export const noNotices: Notices = { tell() {}, listen: () => () => {} }
const usualTerms: Terms = { paymentTimeoutMs: 15 * minute, claimMs: minute }

interface Sent {
  body?: unknown
  user?: number
  key?: string
  admin?: boolean
}

/** The service on a real database; the services that it asks are played, and answer over HTTP. */
export const testOrders = async (terms: Partial<Terms> = {}, store: Partial<SqlOptions> = {}, notices: Notices = noNotices) => {
  const [mysql, web] = await Promise.all([testSql<OrderDb>({ service: 'order', migrations, ...store }), testHttp('order')])
  const others = testOrderClients()
  // Answers are never a moment old, so that a test sees what it has just changed.
  const clients = orderClients(others.client, { rememberMs: 0 })
  const warnings: { order_id?: number; failed?: number }[] = []
  const log = { warn: (fields: { order_id?: number; failed?: number }) => void warnings.push(fields) }
  const service = compose({ sql: mysql.sql, clients, terms: { ...usualTerms, ...terms }, log, notices })
  const app = orderApp({ http: web.http, ...service })
  const handlers = orderHandlers(service)

  const ask = sender(app)
  const send = async (method: string, path: string, { body, user = 42, key, admin = false }: Sent = {}) => {
    const headers = { ...(await web.as(user, admin ? 'admin' : 'customer')), ...(key !== undefined && { 'idempotency-key': key }) }
    return ask(method, path, body, headers)
  }
  const sample = { items: [{ product_id: laptop, quantity: 2, price: 1500 }], shipping_address: '123 Main St, City' }
  const message = (draft: Draft, id: string = crypto.randomUUID()) => messageOf(draft, { id })
  const handle = deliverTo(handlers)

  return {
    ...web,
    service,
    clients,
    handlers,
    sql: mysql.sql,
    /** The services that are down, and the name of each that was asked. */
    down: others.down,
    asked: others.asked,
    known: others.known,
    restock: others.restock,
    warnings,
    send,
    sample,
    message,
    handle,
    deliver: (...drafts: Draft[]) => handle(...drafts.map(draft => message(draft))),
    async place(body: object = sample, more: Sent = {}): Promise<OrderView> {
      const answer = await send('POST', '/api/orders', { body, ...more })
      if (answer.status !== 201) throw new Error(`not placed: ${JSON.stringify(answer.body)}`)
      return answer.body
    },
    get: async (id: number): Promise<OrderView> => (await send('GET', `/api/orders/${id}`, { admin: true })).body,
    /** What was published about an order, oldest first. */
    async published(id: number, type?: string) {
      const rows = await mysql.sql.kernel.selectFrom('outbox').select(['body', 'due_at']).orderBy('id').execute()
      return rows
        .map(({ body, due_at }) => ({ ...(JSON.parse(body) as Message<Record<string, unknown>>), due_at }))
        .filter(each => each.aggregate.id === String(id) && (type === undefined || each.type === type))
    },
    internal: async (service: Parameters<typeof web.asService>[0], method: string, path: string, body?: unknown) =>
      ask(method, path, body, await web.asService(service)),
    async stop() {
      await others.stop()
      await mysql.drop()
    },
  }
}
