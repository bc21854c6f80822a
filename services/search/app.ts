import type { Http } from '#shared/http'
import { exportRoute } from '#shared/personal-data'
import type { SearchService } from './compose'
import { internalRoutes } from './internal-routes'
import { searchRoutes } from './routes'

export const searchApp = (deps: SearchService & { http: Http }) =>
  deps
    .http('')
    .use(searchRoutes(deps))
    .use(internalRoutes(deps))
    // Searches are not kept by person; see trending.ts.
    .use(exportRoute({ http: deps.http, exportOf: async () => ({}) }))
export type SearchApi = ReturnType<typeof searchApp>
