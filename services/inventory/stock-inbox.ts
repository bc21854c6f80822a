import { lockOrMakeAll, type Sql } from '#shared/sql'
import { type InventoryDb, reservationItems, type Trx } from './database'
import { lockSkus } from './sku-stock'

/** What the work of a message locks: its order, products with all of their SKUs, and the SKUs of its lines. */
export interface StockNeeds {
  orderId?: number
  productIds?: readonly string[]
  skus?: readonly string[]
}

/** Products first, then orders, then SKUs, each in the order of their keys, which is the order in which every single message locks them. */
const lockStockNeeds = async (trx: Trx, needs: readonly StockNeeds[]) => {
  const productIds = needs.flatMap(({ productIds = [] }) => productIds)
  const orderIds = needs.flatMap(({ orderId }) => (orderId === undefined ? [] : [orderId]))
  await lockOrMakeAll(trx, 'products', 'product_id', productIds)
  await lockOrMakeAll(trx, 'reservations', 'order_id', orderIds)
  const skus = new Set(needs.flatMap(({ skus = [] }) => skus))
  if (productIds.length > 0)
    for (const { sku } of await trx.selectFrom('skus').select('sku').where('product_id', 'in', productIds).execute()) skus.add(sku)
  // Not every event about an order has its lines.
  const withoutLines = needs.flatMap(({ orderId, skus }) => (orderId === undefined || skus ? [] : [orderId]))
  if (withoutLines.length > 0) {
    const known = trx.selectFrom('reservations').select('items').where('order_id', 'in', withoutLines).where('items', 'is not', null)
    for (const { items } of await known.execute()) if (items !== null) for (const { sku } of reservationItems.read(items)) skus.add(sku)
  }
  await lockSkus(trx, [...skus])
}

/** Handles each message once. Messages that share a transaction lock all of their rows together, so that no two transactions wait for each other. */
export const stockInbox = (sql: Pick<Sql<InventoryDb>, 'onceLocking'>) => sql.onceLocking(lockStockNeeds)
export type StockInbox = ReturnType<typeof stockInbox>
