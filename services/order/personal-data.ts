import type { Message } from '#shared/event'
import { forgetAnswers } from '#shared/idempotency'
import type { Log } from '#shared/log'
import { allRows } from '#shared/personal-data'
import { insertOnce } from '#shared/sql'
import { eachIsolated } from '#shared/sweep'
import { hour } from '#shared/time'
import { erasedAddress, type OrderSql, type Trx } from './database'
import { isOver, statuses } from './domain'
import { orderView } from './model'
import type { OrderRepository } from './repository'

const over = statuses.filter(isOver)
const open = statuses.filter(status => !isOver(status))
const ordersAtOnce = 100

/** Longer than a token of an erased account can be in use anywhere, and than a request can take. */
const stragglersMs = hour

/** The figures stay, the address goes: at once where the order is over, else when it is. */
const erase = async (sql: OrderSql, trx: Trx, userId: number) => {
  const ofUser = trx.updateTable('orders').where('user_id', '=', userId).where('user_erased', '=', 0)
  await ofUser.set({ user_erased: true }).where('status', 'in', open).execute()
  await ofUser.set({ user_erased: true, shipping_address: erasedAddress }).where('status', 'in', over).execute()
  await trx.updateTable('returns').set({ reason: 'erased', reject_reason: null }).where('user_id', '=', userId).execute()
  await forgetAnswers(sql, trx, userId)
}

interface Ports {
  sql: OrderSql
  orders: Pick<OrderRepository, 'list'>
  log: Pick<Log, 'warn'>
}

const ordersOf = async ({ orders }: Pick<Ports, 'orders'>, userId: number) => {
  const found = []
  let cursor: string | undefined
  do {
    const page = await orders.list({ skip: 0, limit: ordersAtOnce, user_id: userId, ...(cursor !== undefined && { cursor }) })
    found.push(...page.items.map(orderView))
    cursor = page.nextCursor
  } while (cursor !== undefined)
  return found
}
const returnsOf = ({ sql }: Pick<Ports, 'sql'>, userId: number) => {
  const ofUser = sql.db
    .selectFrom('returns')
    .select(['id', 'order_id', 'status', 'reason', 'reject_reason', 'created_at'])
    .where('user_id', '=', userId)
  return allRows(
    (after, limit) => ofUser.where('id', '>', after).orderBy('id').limit(limit).execute(),
    ({ id }) => id,
  )
}

/** What order holds about a person: what they bought, and where it was sent. */
export const orderPersonalData = ({ sql, orders, log }: Ports) => ({
  /** All of it, however much there is. */
  async exportOf(userId: number) {
    return { orders: await ordersOf({ orders }, userId), returns: await returnsOf({ sql }, userId) }
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

  forget: (message: Message, userId: number) =>
    sql.once(message, async trx => {
      await insertOnce(trx.insertInto('erased_users').values({ user_id: userId }))
      await erase(sql, trx, userId)
    }),

  /** Erases again what a request that was under way at the erasure has stored since. */
  async forgetStragglers(now: Date) {
    const since = new Date(now.getTime() - stragglersMs)
    const recent = await sql.db.selectFrom('erased_users').select('user_id').where('erased_at', '>', since).orderBy('erased_at').execute()
    const work = ({ user_id }: { user_id: number }) => sql.transaction(trx => erase(sql, trx, user_id))
    await eachIsolated(recent, work, (err, { user_id }) => log.warn({ err, user_id }, 'an erased user’s orders are looked at again later'))
  },
})
