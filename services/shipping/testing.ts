import { Value } from '@sinclair/typebox/value'
import { Elysia } from 'elysia'
import { inventoryCommitted, orderCancelled, userDeleted } from '#shared/catalog'
import type { Message } from '#shared/event'
import { problemResponse, toAppError } from '#shared/http'
import { createLog } from '#shared/log'
import { startFanout } from '#shared/redis'
import { t } from '#shared/schema'
import { deliverTo, messageOf, sender, testClients, testHttp, testRedis, testSql } from '#shared/testing'
import { day } from '#shared/time'
import { shippingApp } from './app'
import type { Carrier } from './carriers/carrier'
import { carrierContracts } from './carriers/contracts'
import { sandboxCarrier } from './carriers/sandbox'
import { shippingClients } from './clients'
import { compose } from './compose'
import type { ShippingDb } from './database'
import type { Line } from './domain-lines'
import { shippingHandlers } from './events'
import * as migrations from './migrations'

export const laptop = '507f1f77bcf86cd799439011'
export const mug = '507f1f77bcf86cd799439012'
export const street = '123 Main St, City'

const shipper = { name: 'main', phone: '030123', line1: 'Dock 1', city: 'Berlin', country: 'DE' }
const lines: Line[] = [
  { product_id: laptop, sku: 'LT-001', quantity: 2 },
  { product_id: mug, sku: 'MUG-RED', quantity: 3 },
  { product_id: mug, sku: 'MUG-BLUE', quantity: 1 },
]
const orderOf = (order_id: number, user_id: number) => ({
  order_id,
  user_id,
  status: 'paid',
  payment_status: 'paid',
  total_amount: 3000,
  currency: 'USD',
  shipping_address: street as unknown,
  shipping_option: 'standard',
  items: lines.map(line => ({ ...line, name: 'Thing', price: 10 })),
})
type Order = ReturnType<typeof orderOf>

/** The user service does not know this user any more. */
export const erasedUser = 99

/** A product as the catalog answers its price, in major units. */
interface SoldProduct {
  id: string
  price: number
  currency: string
  status: 'active' | 'archived'
  variants: { sku: string; price: number; stock: number }[]
}

/** Fakes of order, user and product, with the orders that a test puts into `known`, and the products that it puts into `sold`. */
const testOrders = () => {
  const known = new Map<number, Order>()
  const app = new Elysia()
    .onError(({ error, code }) => problemResponse(toAppError(error, code), {}))
    .post('/internal/orders/batch', ({ body }) => {
      const { ids } = Value.Decode(t.Object({ ids: t.Array(t.Integer()) }), body)
      return { items: ids.flatMap(id => known.get(id) ?? []) }
    })
  const user = new Elysia().post('/internal/users/contacts', ({ body }) => {
    const { ids } = Value.Decode(t.Object({ ids: t.Array(t.Integer()) }), body)
    return { items: ids.filter(id => id !== erasedUser).map(id => ({ id, full_name: `Buyer ${id}`, phone: id % 2 ? '0123456789' : null })) }
  })
  const sold = new Map<string, SoldProduct>()
  const product = new Elysia().post('/internal/prices', ({ body }) => {
    const { ids } = Value.Decode(t.Object({ ids: t.Array(t.String(), { maxItems: 100 }) }), body)
    return { items: ids.flatMap(id => sold.get(id) ?? []) }
  })
  return { known, sold, ...testClients({ order: app, user, product }) }
}

/** The fields of answers that tests read. */
interface Body {
  id: number
  code: string
  status: string
  tracking_number: string
  ready_at: string | null
  carrier_tracking_number: string | null
  carrier_tracking_url: string | null
  address: unknown
  lines: { product_id: string; sku: string; quantity: number }[]
  warehouse: string | null
  events: { status: string }[]
  total: number
  next_cursor: string
  items: (Pick<Body, 'lines' | 'warehouse'> & { id: number; name: string; is_default: boolean; countries: string[] })[]
  countries: string[]
  subtotal: number | null
  options: { option: string; price: number; currency: string; days_min: number; days_max: number; free_over: number | null }[]
  stuck: { count: number; examples: string[] }
}

interface ShipmentData {
  order_id: number
  status: string
  lines: unknown[]
}

interface Options {
  carrier?: Carrier
  heartbeatMs?: number
  stuckAfterMs?: number
}

/** The service on real stores, beside a fake order service. `instance` starts another instance on the same stores. */
export const testShipping = async (options: Options = {}) => {
  const [mysql, { redis, drop: dropRedis }] = await Promise.all([testSql<ShippingDb>({ service: 'shipping', migrations }), testRedis()])
  const { sql } = mysql
  const order = testOrders()
  const closing: (() => unknown)[] = []
  const { http, as, asService, failures } = await testHttp('shipping')
  const warnings: string[] = []
  const log = {
    ...createLog('shipping', 'silent'),
    warn: (fields: object, text?: string) => void warnings.push(`${text} ${Bun.inspect(fields)}`),
  }
  const instance = async (more: Options = {}) => {
    const sandbox = more.carrier ?? options.carrier ?? sandboxCarrier({ stepMs: 0 })
    const followers: Promise<void>[] = []
    const shipping = compose({
      stuckAfterMs: 7 * day,
      ...options,
      ...more,
      sql,
      clients: shippingClients(order.client),
      carriers: carrierContracts({ sandbox }, 'sandbox', (warehouse = 'main') => ({ ...shipper, name: warehouse })),
      follow: onEntry => {
        const follower = startFanout(redis, redis.key('live'), { onEntry, log })
        closing.push(follower.close)
        followers.push(follower.ready)
        return follower
      },
      log,
    })
    closing.push(shipping.streams.close)
    await Promise.all(followers)
    const app = shippingApp({ http, ...shipping })
    const send = sender(app)
    const call = async (
      method: string,
      path: string,
      { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
    ) => {
      const answer = await send(method, path, body, headers)
      return { ...answer, body: (answer.body ?? {}) as Body }
    }
    return {
      ...shipping,
      app,
      call,
      receive: deliverTo(shippingHandlers(shipping)),
    }
  }
  const first = await instance()
  let orders = 100

  return {
    ...first,
    sql,
    order,
    lines,
    failures,
    warnings,
    instance,
    as,
    asService,
    admin: await as(1, 'admin'),
    /** An order that only the order service knows: no event about it has arrived yet. */
    newOrder: (userId = 7, change: Partial<Order> = {}) => {
      const made = { ...orderOf(++orders, userId), ...change }
      order.known.set(made.order_id, made)
      return made.order_id
    },
    /** An order with its shipment. */
    async shipped(userId = 7, change: Partial<Order> = {}): Promise<{ orderId: number; id: number }> {
      const orderId = this.newOrder(userId, change)
      await first.receive(committed(orderId))
      const row = await sql.db.selectFrom('shipments').select('id').where('order_id', '=', orderId).executeTakeFirstOrThrow()
      return { orderId, id: row.id }
    },
    shipmentsOf: (orderId: number) => sql.db.selectFrom('shipments').selectAll().where('order_id', '=', orderId).orderBy('id').execute(),
    /** The events about an order's shipments in the outbox, oldest first. */
    async published(orderId: number) {
      const messages = (await mysql.published()) as Message<ShipmentData>[]
      return messages.filter(({ data }) => data.order_id === orderId)
    },
    /** What administrators did, oldest first. */
    acts: () => mysql.published('admin.acted'),
    async drop() {
      for (const close of closing.splice(0)) await close()
      await Promise.all([order.stop(), mysql.drop(), dropRedis()])
    },
  }
}
export type TestShipping = Awaited<ReturnType<typeof testShipping>>

export const committed = (order_id: number, from: Line[] = lines) =>
  messageOf(inventoryCommitted({ id: order_id, version: 2 }, { order_id, lines: from }))
export const cancelled = (order_id: number) =>
  messageOf(orderCancelled({ id: order_id, version: 3 }, { order_id, user_id: 7, reason: 'by_customer', items: lines }))
export const erased = (user_id: number, version = 2) => messageOf(userDeleted({ id: user_id, version }, { user_id }))
