import type { Log } from '#shared/log'
import type { Sql } from '#shared/sql'
import { customerReturns } from './customer-returns'
import type { InventoryDb } from './database'
import { inventoryDrift, reservationStates } from './drift'
import { stockRepository } from './repository'
import { reservations } from './reservations'
import { stockAdjustments } from './stock-adjustments'
import { stockedProducts } from './stocked-products'

interface Ports {
  sql: Sql<InventoryDb>
  log: Pick<Log, 'warn'>
  waitMs?: number
}

export const compose = ({ sql, log, waitMs }: Ports) => ({
  stock: stockRepository(sql),
  adjustments: stockAdjustments(sql),
  products: stockedProducts(sql),
  reservations: reservations({ sql, log, waitMs }),
  returns: customerReturns(sql),
  drift: inventoryDrift(sql),
  reservationStates: reservationStates(sql),
})
export type InventoryService = ReturnType<typeof compose>
