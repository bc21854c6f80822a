import type { Http } from '#shared/http'
import { exportRoute } from '#shared/personal-data'
import type { OrderService } from './compose'
import { internalRoutes } from './internal-routes'
import { returnRoutes } from './return-routes'
import { orderRoutes } from './routes'

export const orderApp = (deps: OrderService & { http: Http }) =>
  deps
    .http('')
    .use(orderRoutes(deps))
    .use(returnRoutes(deps))
    .use(internalRoutes(deps))
    .use(exportRoute({ http: deps.http, exportOf: deps.personalData.exportOf }))
export type OrderApi = ReturnType<typeof orderApp>
