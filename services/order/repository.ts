import { maySee } from '#shared/auth'
import { cursorAfter, decodeCursor, type Page } from '#shared/page'
import { t } from '#shared/schema'
import { countCapped } from '#shared/sql'
import type { Buyer, ItemRow, Order, OrderRow, OrderSql } from './database'
import { periodOf } from './domain-statistics'
import type { OrderList } from './model'

const after = t.Tuple([t.Integer(), t.Integer()])

export const itemsOf = (db: Pick<OrderSql['db'], 'selectFrom'>, orderId: number): Promise<ItemRow[]> =>
  db.selectFrom('order_items').selectAll().where('order_id', '=', orderId).orderBy('line').execute()

/** What a parcel needs to know of its order. */
const shippedColumns = ['id', 'user_id', 'status', 'shipping_address', 'shipping_option'] as const
export type ShippedRow = Pick<OrderRow, (typeof shippedColumns)[number]>

/** Reads orders. The use cases that change them have files of their own. */
export const orderRepository = ({ db }: Pick<OrderSql, 'db'>) => {
  const withItems = async (rows: OrderRow[]): Promise<Order[]> => {
    if (rows.length === 0) return []
    const ids = rows.map(row => row.id)
    const all = await db.selectFrom('order_items').selectAll().where('order_id', 'in', ids).orderBy('order_id').orderBy('line').execute()
    const items = Map.groupBy<number, ItemRow>(all, item => item.order_id)
    return rows.map(row => ({ row, items: items.get(row.id) ?? [] }))
  }
  const byId = async (id: number): Promise<Order | undefined> =>
    (await withItems(await db.selectFrom('orders').selectAll().where('id', '=', id).execute()))[0]

  return {
    byId,

    toShip: (ids: readonly number[]): Promise<ShippedRow[]> =>
      db.selectFrom('orders').select(shippedColumns).where('id', 'in', ids).execute(),

    /** Undefined for the order of another customer, so that nobody learns that it exists. */
    async own(id: number, buyer: Buyer): Promise<Order | undefined> {
      const order = await byId(id)
      return order && maySee(buyer, order.row.user_id) ? order : undefined
    },

    /** Newest first. */
    async list({ skip, limit, cursor, status, from, to, user_id }: OrderList): Promise<Page<Order>> {
      const period = periodOf(from, to)
      let filtered = db.selectFrom('orders')
      if (user_id !== undefined) filtered = filtered.where('user_id', '=', user_id)
      if (status !== undefined) filtered = filtered.where('status', '=', status)
      if (period.from) filtered = filtered.where('created_at', '>=', period.from)
      if (period.to) filtered = filtered.where('created_at', '<', period.to)
      let rowsOfPage = filtered.selectAll().orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit)
      if (cursor === undefined) rowsOfPage = rowsOfPage.offset(skip)
      else {
        const [at, id] = decodeCursor(cursor, after)
        const last = new Date(at)
        rowsOfPage = rowsOfPage
          .where('created_at', '<=', last)
          .where(order => order.or([order('created_at', '<', last), order('id', '<', id)]))
      }
      const [rows, total] = await Promise.all([rowsOfPage.execute(), countCapped(db, filtered)])
      return { items: await withItems(rows), total, nextCursor: cursorAfter(rows, limit, row => [row.created_at.getTime(), row.id]) }
    },

    timeline: (orderId: number) =>
      db.selectFrom('timeline').selectAll().where('order_id', '=', orderId).orderBy('id').limit(1000).execute(),
  }
}
export type OrderRepository = ReturnType<typeof orderRepository>
