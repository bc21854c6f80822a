import { exportRoute } from '#shared/personal-data'
import { type AdminDeps, adminRoutes } from './admin-routes'
import { internalRoutes } from './internal-routes'
import { paymentView } from './model'
import { paymentRoutes } from './routes'
import { type WebhookDeps, webhookRoutes } from './webhook-routes'

export const paymentApp = (deps: AdminDeps & WebhookDeps) =>
  deps
    .http('')
    .use(paymentRoutes(deps))
    .use(adminRoutes(deps))
    .use(webhookRoutes(deps))
    .use(internalRoutes(deps))
    .use(exportRoute({ http: deps.http, exportOf: async id => ({ payments: (await deps.payments.exportOf(id)).map(paymentView) }) }))
export type PaymentApi = ReturnType<typeof paymentApp>
