import type { Http } from '#shared/http'
import { exportRoute } from '#shared/personal-data'
import type { CartService } from './compose'
import { internalRoutes } from './internal-routes'
import { cartRoutes } from './routes'
import { sharingRoutes } from './sharing-routes'

export const cartApp = (deps: CartService & { http: Http }) =>
  deps
    .http('')
    .use(cartRoutes(deps))
    .use(sharingRoutes(deps))
    .use(internalRoutes(deps))
    .use(exportRoute({ http: deps.http, exportOf: deps.carts.contentsFor }))
export type CartApi = ReturnType<typeof cartApp>
