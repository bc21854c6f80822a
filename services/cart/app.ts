import type { Http } from '#shared/http'
import { exportRoute } from '#shared/personal-data'
import type { Baskets } from './basket'
import { internalRoutes } from './internal-routes'
import type { Carts } from './repository'
import { cartRoutes } from './routes'
import { sharingRoutes } from './sharing-routes'

export const cartApp = (deps: { http: Http; carts: Carts; baskets: Baskets }) =>
  deps
    .http('')
    .use(cartRoutes(deps))
    .use(sharingRoutes(deps))
    .use(internalRoutes(deps))
    .use(exportRoute({ http: deps.http, exportOf: deps.carts.heldFor }))
export type CartApi = ReturnType<typeof cartApp>
