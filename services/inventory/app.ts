import type { Http } from '#shared/http'
import type { StockByHand } from './by-hand'
import type { ReservationStates, StockDrift } from './drift'
import { internalRoutes } from './internal-routes'
import type { Stock } from './repository'
import { stockRoutes } from './routes'

interface Deps {
  http: Http
  stock: Stock
  byHand: StockByHand
  drift: StockDrift
  reservationStates: ReservationStates
}

export const inventoryApp = (deps: Deps) => deps.http('').use(stockRoutes(deps)).use(internalRoutes(deps))
export type InventoryApi = ReturnType<typeof inventoryApp>
