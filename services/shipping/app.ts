import type { Http } from '#shared/http'
import { exportRoute } from '#shared/personal-data'
import type { ShippingService } from './compose'
import { internalRoutes } from './internal-routes'
import { shippingRoutes } from './routes'
import { tariffRoutes } from './tariff-routes'

export const shippingApp = (deps: ShippingService & { http: Http }) =>
  deps
    .http('')
    .use(shippingRoutes(deps))
    .use(tariffRoutes(deps))
    .use(internalRoutes(deps))
    .use(exportRoute({ http: deps.http, exportOf: deps.personalData.exportOf }))
export type ShippingApi = ReturnType<typeof shippingApp>
