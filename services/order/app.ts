import { exportRoute } from '#shared/personal-data'
import type { Claims } from './claim'
import type { Drift } from './drift'
import { internalRoutes } from './internal-routes'
import type { PersonalData } from './personal-data'
import { returnRoutes } from './return-routes'
import type { Returning } from './returns'
import { type OrderDeps, orderRoutes } from './routes'

interface Deps extends OrderDeps {
  returning: Returning
  claims: Claims
  drift: Drift
  personalData: PersonalData
}

export const orderApp = (deps: Deps) =>
  deps
    .http('')
    .use(orderRoutes(deps))
    .use(returnRoutes(deps))
    .use(internalRoutes(deps))
    .use(exportRoute({ http: deps.http, exportOf: id => deps.personalData.exportOf(id) }))
export type OrderApi = ReturnType<typeof orderApp>
