import type { Message } from '#shared/event'
import { changeOrder, entryOfMessage, loadLockedOrder } from './changes'
import type { OrderSql } from './database'
import type { Fact } from './domain'
import { claimAfter } from './domain-claims'
import { receiveParcels } from './received-returns'

/** Adds what a message of another service says about an order. Only the fact decides, not when its message arrives. */
export const applyFact =
  (sql: OrderSql) =>
  (message: Message, orderId: number, fact: Fact, entryData: object = {}): Promise<unknown> =>
    sql.once(message, async (trx, publish) => {
      const order = await loadLockedOrder(trx, orderId)
      if (!order) return
      const entries = [entryOfMessage(message, entryData)]
      const changed = await changeOrder(trx, publish, order, { facts: [fact], set: claimAfter(order.row, fact), entries })
      if (fact.kind === 'shipment') await receiveParcels(trx, publish, changed)
    })
