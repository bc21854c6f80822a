import {
  orderCancelled,
  orderCreated,
  orderPaymentDueChanged,
  orderReturnReceived,
  orderStatusUpdated,
  productCreated,
  productDeleted,
  productUpdated,
} from '#shared/catalog'
import type { Message } from '#shared/event'
import { deliverTo, messageOf, sender, testHttp, testSql } from '#shared/testing'
import { inventoryApp } from './app'
import { stockByHand } from './by-hand'
import type { InventoryDb } from './database'
import { type Line, mainWarehouse } from './domain'
import { reservationStates, stockDrift } from './drift'
import { inventoryHandlers } from './events'
import * as migrations from './migrations'
import { productNews } from './products'
import { stockRepository } from './repository'
import { reservations } from './reservations'
import { returnedGoods } from './returns'

export const productId = (n: number) => n.toString(16).padStart(24, '0')
export const inAnHour = () => new Date(Date.now() + 3_600_000)

interface Seen {
  version?: number
}
const catalogEntry = (id: string, skus: readonly string[]) => ({
  id,
  name: 'Laptop',
  description: 'A light laptop.',
  price: 1500,
  currency: 'USD',
  category: 'Electronics',
  stock: 0,
  sku: skus.length === 1 ? (skus[0] ?? '') : 'ITSELF',
  attributes: {},
  images: [],
  tags: [],
  variants: skus.length === 1 ? [] : skus.map(sku => ({ sku, attributes: {}, price: 1500, stock: 0 })),
  status: 'active',
  created_at: '2026-01-31T12:00:00.000Z',
  updated_at: '2026-01-31T12:00:00.000Z',
})
export const created = (id: string, opening: Record<string, number>, { version = 1 }: Seen = {}) =>
  messageOf(
    productCreated(
      { id, version },
      {
        ...catalogEntry(id, Object.keys(opening)),
        opening_stock: Object.entries(opening).map(([sku, quantity]) => ({ sku, quantity })),
      },
    ),
  )
export const updated = (id: string, skus: readonly string[], { version = 2 }: Seen = {}) =>
  messageOf(productUpdated({ id, version }, catalogEntry(id, skus)))
export const deleted = (id: string, skus: readonly string[], { version = 3 }: Seen = {}) =>
  messageOf(productDeleted({ id, version }, { product_id: id, skus: [...skus] }))

const items = (lines: readonly Line[]) => lines.map(line => ({ ...line, price: 1500, category: 'Electronics' }))
export const placed = (order_id: number, lines: readonly Line[], { version = 1, expires = inAnHour() }: Seen & { expires?: Date } = {}) =>
  messageOf(
    orderCreated(
      { id: order_id, version },
      {
        order_id,
        user_id: 1,
        items: items(lines),
        subtotal: 1500,
        discount: 0,
        tax: 0,
        shipping: 0,
        total_amount: 1500,
        tax_lines: [],
        currency: 'USD',
        shipping_option: 'standard',
        destination: {},
        payment_due_at: expires.toISOString(),
        reservation_expires_at: expires.toISOString(),
      },
    ),
  )
type Status = 'awaiting_payment' | 'paid' | 'fulfilling' | 'shipped' | 'delivered' | 'cancelled'
export const became = (order_id: number, status: Status, lines: readonly Line[], { version = 3 }: Seen = {}) =>
  messageOf(orderStatusUpdated({ id: order_id, version }, { order_id, user_id: 1, status, payment_status: 'paid', items: [...lines] }))
export const cancelled = (order_id: number, lines: readonly Line[], { version = 4 }: Seen = {}) =>
  messageOf(orderCancelled({ id: order_id, version }, { order_id, user_id: 1, reason: 'by_customer', items: [...lines] }))
export const dueChanged = (order_id: number, expires: Date, { version = 2 }: Seen = {}) =>
  messageOf(
    orderPaymentDueChanged(
      { id: order_id, version },
      { order_id, payment_due_at: expires.toISOString(), reservation_expires_at: expires.toISOString() },
    ),
  )
export const returned = (order_id: number, return_id: number, lines: readonly Line[], { version = 9 }: Seen = {}) =>
  messageOf(orderReturnReceived({ id: order_id, version }, { order_id, return_id, lines: [...lines], refund_amount: 1 }))

/** The service in-process, on a schema of its own. */
export const testInventory = async ({ waitMs = 30_000 } = {}) => {
  const store = await testSql<InventoryDb>({ service: 'inventory', migrations })
  const { sql } = store
  const { http, as, asService, failures } = await testHttp('inventory')
  const orders = reservations(sql, { waitMs })
  const handlers = inventoryHandlers({ products: productNews(sql), orders, returns: returnedGoods(sql) })
  const drift = stockDrift(sql)
  const app = inventoryApp({
    http,
    stock: stockRepository(sql),
    byHand: stockByHand(sql),
    drift,
    reservationStates: reservationStates(sql),
  })
  const admin = await as(7, 'admin')
  let products = 0

  const hear = deliverTo(handlers)
  const send = sender(app, { under: '/api/inventory', by: admin })

  return {
    ...store,
    app,
    handlers,
    orders,
    as,
    asService,
    failures,
    send,
    hear,
    /** A product with this much of each SKU; without SKUs, of one that bears its number. */
    async stocked(quantity: number | Record<string, number>) {
      const id = productId(++products)
      const opening = typeof quantity === 'number' ? { [`S-${products}`]: quantity } : quantity
      await hear(created(id, opening))
      const skus = Object.keys(opening)
      const line = (quantity: number, sku = skus[0] ?? '') => ({ product_id: id, sku, quantity })
      return { id, sku: skus[0] ?? '', skus, line }
    },
    /** What there is of a SKU in all its places. */
    async level(sku: string) {
      const row = await sql.db.selectFrom('skus').select(['quantity', 'reserved']).where('sku', '=', sku).executeTakeFirst()
      return row && { quantity: row.quantity, reserved: row.reserved }
    },
    put: (id: string, quantity: number, more: object = {}) => send('PUT', `/${id}`, { quantity, warehouse: mainWarehouse, ...more }),
    async stateOf(orderId: number) {
      return (await sql.db.selectFrom('reservations').select('state').where('order_id', '=', orderId).executeTakeFirst())?.state
    },
    /** What was published of one aggregate, oldest first. */
    async published(id: string | number) {
      const rows = await sql.kernel.selectFrom('outbox').select('body').orderBy('id').execute()
      return rows
        .map(row => JSON.parse(row.body) as Message<Record<string, unknown>>)
        .filter(({ aggregate }) => aggregate.id === String(id))
    },
    /** The SKUs whose books don't add up, by what is wrong with them. */
    async broken() {
      const { movements, shelves, reserved } = await drift(new Date(0), inAnHour())
      return { movements: movements.examples, shelves: shelves.examples, reserved: reserved.examples }
    },
  }
}
export type TestInventory = Awaited<ReturnType<typeof testInventory>>
export const booksBalanced = { movements: [], shelves: [], reserved: [] }
