import { applyChange, entryOfMessage, loadLockedOrders, storeChanges } from './changes'
import type { OrderSql } from './database'
import type { Fact } from './domain'
import { claimAfter, endsPending } from './domain-claims'
import { receiveParcels } from './received-returns'

interface ReportedFact {
  orderId: number
  fact: Fact
  /** What the timeline shows of the message. */
  entryData?: object
}

/** It ends `pending`, and the buyer cannot pay before that. */
const isUrgent = ({ fact }: ReportedFact) => endsPending(fact.kind)

/**
 * Adds what messages of other services say about orders. Only the facts decide, not when their messages arrive. A message about an unknown
 * order is recorded as handled, and does nothing else.
 */
export const applyFact = (sql: OrderSql, { groupIntervalMs = 0 }: { groupIntervalMs?: number | undefined } = {}) =>
  sql.onceMany<ReportedFact>(
    async (trx, arrivals) => {
      const locked = await loadLockedOrders(
        trx,
        arrivals.map(({ item }) => item.orderId),
      )
      const orders = new Map(locked.map(order => [order.row.id, order]))
      const entries = arrivals.flatMap(({ message, item: { orderId, fact, entryData = {} }, publish }) => {
        const order = orders.get(orderId)
        if (!order) return []
        const change = { facts: [fact], set: claimAfter(order.row, fact), entries: [entryOfMessage(message, entryData)] }
        const after = applyChange(order, change, publish)
        orders.set(orderId, after.order)
        return after.entries
      })
      // `applyChange` gives back the same object for an order of which nothing changes.
      const changedRows = [...orders.values()].filter(order => !locked.includes(order)).map(({ row }) => row)
      await storeChanges(trx, changedRows, entries)
      // `receiveParcels` stores its own changes, on top of these.
      for (const { item, publish } of arrivals) {
        const order = orders.get(item.orderId)
        if (order && item.fact.kind === 'shipment') orders.set(item.orderId, await receiveParcels(trx, publish, order))
      }
    },
    { groupIntervalMs, isUrgent },
  )
