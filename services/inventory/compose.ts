import type { Log } from '#shared/log'
import type { Sql } from '#shared/sql'
import { customerReturns } from './customer-returns'
import type { InventoryDb } from './database'
import { inventoryDrift, reservationStates } from './drift'
import { stockRepository } from './repository'
import { reservations } from './reservations'
import { stockAdjustments } from './stock-adjustments'
import { stockedProducts } from './stocked-products'
import { warehouseRepository } from './warehouses'

interface Ports {
  sql: Sql<InventoryDb>
  log: Pick<Log, 'warn'>
  waitMs?: number
  checkpointAfter?: number
  /** How far apart groups of events begin. */
  groupIntervalMs?: number
}

export const compose = ({ sql, log, waitMs, checkpointAfter, groupIntervalMs }: Ports) => ({
  stock: stockRepository(sql),
  adjustments: stockAdjustments(sql),
  warehouses: warehouseRepository(sql),
  products: stockedProducts(sql),
  reservations: reservations({ sql, log, waitMs, groupIntervalMs }),
  returns: customerReturns(sql),
  drift: inventoryDrift({ sql, checkpointAfter }),
  reservationStates: reservationStates(sql),
})
export type InventoryService = ReturnType<typeof compose>
