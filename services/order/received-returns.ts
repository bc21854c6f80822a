import { orderReturnReceived } from '#shared/catalog'
import type { Publish } from '#shared/event'
import { sumOf, toMajor } from '#shared/money'
import { changeOrder, type OrderChange } from './changes'
import { factsColumn, type LockedOrder, linesColumn, type OrderRow, type ReturnRow, type Trx } from './database'
import { type Line, returnedParcels } from './domain'
import { refundsFor } from './domain-returns'
import { itemsOf } from './repository'

export const linesOf = ({ lines }: Pick<ReturnRow, 'lines'>) => linesColumn.read(lines)
/** The returns of an order that were not rejected. Each has a piece of it, so there are no more than pieces; of rejected ones there may be any number. */
export const standingReturns = (trx: Trx, orderId: number) =>
  trx
    .selectFrom('returns')
    .select(['status', 'lines', 'shipment_id'])
    .where('order_id', '=', orderId)
    .where('status', '!=', 'rejected')
    .execute()
export const receivedLines = (returns: readonly Pick<ReturnRow, 'status' | 'lines'>[]) =>
  returns.filter(({ status }) => status === 'received').map(linesOf)

interface Received {
  id: number
  lines: readonly Line[]
  /** What is refunded of each line of the order. */
  refunds: readonly number[]
}
/** Publishes which goods came back and what is refunded for them. */
export const returnReceived = ({ id: order_id, currency }: OrderRow, { id: return_id, lines, refunds }: Received): OrderChange => {
  const data = { return_id, lines: [...lines], refund_amount: toMajor(sumOf(refunds), currency), currency }
  const line_refunds = refunds.map(amount => toMajor(amount, currency))
  return { events: at => ({ drafts: [orderReturnReceived(at, { order_id, ...data, line_refunds })], data }) }
}

/** Records the goods of parcels that came back as returned, each parcel once, while the customer keeps what was delivered. */
export const receiveParcels = async (trx: Trx, publish: Publish, order: LockedOrder): Promise<LockedOrder> => {
  let changed = order
  const parcels = returnedParcels(factsColumn.read(order.row.facts))
  for (const { shipmentId, lines } of parcels) {
    const earlier = await standingReturns(trx, order.row.id)
    if (earlier.some(({ shipment_id }) => shipment_id === shipmentId)) continue
    const now = new Date()
    const refunds = refundsFor(await itemsOf(trx, order.row.id), lines, receivedLines(earlier))
    const { insertId } = await trx
      .insertInto('returns')
      .values({
        order_id: order.row.id,
        user_id: order.row.user_id,
        status: 'received',
        reason: 'The parcel could not be delivered.',
        lines: linesColumn.write([...lines]),
        refund_amount: sumOf(refunds),
        shipment_id: shipmentId,
        created_at: now,
        updated_at: now,
      })
      .executeTakeFirstOrThrow()
    changed = await changeOrder(trx, publish, changed, returnReceived(order.row, { id: Number(insertId), lines, refunds }))
  }
  return changed
}
