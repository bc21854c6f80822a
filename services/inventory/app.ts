import type { Http } from '#shared/http'
import type { InventoryService } from './compose'
import { internalRoutes } from './internal-routes'
import { stockRoutes } from './routes'
import { warehouseRoutes } from './warehouse-routes'

export const inventoryApp = (deps: InventoryService & { http: Http }) =>
  deps.http('').use(warehouseRoutes(deps)).use(stockRoutes(deps)).use(internalRoutes(deps))
export type InventoryApi = ReturnType<typeof inventoryApp>
