import type { Message } from '#shared/event'
import { change, lockOrder, toldBy } from './changes'
import type { OrderRow, OrderSql } from './database'
import type { Fact } from './domain'

/** The claim ends with what became of its payment. */
const claimAfter = ({ claim_payment_id }: OrderRow, fact: Fact) =>
  fact.kind === 'payment' && fact.id === claim_payment_id ? { claim_payment_id: null, claim_until: null } : {}

/** Takes in what others tell of an order. What it knows of a fact decides alone, not when the fact was told. */
export const hearing =
  (sql: OrderSql) =>
  (message: Message, orderId: number, fact: Fact, shown: object = {}): Promise<unknown> =>
    sql.once(message, async (trx, publish) => {
      const order = await lockOrder(trx, orderId)
      if (!order) return
      await change(trx, publish, order, { facts: [fact], set: claimAfter(order.row, fact), entries: [toldBy(message, shown)] })
    })
export type Hear = ReturnType<typeof hearing>
