import { type Connection, createConnection } from 'mysql2/promise'
import { demoCatalog } from '../../services/product/demo-catalog'
import { openMongoServer } from '../mongo-address'
import type { Servers } from '../platform'

const demoIds = demoCatalog.map(({ id }) => id)

/** What happened to an order between two moments, and by how much it is moved into the past. */
export interface Shift {
  order_id: number
  from: Date
  until: Date
  byMs: number
}

interface Moved {
  table: string
  columns: readonly string[]
  /** The order that a row belongs to; by default its own column. */
  order?: string
  join?: string
}

/** Everything that shows when an order's steps were taken. What is still to come (a deadline, the next look at a parcel) stays as it is. */
const moved: readonly Moved[] = [
  { table: 'shop_order.orders', columns: ['created_at', 'updated_at'], order: 't.id' },
  { table: 'shop_order.timeline', columns: ['at'] },
  { table: 'shop_order.returns', columns: ['created_at', 'updated_at'] },
  { table: 'shop_payment.payments', columns: ['created_at', 'updated_at', 'captured_at'] },
  {
    ...{ table: 'shop_payment.refunds', columns: ['created_at', 'updated_at'] },
    ...{ join: 'join shop_payment.payments p on p.id = t.payment_id', order: 'p.order_id' },
  },
  {
    ...{ table: 'shop_payment.ledger_transactions', columns: ['created_at'] },
    ...{ join: 'join shop_payment.payments p on p.id = t.payment_id', order: 'p.order_id' },
  },
  {
    ...{ table: 'shop_payment.sandbox_charges', columns: ['created_at', 'captured_at'] },
    ...{ join: 'join shop_payment.payments p on p.id = t.payment_id', order: 'p.order_id' },
  },
  {
    ...{ table: 'shop_payment.sandbox_refunds', columns: ['created_at'] },
    ...{
      join: 'join shop_payment.sandbox_charges c on c.id = t.charge_id join shop_payment.payments p on p.id = c.payment_id',
      order: 'p.order_id',
    },
  },
  { table: 'shop_shipping.orders', columns: ['created_at'] },
  { table: 'shop_shipping.shipments', columns: ['created_at', 'updated_at', 'picked_up_at'] },
  {
    ...{ table: 'shop_shipping.shipment_steps', columns: ['at'] },
    ...{ join: 'join shop_shipping.shipments p on p.id = t.shipment_id', order: 'p.order_id' },
  },
  { table: 'shop_tax.orders', columns: ['paid_at'] },
  { table: 'shop_tax.entries', columns: ['at'] },
  { table: 'shop_tax.refunds', columns: ['refunded_at'] },
  { table: 'shop_inventory.movements', columns: ['created_at'] },
  { table: 'shop_inventory.reservations', columns: ['created_at', 'updated_at'] },
  { table: 'shop_promotion.redemptions', columns: ['created_at', 'updated_at'] },
  { table: 'shop_notification.messages', columns: ['created_at'], order: "json_value(t.facts, '$.order_id')" },
]

const withMysql = async (servers: Pick<Servers, 'mysql'>, work: (connection: Connection) => Promise<unknown>) => {
  const connection = await createConnection({ uri: servers.mysql, timezone: 'Z' })
  try {
    await connection.query("set time_zone = '+00:00'")
    await work(connection)
  } finally {
    await connection.end()
  }
}

/**
 * The demo orders are real ones, placed and paid a moment ago. Only the times of their rows are moved, in each service's own tables and by the same
 * amount, as no request could: so that two months of orders have something to show, and all books still agree.
 */
export const moveOrders = async (servers: Pick<Servers, 'mysql'>, shifts: readonly Shift[]) => {
  if (shifts.length === 0) return
  const rows = shifts.map(({ order_id, from, until, byMs }) => [order_id, from, until, byMs])
  await withMysql(servers, async connection => {
    await connection.query(
      'create temporary table shop_order.demo_shifts (order_id bigint not null, from_at datetime(3) not null, until_at datetime(3) not null, ms bigint not null, primary key (order_id, from_at))',
    )
    await connection.query('insert into shop_order.demo_shifts values ?', [rows])
    for (const { table, columns, order = 't.order_id', join = '' } of moved)
      for (const column of columns)
        await connection.query(
          `update ${table} t ${join} join shop_order.demo_shifts s on s.order_id = ${order} and t.${column} >= s.from_at and t.${column} < s.until_at
           set t.${column} = t.${column} - interval s.ms * 1000 microsecond`,
        )
  })
}

/** The shop was stocked before its first order. */
export const moveOpenings = (servers: Pick<Servers, 'mysql'>, since: Date) =>
  withMysql(servers, connection =>
    connection.query("update shop_inventory.movements set created_at = ? where kind = 'opening' and product_id in (?)", [since, demoIds]),
  )

/** When an account was opened. */
export const moveAccounts = (servers: Pick<Servers, 'mysql'>, accounts: readonly { id: number; since: Date }[]) =>
  withMysql(servers, async connection => {
    for (const { id, since } of accounts) await connection.query('update shop_user.users set created_at = ? where id = ?', [since, id])
  })

/** When a review was written. */
export const moveReviews = async (
  servers: Pick<Servers, 'mongo'>,
  reviews: readonly { user_id: number; product_id: string; at: Date }[],
) => {
  if (reviews.length === 0) return
  const client = openMongoServer(servers.mongo)
  try {
    const updates = reviews.map(({ user_id, product_id, at }) => ({
      updateOne: { filter: { user_id, product_id }, update: { $set: { created_at: at, updated_at: at } } },
    }))
    await client.db('shop_rating').collection('reviews').bulkWrite(updates)
  } finally {
    await client.close()
  }
}
