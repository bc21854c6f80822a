import { AppError, conflict, notFound } from '#shared/errors'
import type { Publish } from '#shared/event'
import { change, lockOrder, lockOwn, noted } from './changes'
import type { Buyer, Order, OrderSql, Trx } from './database'
import { cancellation } from './domain'
import type { Neighbours } from './neighbours'

const illegal = () => conflict('illegal_transition', 'The order is in a state in which it cannot be cancelled any more.')

export const cancelling = (sql: OrderSql, { voidShipment }: Pick<Neighbours, 'voidShipment'>) => {
  const callOff = (trx: Trx, publish: Publish, order: Order) =>
    change(trx, publish, order, { facts: [{ kind: 'called_off', reason: 'by_customer' }] })

  /** Unpaid, it is cancelled here; paid, the wish is stored before anybody else is asked. */
  const request = (id: number, by: Buyer) =>
    sql.transaction(async (trx, publish) => {
      const order = await lockOwn(trx, id, by)
      const how = cancellation(order.row.status)
      if (how === 'illegal') throw illegal()
      if (how === 'at_once') return callOff(trx, publish, order)
      if (order.row.cancel_requested_at) return order
      const entries = [noted('order.cancel_requested', { by: by.id === order.row.user_id ? 'customer' : 'admin' })]
      return change(trx, publish, order, { set: { cancel_requested_at: new Date() }, entries })
    })

  /** After the void: cancelled, or the wish is dropped. Whoever else finished it first has done the same. */
  const conclude = (id: number, voided: boolean) =>
    sql.transaction(async (trx, publish) => {
      const order = await lockOrder(trx, id)
      if (!order) throw notFound('order')
      if (order.row.cancel_requested_at === null) return order
      if (voided && cancellation(order.row.status) !== 'illegal') return callOff(trx, publish, order)
      return change(trx, publish, order, { set: { cancel_requested_at: null }, entries: [noted('order.cancel_refused')] })
    })

  /** The call leaves the process, so no row is locked while it lasts. It may be repeated: the order is shipping's key. */
  const carryOut = async (id: number): Promise<Order> => {
    try {
      await voidShipment(id)
    } catch (error) {
      if (!isRefusal(error)) throw error
      const order = await conclude(id, false)
      if (order.row.status === 'cancelled') return order
      throw error
    }
    const order = await conclude(id, true)
    if (order.row.status !== 'cancelled') throw illegal()
    return order
  }

  return {
    async cancel(id: number, by: Buyer): Promise<Order> {
      const order = await request(id, by)
      return order.row.status === 'cancelled' ? order : carryOut(id)
    },

    /** What a crash, or a shipping service that was away, left between the wish and the end. */
    async finish(before: Date, limit = 50): Promise<void> {
      const left = await sql.db
        .selectFrom('orders')
        .select('id')
        .where('cancel_requested_at', '<=', before)
        .orderBy('cancel_requested_at')
        .limit(limit)
        .execute()
      // One that cannot be finished stands in nobody's way.
      const ends = await Promise.allSettled(left.map(({ id }) => carryOut(id)))
      for (const end of ends) if (end.status === 'rejected' && !isRefusal(end.reason)) throw end.reason
    },
  }
}
export type Cancelling = ReturnType<typeof cancelling>

const isRefusal = (error: unknown) => error instanceof AppError && error.kind === 'conflict'
