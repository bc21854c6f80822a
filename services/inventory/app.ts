import { type InventoryDeps, internalRoutes, stockRoutes } from './routes'

export const inventoryApp = (deps: InventoryDeps) => deps.http('').use(stockRoutes(deps)).use(internalRoutes(deps))
export type InventoryApi = ReturnType<typeof inventoryApp>
