import type { Http } from '#shared/http'
import { exportRoute } from '#shared/personal-data'
import type { NotificationService } from './compose'
import { deliveryRoutes } from './delivery-routes'
import { internalRoutes } from './internal-routes'
import { preferenceRoutes } from './preference-routes'
import { notificationRoutes } from './routes'
import { templateRoutes } from './template-routes'

export const notificationApp = (deps: NotificationService & { http: Http }) =>
  deps
    .http('')
    .use(notificationRoutes(deps))
    .use(preferenceRoutes(deps))
    .use(deliveryRoutes(deps))
    .use(templateRoutes(deps))
    .use(internalRoutes(deps))
    .use(exportRoute({ http: deps.http, exportOf: deps.personalData.exportOf }))
export type NotificationApi = ReturnType<typeof notificationApp>
