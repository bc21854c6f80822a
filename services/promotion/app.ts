import type { Http } from '#shared/http'
import { exportRoute } from '#shared/personal-data'
import type { SingleUseCodes } from './codes'
import type { PromotionDrift } from './drift'
import { internalRoutes } from './internal-routes'
import type { Pricing } from './pricing'
import type { Redemptions } from './redemptions'
import type { Campaigns } from './repository'
import { promotionRoutes } from './routes'

interface Deps {
  http: Http
  campaigns: Campaigns
  codes: SingleUseCodes
  pricing: Pricing
  redemptions: Redemptions
  drift: PromotionDrift
}

export const promotionApp = (deps: Deps) =>
  deps
    .http('')
    .use(promotionRoutes(deps))
    .use(internalRoutes(deps))
    .use(exportRoute({ http: deps.http, exportOf: userId => deps.redemptions.exportOf(userId) }))
export type PromotionApi = ReturnType<typeof promotionApp>
