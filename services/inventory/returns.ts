import type { Message } from '#shared/event'
import type { Sql } from '#shared/sql'
import type { InventoryDb } from './database'
import { bySku, type Line, mainWarehouse } from './domain'
import { makeKnown } from './products'
import { eachPlace } from './reservation-steps'
import { portionsOf } from './reservation-store'
import { move } from './shelves'

/** What came back from a customer goes to the shelf it left, once a return. */
export const returnedGoods = (sql: Sql<InventoryDb>) => ({
  receive: (message: Message, { orderId, returnId, lines }: { orderId: number; returnId: number; lines: readonly Line[] }) =>
    sql.once(message, async (trx, publish) => {
      const { numInsertedOrUpdatedRows } = await trx
        .insertInto('returns')
        .ignore()
        .values({ return_id: returnId, order_id: orderId })
        .executeTakeFirst()
      if (numInsertedOrUpdatedRows === 0n) return
      for (const { product_id, sku } of lines) await makeKnown(trx, product_id, [sku])
      const left = await portionsOf(trx, orderId)
      const portions = [...bySku(lines)].map(([sku, quantity]) => ({
        sku,
        quantity,
        warehouse: left.find(portion => portion.sku === sku)?.warehouse ?? mainWarehouse,
      }))
      await eachPlace(trx, portions, publish, (shelf, place, quantity) => move(trx, shelf, place, quantity, { kind: 'returned', orderId }))
    }),
})
export type ReturnedGoods = ReturnType<typeof returnedGoods>
