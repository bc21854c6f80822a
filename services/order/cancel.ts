import { conflict, isConflict, notFound } from '#shared/errors'
import type { Publish } from '#shared/event'
import { type Answer, idempotently } from '#shared/idempotency'
import type { Log } from '#shared/log'
import { eachIsolated } from '#shared/sweep'
import { changeOrder, loadLockedOrder, loadOwnLockedOrder, noRequest, ownEntry } from './changes'
import type { OrderClients } from './clients'
import type { Buyer, LockedOrder, OrderSql, Trx } from './database'
import { type Canceller, cancellation, endOfRequest } from './domain'
import { type OrderView, orderView } from './model'
import { itemsOf } from './repository'

interface Ports {
  sql: OrderSql
  clients: Pick<OrderClients, 'voidShipment'>
}

const illegal = () => conflict('illegal_transition', 'The order is in a state in which it can no longer be cancelled.')

const callOff = (trx: Trx, publish: Publish, order: LockedOrder, by: Canceller | null) =>
  changeOrder(trx, publish, order, { facts: [{ kind: 'called_off', reason: 'by_customer', ...(by && { by }) }] })

/** Cancels an unpaid order. Of a paid one it stores the request, before shipping is asked. */
const request = (sql: OrderSql, id: number, by: Buyer): Promise<LockedOrder> =>
  sql.transaction(async (trx, publish) => {
    const order = await loadOwnLockedOrder(trx, id, by)
    const how = cancellation(order.row.status)
    if (how === 'illegal') throw illegal()
    const isOwn = by.id === order.row.user_id
    const canceller = isOwn ? 'customer' : 'shop'
    if (how === 'at_once') return callOff(trx, publish, order, canceller)
    if (order.row.cancel_requested_at) return order
    const entries = [ownEntry('order.cancel_requested', { by: isOwn ? 'customer' : 'admin' })]
    return changeOrder(trx, publish, order, { set: { cancel_requested_at: new Date(), cancel_requested_by: canceller }, entries })
  })

/** Cancels the order, or drops the request when shipping refused. */
const conclude = (sql: OrderSql, id: number, voided: boolean): Promise<LockedOrder> =>
  sql.transaction(async (trx, publish) => {
    const order = await loadLockedOrder(trx, id)
    if (!order) throw notFound('order')
    const end = endOfRequest(order.row.status, { isOpen: order.row.cancel_requested_at !== null, voided })
    if (end === 'nothing') return order
    if (end === 'call_off') return callOff(trx, publish, order, order.row.cancel_requested_by)
    return changeOrder(trx, publish, order, { set: noRequest, entries: [ownEntry('order.cancel_refused')] })
  })

/** Asks shipping with no row locked, since the call leaves the process. It may be repeated: shipping knows the order by its id. */
const carryOut = async ({ sql, clients }: Ports, id: number): Promise<LockedOrder> => {
  try {
    await clients.voidShipment(id)
  } catch (error) {
    if (!isConflict(error)) throw error
    const order = await conclude(sql, id, false)
    if (order.row.status === 'cancelled') return order
    throw error
  }
  const order = await conclude(sql, id, true)
  if (order.row.status !== 'cancelled') throw illegal()
  return order
}

export const cancel =
  (ports: Ports) =>
  (id: number, by: Buyer, key: string | undefined): Promise<Answer<OrderView>> =>
    idempotently(ports.sql, { scope: `${by.id} POST /api/orders/${id}/cancel`, key, body: {} }, async save => {
      const order = await request(ports.sql, id, by)
      const { row } = order.row.status === 'cancelled' ? order : await carryOut(ports, id)
      return ports.sql.transaction(async trx => save(trx, { status: 200, body: orderView({ row, items: await itemsOf(trx, id) }) }))
    })

/** Finishes the requests that a crash, or an outage of shipping, left open. */
export const finishCancellations =
  ({ log, ...ports }: Ports & { log: Pick<Log, 'warn'> }) =>
  async (requestedBefore: Date, limit = 50): Promise<void> => {
    const open = await ports.sql.db
      .selectFrom('orders')
      .select('id')
      .where('cancel_requested_at', '<=', requestedBefore)
      .orderBy('cancel_requested_at')
      .limit(limit)
      .execute()
    const failed: { id: number; error: unknown }[] = []
    const note = (error: unknown, { id }: { id: number }) => {
      if (!isConflict(error)) failed.push({ id, error })
    }
    await eachIsolated(open, ({ id }) => carryOut(ports, id), note, limit)
    // One line a sweep: while shipping is down, all of them fail.
    const [first] = failed
    if (first)
      log.warn({ err: first.error, order_id: first.id, failed: failed.length }, 'cancellations could not be finished; they are tried again')
  }
