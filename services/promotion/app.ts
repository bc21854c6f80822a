import type { Http } from '#shared/http'
import { exportRoute } from '#shared/personal-data'
import type { PromotionService } from './compose'
import { internalRoutes } from './internal-routes'
import { promotionRoutes } from './routes'

export const promotionApp = (deps: PromotionService & { http: Http }) =>
  deps
    .http('')
    .use(promotionRoutes(deps))
    .use(internalRoutes(deps))
    .use(exportRoute({ http: deps.http, exportOf: userId => deps.redemptions.exportOf(userId) }))
export type PromotionApi = ReturnType<typeof promotionApp>
