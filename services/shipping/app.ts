import type { Http } from '#shared/http'
import { exportRoute } from '#shared/personal-data'
import { internalRoutes } from './internal-routes'
import { shippingRoutes } from './routes'
import type { Shipping } from './shipping'
import { tariffRoutes } from './tariff-routes'

export const shippingApp = (deps: Shipping & { http: Http }) =>
  deps
    .http('')
    .use(shippingRoutes(deps))
    .use(tariffRoutes(deps))
    .use(internalRoutes(deps))
    .use(exportRoute({ http: deps.http, exportOf: deps.personal.exportOf }))
export type ShippingApi = ReturnType<typeof shippingApp>
