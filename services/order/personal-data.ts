import type { Message } from '#shared/event'
import { erasedAddress, type OrderSql } from './database'
import { isOver, statuses } from './domain'
import { orderView } from './model'
import type { OrderRepository } from './repository'

const over = statuses.filter(isOver)
const open = statuses.filter(status => !isOver(status))
const most = 1000

/** What order holds about a person: what they bought, and where it was sent. */
export const orderPersonalData = ({ sql, orders }: { sql: OrderSql; orders: Pick<OrderRepository, 'list'> }) => ({
  async exportOf(userId: number) {
    const everything = []
    let cursor: string | undefined
    for (let pages = 0; pages * 100 < most; pages++) {
      const page = await orders.list({ skip: 0, limit: 100, user_id: userId, ...(cursor !== undefined && { cursor }) })
      everything.push(...page.items.map(orderView))
      cursor = page.nextCursor
      if (cursor === undefined) break
    }
    const returns = await sql.db
      .selectFrom('returns')
      .select(['id', 'order_id', 'status', 'reason', 'created_at'])
      .where('user_id', '=', userId)
      .limit(most)
      .execute()
    return { orders: everything, returns }
  },

  async openOrders(userId: number): Promise<number> {
    const { count } = await sql.db
      .selectFrom('orders')
      .select(row => row.fn.countAll<number>().as('count'))
      .where('user_id', '=', userId)
      .where('status', 'in', open)
      .executeTakeFirstOrThrow()
    return Number(count)
  },

  /** The figures stay, the address goes: at once where the order is over, else when it is. */
  forget: (message: Message, userId: number) =>
    sql.once(message, async trx => {
      const ofUser = trx.updateTable('orders').where('user_id', '=', userId)
      await ofUser.set({ user_erased: true }).where('status', 'in', open).execute()
      await ofUser.set({ user_erased: true, shipping_address: erasedAddress }).where('status', 'in', over).execute()
      await trx.updateTable('returns').set({ reason: 'erased' }).where('user_id', '=', userId).execute()
    }),
})
