import type { Message } from '#shared/event'
import { insertOnce, lockOrMakeAll, type Sql } from '#shared/sql'
import type { InventoryDb } from './database'
import { allocateReturn, type ReturnedLine } from './domain'
import { addReturned, lockReservation } from './reservation-repository'
import { changeAllocatedStock, lockSkuStock, moveStock, saveSkuStock } from './sku-stock'
import { addUnlistedSkus } from './stocked-products'

interface CustomerReturn {
  orderId: number
  returnId: number
  lines: readonly ReturnedLine[]
}

export const customerReturns = (sql: Pick<Sql<InventoryDb>, 'once'>) => ({
  /** Puts returned goods back into the warehouses that they left, once per return. */
  receive: (message: Message, { orderId, returnId, lines }: CustomerReturn) =>
    sql.once(message, async (trx, publish) => {
      // Products, then the order, then SKUs: the order in which everyone locks them.
      await lockOrMakeAll(
        trx,
        'products',
        'product_id',
        lines.map(({ product_id }) => product_id),
      )
      const { allocations } = await lockReservation(trx, orderId)
      if (!(await insertOnce(trx.insertInto('returns').values({ return_id: returnId, order_id: orderId })))) return
      await addUnlistedSkus(trx, lines)
      const received = allocateReturn(lines, allocations)
      await addReturned(trx, orderId, received)
      const stockBySku = await lockSkuStock(
        trx,
        received.map(({ sku }) => sku),
      )
      changeAllocatedStock(stockBySku, received, (stock, row, quantity) => moveStock(stock, row, quantity, { kind: 'returned', orderId }))
      await saveSkuStock(trx, stockBySku, publish)
    }),
})
