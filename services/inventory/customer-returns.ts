import type { Message } from '#shared/event'
import { insertOnce } from '#shared/sql'
import { allocateReturn, type ReturnedLine } from './domain'
import { addReturned, allocationsOf, lockReservation } from './reservation-repository'
import { changeAllocatedStock, moveStock } from './sku-stock'
import type { StockInbox } from './stock-inbox'
import { addUnlistedSkus } from './stocked-products'

interface CustomerReturn {
  orderId: number
  returnId: number
  lines: readonly ReturnedLine[]
}

export const customerReturns = (handleOnce: StockInbox) => ({
  /** Puts returned goods back into the warehouses that they left, once per return. */
  receive: (message: Message, { orderId, returnId, lines }: CustomerReturn) =>
    handleOnce(
      message,
      async (trx, publish) => {
        await lockReservation(trx, orderId)
        if (!(await insertOnce(trx.insertInto('returns').values({ return_id: returnId, order_id: orderId })))) return
        await addUnlistedSkus(trx, lines)
        const received = allocateReturn(lines, await allocationsOf(trx, orderId))
        await addReturned(trx, orderId, received)
        await changeAllocatedStock(trx, received, publish, (stock, row, quantity) =>
          moveStock(trx, stock, row, quantity, { kind: 'returned', orderId }),
        )
      },
      { orderId, productIds: lines.map(({ product_id }) => product_id), skus: lines.map(({ sku }) => sku) },
    ),
})
