import { maySee } from '#shared/auth'
import { orderReturnUpdated } from '#shared/catalog'
import { conflict, notFound } from '#shared/errors'
import { type Answer, idempotently } from '#shared/idempotency'
import { sumOf } from '#shared/money'
import { afterId, newestFirst, type Page } from '#shared/page'
import { countCapped } from '#shared/sql'
import { changeOrder, loadLockedOrder, loadOwnLockedOrder, type OrderChange } from './changes'
import { type Buyer, linesColumn, type OrderSql, type ReturnRow } from './database'
import { nextReturnStatus, type ReturnStatus, type ReturnStep, refundsFor, returnLines } from './domain-returns'
import { linesOf, receivedLines, returnReceived, standingReturns } from './received-returns'
import { itemsOf } from './repository'
import { type NewReturn, type ReturnList, type ReturnView, returnView } from './return-model'

/** Only an order with very many rejected returns has more. */
const mostShown = 1000

interface Updated {
  return_id: number
  order_id: number
  user_id: number
  status: ReturnStatus
  reason?: string | undefined
}
/** Publishes what became of a return. The timeline outlives what people typed, so it holds no reason. */
const returnUpdated = ({ reason, ...about }: Updated, shown: object = {}): OrderChange => {
  const { return_id, status } = about
  return {
    events: at => ({
      drafts: [orderReturnUpdated(at, { ...about, ...(reason !== undefined && { reason }) })],
      data: { return_id, ...shown },
      type: `order.return_${status}`,
    }),
  }
}

export const returns = (sql: OrderSql) => ({
  request: (orderId: number, buyer: Buyer, body: NewReturn, key: string | undefined): Promise<Answer<ReturnView>> =>
    idempotently(sql, { scope: `${buyer.id} POST /api/orders/${orderId}/returns`, key, body }, save =>
      sql.transaction(async (trx, publish) => {
        const order = await loadOwnLockedOrder(trx, orderId, buyer)
        const { row } = order
        if (row.status !== 'delivered') throw conflict('illegal_transition', 'Only what was delivered can be returned.')
        const earlier = await standingReturns(trx, orderId)
        const lines = returnLines(await itemsOf(trx, orderId), body.lines, earlier.map(linesOf))
        const now = new Date()
        const stored = {
          order_id: orderId,
          user_id: row.user_id,
          status: 'requested' as const,
          reason: body.reason,
          reject_reason: null,
          lines: linesColumn.write(lines),
          refund_amount: null,
          shipment_id: null,
          created_at: now,
          updated_at: now,
        }
        const { insertId } = await trx.insertInto('returns').values(stored).executeTakeFirstOrThrow()
        const id = Number(insertId)
        const { user_id, status } = stored
        await changeOrder(trx, publish, order, returnUpdated({ return_id: id, order_id: orderId, user_id, status }, { lines }))
        const headers = { location: `/api/orders/returns/${id}` }
        return save(trx, { status: 201, headers, body: returnView({ id, ...stored }, row.currency) })
      }),
    ),

  /** Takes a return a step further. Receiving it publishes what is to be refunded. */
  step: (id: number, step: ReturnStep, by: Buyer, key: string | undefined, said: { reason?: string } = {}): Promise<Answer<ReturnView>> =>
    idempotently(sql, { scope: `${by.id} POST /api/orders/returns/${id}/${step}`, key, body: said }, save =>
      sql.transaction(async (trx, publish) => {
        const known = await trx.selectFrom('returns').select('order_id').where('id', '=', id).executeTakeFirst()
        const order = known && (await loadLockedOrder(trx, known.order_id))
        if (!order) throw notFound('return')
        const row = await trx.selectFrom('returns').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
        const status = nextReturnStatus(row.status, step)
        const { currency } = order.row
        const lines = linesOf(row)
        const refunds =
          status === 'received'
            ? refundsFor(await itemsOf(trx, row.order_id), lines, receivedLines(await standingReturns(trx, row.order_id)))
            : null
        const refund_amount = refunds && sumOf(refunds)
        const set = { status, refund_amount, reject_reason: said.reason ?? null, updated_at: new Date() }
        await trx.updateTable('returns').set(set).where('id', '=', id).execute()
        const change =
          refunds === null
            ? returnUpdated({ return_id: id, order_id: row.order_id, user_id: row.user_id, status, reason: said.reason })
            : returnReceived(order.row, { id, lines, refunds })
        await changeOrder(trx, publish, order, change)
        return save(trx, { status: 200, body: returnView({ ...row, ...set }, currency) })
      }),
    ),

  /** Newest first: one's own, or for an admin everybody's. */
  async list({ limit, status, ...position }: ReturnList, buyer: Buyer): Promise<Page<ReturnRow & { currency: string }>> {
    let filtered = sql.db.selectFrom('returns')
    if (buyer.role !== 'admin') filtered = filtered.where('returns.user_id', '=', buyer.id)
    if (status !== undefined) filtered = filtered.where('returns.status', '=', status)
    const { below, skip } = newestFirst(position)
    const rest = below === undefined ? filtered : filtered.where('returns.id', '<', below)
    const rows = rest.innerJoin('orders', 'orders.id', 'returns.order_id').selectAll('returns').select('orders.currency')
    const [items, total] = await Promise.all([
      rows.orderBy('returns.id', 'desc').offset(skip).limit(limit).execute(),
      countCapped(sql.db, filtered),
    ])
    return { items, total, nextCursor: afterId(items, limit) }
  },

  async of(orderId: number, buyer: Buyer): Promise<ReturnView[]> {
    const order = await sql.db.selectFrom('orders').select(['user_id', 'currency']).where('id', '=', orderId).executeTakeFirst()
    if (!order || !maySee(buyer, order.user_id)) throw notFound('order')
    const rows = await sql.db.selectFrom('returns').selectAll().where('order_id', '=', orderId).orderBy('id').limit(mostShown).execute()
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
    if (!row || !maySee(buyer, row.user_id)) throw notFound('return')
    return returnView(row, row.currency)
  },
})
