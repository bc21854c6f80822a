import type { Http } from '#shared/http'
import { exportRoute } from '#shared/personal-data'
import type { SearchService } from './compose'
import { internalRoutes } from './internal-routes'
import { recommendationRoutes, viewRoutes } from './recommendation-routes'
import { searchRoutes } from './routes'

export const searchApp = (deps: SearchService & { http: Http }) =>
  deps
    .http('')
    .use(searchRoutes(deps))
    .use(recommendationRoutes(deps))
    .use(viewRoutes(deps))
    .use(internalRoutes(deps))
    // Searches are not kept by person; see trending.ts.
    .use(exportRoute({ http: deps.http, exportOf: deps.history.exportOf }))
export type SearchApi = ReturnType<typeof searchApp>
