import type { Http } from '#shared/http'
import { exportRoute } from '#shared/personal-data'
import type { FavouriteService } from './compose'
import { internalRoutes } from './internal-routes'
import { favouriteRoutes } from './routes'
import { sharingRoutes } from './sharing-routes'

export const favouriteApp = (deps: FavouriteService & { http: Http }) =>
  deps
    .http('')
    .use(sharingRoutes(deps))
    .use(favouriteRoutes(deps))
    .use(internalRoutes(deps))
    .use(exportRoute({ http: deps.http, exportOf: deps.personalData.exportOf }))
export type FavouriteApi = ReturnType<typeof favouriteApp>
