import type { Http } from '#shared/http'
import { exportRoute } from '#shared/personal-data'
import type { RatingService } from './compose'
import { internalRoutes } from './internal-routes'
import { moderationRoutes } from './moderation-routes'
import { ratingRoutes } from './routes'

export const ratingApp = (deps: RatingService & { http: Http }) =>
  deps
    .http('')
    .use(ratingRoutes(deps))
    .use(moderationRoutes(deps))
    .use(internalRoutes(deps))
    .use(exportRoute({ http: deps.http, exportOf: deps.personalData.exportOf }))
export type RatingApi = ReturnType<typeof ratingApp>
