import type { Message } from '#shared/event'
import { erased } from './changes'
import type { OrderSql } from './database'
import { isOver, statuses } from './domain'
import { orderView } from './model'
import type { Orders } from './repository'

const over = statuses.filter(isOver)
const underWay = statuses.filter(status => !isOver(status))
const most = 1000

/** What is kept about people here: what they bought, and where it went. */
export const personalData = (sql: OrderSql, orders: Pick<Orders, 'list'>) => ({
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
    const { open } = await sql.db
      .selectFrom('orders')
      .select(row => row.fn.countAll<number>().as('open'))
      .where('user_id', '=', userId)
      .where('status', 'in', underWay)
      .executeTakeFirstOrThrow()
    return Number(open)
  },

  /** The figures stay, the person goes: at once where all is over, else as soon as it is. */
  forget: (message: Message, userId: number) =>
    sql.once(message, async trx => {
      const theirs = trx.updateTable('orders').where('user_id', '=', userId)
      await theirs.set({ user_erased: true }).where('status', 'in', underWay).execute()
      await theirs.set({ user_erased: true, shipping_address: erased }).where('status', 'in', over).execute()
      await trx.updateTable('returns').set({ reason: 'erased' }).where('user_id', '=', userId).execute()
    }),
})
export type PersonalData = ReturnType<typeof personalData>
