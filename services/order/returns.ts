import { orderReturnReceived } from '#shared/catalog'
import { conflict, notFound } from '#shared/errors'
import { type Answer, idempotently } from '#shared/idempotency'
import { toMajor } from '#shared/money'
import { change, lockOrder, lockOwn, noted } from './changes'
import type { Buyer, OrderSql, ReturnRow, Trx } from './database'
import type { Line } from './domain'
import { afterReturnStep, type ReturnStep, refundFor, returnLines } from './domain-returns'
import { type NewReturn, type ReturnView, returnView } from './model'

const linesOf = ({ lines }: Pick<ReturnRow, 'lines'>): Line[] => JSON.parse(lines)
const ofOrder = (trx: Trx, orderId: number) =>
  trx.selectFrom('returns').selectAll().where('order_id', '=', orderId).orderBy('id').limit(1000).execute()

const noneOf = () => notFound('return')

export const returning = (sql: OrderSql) => ({
  request: (orderId: number, buyer: Buyer, body: NewReturn, key: string | undefined): Promise<Answer<ReturnView>> =>
    idempotently(sql, { scope: `${buyer.id} POST /api/orders/${orderId}/returns`, key, body }, save =>
      sql.transaction(async (trx, publish) => {
        const order = await lockOwn(trx, orderId, buyer)
        const { row, items } = order
        if (row.status !== 'delivered') throw conflict('illegal_transition', 'Only what was delivered can be returned.')
        const counted = (await ofOrder(trx, orderId)).filter(earlier => earlier.status !== 'rejected')
        const lines = returnLines(items, body.lines, counted.map(linesOf))
        const now = new Date()
        const fresh = {
          order_id: orderId,
          user_id: row.user_id,
          status: 'requested' as const,
          reason: body.reason,
          lines: JSON.stringify(lines),
          refund_amount: null,
          created_at: now,
          updated_at: now,
        }
        const { insertId } = await trx.insertInto('returns').values(fresh).executeTakeFirstOrThrow()
        const id = Number(insertId)
        await change(trx, publish, order, { entries: [noted('order.return_requested', { return_id: id, lines })] })
        const headers = { location: `/api/orders/returns/${id}` }
        return save(trx, { status: 201, headers, body: returnView({ id, ...fresh }, row.currency) })
      }),
    ),

  /** What is received is paid back: exactly, in however many parts it comes. */
  step: (id: number, step: ReturnStep): Promise<ReturnView> =>
    sql.transaction(async (trx, publish) => {
      const known = await trx.selectFrom('returns').select('order_id').where('id', '=', id).executeTakeFirst()
      const order = known && (await lockOrder(trx, known.order_id))
      if (!order) throw noneOf()
      const all = await ofOrder(trx, order.row.id)
      const row = all.find(one => one.id === id)
      if (!row) throw noneOf()
      const status = afterReturnStep(row.status, step)
      const { currency } = order.row
      const lines = linesOf(row)
      const received = all.filter(one => one.status === 'received').map(linesOf)
      const refund_amount = status === 'received' ? refundFor(order.items, lines, received) : null
      const set = { status, refund_amount, updated_at: new Date() }
      await trx.updateTable('returns').set(set).where('id', '=', id).execute()
      if (refund_amount === null) await change(trx, publish, order, { entries: [noted(`order.return_${status}`, { return_id: id })] })
      else {
        const told = { return_id: id, lines, refund_amount: toMajor(refund_amount, currency) }
        await change(trx, publish, order, {
          tell: at => ({ drafts: [orderReturnReceived(at, { order_id: order.row.id, ...told })], data: { ...told, currency } }),
        })
      }
      return returnView({ ...row, ...set }, currency)
    }),

  async of(orderId: number, buyer: Buyer): Promise<ReturnView[]> {
    const order = await sql.db.selectFrom('orders').select(['user_id', 'currency']).where('id', '=', orderId).executeTakeFirst()
    if (!order || (order.user_id !== buyer.id && buyer.role !== 'admin')) throw notFound('order')
    const rows = await sql.db.selectFrom('returns').selectAll().where('order_id', '=', orderId).orderBy('id').limit(1000).execute()
    return rows.map(row => returnView(row, order.currency))
  },

  async byId(id: number, buyer: Buyer): Promise<ReturnView> {
    const row = await sql.db
      .selectFrom('returns')
      .innerJoin('orders', 'orders.id', 'returns.order_id')
      .selectAll('returns')
      .select('orders.currency')
      .where('returns.id', '=', id)
      .executeTakeFirst()
    if (!row || (row.user_id !== buyer.id && buyer.role !== 'admin')) throw noneOf()
    const { currency, ...found } = row
    return returnView(found, currency)
  },
})
export type Returning = ReturnType<typeof returning>
