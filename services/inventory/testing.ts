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
import { hour, second } from '#shared/time'
import { inventoryApp } from './app'
import { compose } from './compose'
import type { InventoryDb } from './database'
import { mainWarehouse, type OrderLine, type ReturnedLine } from './domain'
import { inventoryHandlers } from './events'
import * as migrations from './migrations'

export const productId = (n: number) => n.toString(16).padStart(24, '0')
export const inAnHour = () => new Date(Date.now() + hour)

interface AtVersion {
  version?: number
}
const productData = (id: string, skus: readonly string[]) => ({
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
export const created = (id: string, opening: Record<string, number>, { version = 1 }: AtVersion = {}) =>
  messageOf(
    productCreated(
      { id, version },
      {
        ...productData(id, Object.keys(opening)),
        opening_stock: Object.entries(opening).map(([sku, quantity]) => ({ sku, quantity })),
      },
    ),
  )
export const updated = (id: string, skus: readonly string[], { version = 2 }: AtVersion = {}) =>
  messageOf(productUpdated({ id, version }, productData(id, skus)))
export const deleted = (id: string, skus: readonly string[], { version = 3 }: AtVersion = {}) =>
  messageOf(productDeleted({ id, version }, { product_id: id, skus: [...skus] }))

const items = (lines: readonly OrderLine[]) => lines.map(line => ({ ...line, price: 1500, category: 'Electronics' }))
export const placed = (
  order_id: number,
  lines: readonly OrderLine[],
  { version = 1, expires = inAnHour() }: AtVersion & { expires?: Date } = {},
) =>
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
export const became = (order_id: number, status: Status, lines: readonly OrderLine[], { version = 3 }: AtVersion = {}) =>
  messageOf(orderStatusUpdated({ id: order_id, version }, { order_id, user_id: 1, status, payment_status: 'paid', items: [...lines] }))
export const cancelled = (order_id: number, lines: readonly OrderLine[], { version = 4 }: AtVersion = {}) =>
  messageOf(orderCancelled({ id: order_id, version }, { order_id, user_id: 1, reason: 'by_customer', items: [...lines] }))
export const dueChanged = (order_id: number, expires: Date, { version = 2 }: AtVersion = {}) =>
  messageOf(
    orderPaymentDueChanged(
      { id: order_id, version },
      { order_id, payment_due_at: expires.toISOString(), reservation_expires_at: expires.toISOString() },
    ),
  )
export const returned = (order_id: number, return_id: number, lines: readonly ReturnedLine[], { version = 9 }: AtVersion = {}) =>
  messageOf(orderReturnReceived({ id: order_id, version }, { order_id, return_id, lines: [...lines], refund_amount: 1 }))

/** The service in-process, on a schema of its own. */
export const testInventory = async ({ waitMs = 30 * second } = {}) => {
  const store = await testSql<InventoryDb>({ service: 'inventory', migrations })
  const { sql } = store
  await sql.db
    .insertInto('warehouses')
    .values(['north', 'south', 'east'].map(name => ({ name })))
    .execute()
  const { http, as, asService, failures } = await testHttp('inventory')
  const warnings: unknown[] = []
  const inventory = compose({ sql, log: { warn: (fields: unknown) => warnings.push(fields) }, waitMs })
  const handlers = inventoryHandlers(inventory)
  const app = inventoryApp({ http, ...inventory })
  const send = sender(app, { under: '/api/inventory', by: await as(7, 'admin') })
  const deliver = deliverTo(handlers)
  let products = 0

  return {
    ...store,
    app,
    handlers,
    reservations: inventory.reservations,
    as,
    asService,
    failures,
    /** The fields of each warning that was logged. */
    warnings,
    send,
    deliver,
    /** Creates a product with this quantity of each SKU; a plain number creates one SKU. */
    async stocked(quantity: number | Record<string, number>) {
      const id = productId(++products)
      const opening = typeof quantity === 'number' ? { [`S-${products}`]: quantity } : quantity
      await deliver(created(id, opening))
      const skus = Object.keys(opening)
      const line = (quantity: number, sku = skus[0] ?? '') => ({ product_id: id, sku, quantity })
      return { id, sku: skus[0] ?? '', skus, line }
    },
    /** A SKU's totals over all warehouses. */
    async level(sku: string) {
      const row = await sql.db.selectFrom('skus').select(['quantity', 'reserved']).where('sku', '=', sku).executeTakeFirst()
      return row && { quantity: row.quantity, reserved: row.reserved }
    },
    put: (id: string, quantity: number, more: object = {}) => send('PUT', `/${id}`, { quantity, warehouse: mainWarehouse, ...more }),
    async stateOf(orderId: number) {
      return (await sql.db.selectFrom('reservations').select('state').where('order_id', '=', orderId).executeTakeFirst())?.state
    },
    /** The events published about one aggregate, oldest first. */
    async eventsOf(id: string | number) {
      const rows = await sql.kernel.selectFrom('outbox').select('body').orderBy('id').execute()
      const messages = rows.map(({ body }): Message<Record<string, unknown>> => JSON.parse(body))
      return messages.filter(({ aggregate }) => aggregate.id === String(id))
    },
    /** The SKUs whose records disagree, per relation. */
    async drift() {
      const { movements, shelves, reserved } = await inventory.drift(new Date(0), inAnHour())
      return { movements: movements.examples, shelves: shelves.examples, reserved: reserved.examples }
    },
  }
}
export type TestInventory = Awaited<ReturnType<typeof testInventory>>
export const noDrift = { movements: [], shelves: [], reserved: [] }
