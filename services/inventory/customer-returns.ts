import type { Message } from '#shared/event'
import { insertOnce } from '#shared/sql'
import { mainWarehouse, type OrderLine, quantityBySku } from './domain'
import { allocationsOf } from './reservation-repository'
import { changeAllocatedStock, moveStock } from './sku-stock'
import type { StockInbox } from './stock-inbox'
import { addUnlistedSkus } from './stocked-products'

interface CustomerReturn {
  orderId: number
  returnId: number
  lines: readonly OrderLine[]
}

export const customerReturns = (handleOnce: StockInbox) => ({
  /** Puts returned goods back into the warehouse that they left, once per return. */
  receive: (message: Message, { orderId, returnId, lines }: CustomerReturn) =>
    handleOnce(
      message,
      async (trx, publish) => {
        if (!(await insertOnce(trx.insertInto('returns').values({ return_id: returnId, order_id: orderId })))) return
        await addUnlistedSkus(trx, lines)
        const shipped = await allocationsOf(trx, orderId)
        const received = [...quantityBySku(lines)].map(([sku, quantity]) => ({
          sku,
          quantity,
          warehouse: shipped.find(allocation => allocation.sku === sku)?.warehouse ?? mainWarehouse,
        }))
        await changeAllocatedStock(trx, received, publish, (stock, row, quantity) =>
          moveStock(trx, stock, row, quantity, { kind: 'returned', orderId }),
        )
      },
      { orderId, productIds: lines.map(({ product_id }) => product_id), skus: lines.map(({ sku }) => sku) },
    ),
})
