import type { Http } from '#shared/http'
import { exportRoute } from '#shared/personal-data'
import { adminRoutes } from './admin-routes'
import type { PaymentService } from './compose'
import { internalRoutes } from './internal-routes'
import { paymentRoutes } from './routes'
import { webhookRoutes } from './webhook-routes'

type Deps = { http: Http } & Pick<
  PaymentService,
  'sql' | 'personalData' | 'payments' | 'pay' | 'captures' | 'refunds' | 'reconcile' | 'onlineProvider' | 'webhooks' | 'sandbox'
>

export const paymentApp = (deps: Deps) =>
  deps
    .http('')
    .use(paymentRoutes(deps))
    .use(adminRoutes(deps))
    .use(webhookRoutes(deps))
    .use(internalRoutes(deps))
    .use(exportRoute({ http: deps.http, exportOf: deps.personalData.exportOf }))
export type PaymentApi = ReturnType<typeof paymentApp>
