import type { Http } from '#shared/http'
import { exportRoute } from '#shared/personal-data'
import type { FavouriteService } from './compose'
import { favouriteView } from './model'
import { favouriteRoutes } from './routes'

export const favouriteApp = (deps: FavouriteService & { http: Http }) => {
  const exportOf = async (userId: number) => ({ favourites: (await deps.favourites.exportOf(userId)).map(favouriteView) })
  return deps
    .http('')
    .use(favouriteRoutes(deps))
    .use(exportRoute({ http: deps.http, exportOf }))
}
export type FavouriteApi = ReturnType<typeof favouriteApp>
